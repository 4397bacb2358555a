"""The lists and acts of the contract, over the mock's world."""

import hashlib
from datetime import timedelta

import community
import reports
from world import Refused, arrange


def route(world, method, parts, query, body, session, headers):
    """The answer to one request: document, status, headers."""
    family = parts[0] if parts else ""
    found = {"incidents": incidents, "homes": homes, "duty-checks": duty, "notes": notes}.get(family)
    if found:
        return found(world, method, parts, query, body, session, headers)
    lists = {
        "devices": lambda: page("devices", devices(world, query), query),
        "responders": lambda: {"responders": world.responders, "next": None},
        "visits": lambda: {"visits": visits(world, query), "next": None},
        "health": world.health_now,
        "reports": lambda: report(parts, query),
        "audit": lambda: audit(world, query, session),
    }
    if method != "GET" or family not in lists:
        refuse(404, "There is nothing here.")
    return lists[family](), 200, []


def refuse(status, detail, reason=None):
    """Ends a request with a problem."""
    raise Refused(status, detail, reason)


def page(name, rows, query):
    """A page of a list."""
    limit, start = int(query.get("limit", 100)), int(query.get("after", 0))
    more = start + limit < len(rows)
    return {name: rows[start : start + limit], "next": str(start + limit) if more else None}


def who(session):
    return session["user"]["responder"] or session["user"]["id"]


def record(world, session, act, subject):
    world.audit.append(
        {
            "number": len(world.audit) + 1,
            "at": community.text(community.now()),
            "user": session["user"]["id"],
            "address": "127.0.0.1",
            "act": act,
            "subject": subject,
            "outcome": "done",
            "hash": hashlib.sha256(str(len(world.audit)).encode()).hexdigest(),
        }
    )


def incidents(world, method, parts, query, body, session, headers):
    if len(parts) == 1 and method == "POST":
        one = world.open(body["home"], body["kind"], body.get("note", ""))
        record(world, session, "incident.open", f"incident:{one['id']}")
        return {"incident": one["id"]}, 201, []
    if len(parts) == 1:
        state = query.get("state", "open")
        rows = [
            one
            for one in world.incidents.values()
            if state == "all" or (one["phase"] == "closed") == (state == "closed")
        ]
        rows = [one for one in rows if query.get("home") in (None, one["home"]["id"])]
        rows.sort(key=lambda one: -one["id"])
        return {"incidents": rows[: int(query.get("limit", 100))], "next": None}, 200, []
    one = world.incidents.get(int(parts[1]))
    if not one:
        refuse(404, "There is no such incident.", "unknownIncident")
    tag = f'"{one["revision"]}"'
    if len(parts) == 2:
        return one, 200, [("ETag", tag)]
    if headers.get("If-Match") not in (None, tag):
        refuse(412, "The incident has moved on.", "movedOn")
    if session["user"]["role"] == "technician":
        refuse(403, "A technician does not act on incidents.")
    world.act(one["id"], parts[2], body, who(session))
    record(world, session, f"incident.{parts[2]}", f"incident:{one['id']}")
    return {"incident": one["id"], "phase": one["phase"]}, 200, []


BRIEF = (
    "id",
    "name",
    "address",
    "area",
    "building",
    "unit",
    "floor",
    "residents",
    "state",
    "presence",
    "lastSignOfLife",
    "openIncidents",
    "visit",
)


def homes(world, method, parts, query, body, session, headers):
    if len(parts) == 1:
        search = query.get("search", "").lower()

        def matches(home):
            words = [home["name"], home["address"], home["id"]] + [
                text for one in home["residents"] for text in (one["name"], one["telephone"])
            ]
            return not search or any(search in word.lower() for word in words)

        rows = [
            {name: home[name] for name in BRIEF}
            for home in world.homes.values()
            if matches(home) and query.get("area") in (None, home["area"])
        ]
        return page("homes", rows, query), 200, []
    home = world.homes.get(parts[1])
    if not home:
        refuse(404, "There is no such home.")
    if len(parts) == 2:
        return home, 200, []
    if parts[2] == "visits":
        visit = {
            "at": community.text(community.now()),
            "by": who(session),
            "way": body["way"],
            "result": body["result"],
        }
        home["lastVisit"] = visit
        if home["visit"]:
            home["visit"]["state"] = "done"
        world.emit("visit", {"home": home["id"]})
        return visit, 201, []
    if parts[2] == "walk-test":
        home["walkTest"] = (
            None
            if method == "DELETE"
            else {"until": community.text(community.now() + timedelta(minutes=min(30, body["minutes"])))}
        )
    elif parts[2] == "shelves" and method == "POST":
        if body["alarmKind"] in ("fire", "gas", "co", "sos", "fall"):
            raise Refused(422, "What saves lives is never shelved.")
        home["shelved"].append(
            {
                "alarmKind": body["alarmKind"],
                "until": community.text(community.now() + timedelta(minutes=body["minutes"])),
                "reason": body["reason"],
                "by": who(session),
            }
        )
    elif parts[2] == "shelves":
        home["shelved"] = [one for one in home["shelved"] if one["alarmKind"] != parts[3]]
    world.emit("home", {"id": home["id"]})
    return {}, 201 if method == "POST" else 204, []


def devices(world, query):
    rows = [
        {**device, "home": {name: home[name] for name in ("id", "name", "address", "area")}}
        for home in world.homes.values()
        for device in home["devices"]
    ]
    if query.get("state") == "trouble":
        rows = [
            one
            for one in rows
            if one["isLost"] or one["isBatteryLow"] or one["isInFault"] or one["isTampered"]
        ]
    if query.get("state") == "neverHeard":
        rows = [one for one in rows if one.get("hearing") == "neverHeard"]
    return rows


def visits(world, query):
    rows = [
        {
            "home": {name: home[name] for name in ("id", "name", "address", "area")},
            **home["visit"],
            "lastVisit": home["lastVisit"],
            "reason": "独居" if index % 3 else "独居 · 特困",
        }
        for index, home in enumerate(world.homes.values())
        if home["visit"]
    ]
    return [one for one in rows if query.get("state", "all") in ("all", one["state"])]


def notes(world, method, parts, query, body, session, headers):
    if method == "POST":
        note = {
            "id": len(world.notes) + 1,
            "at": community.text(community.now()),
            "by": who(session),
            "text": body["text"],
        }
        world.notes.insert(0, note)
        world.emit("note", note)
        return note, 201, []
    return {"notes": world.notes, "next": None}, 200, []


def duty(world, method, parts, query, body, session, headers):
    if method == "GET":
        return {"dutyChecks": world.duty, "next": None}, 200, []
    if len(parts) == 1:
        return {**arrange(world, "duty", {}), "by": session["user"]["id"]}, 201, []
    check = next(one for one in world.duty if str(one["id"]) == parts[1])
    check.update(state="answered", answeredAt=community.text(community.now()), answeredBy=who(session))
    world.emit("duty", check)
    return check, 200, []


def report(parts, query):
    document = reports.report(parts[1], reports.moment(query["from"]), reports.moment(query["to"]))
    return reports.csv(document) if query.get("format") == "csv" else document


def audit(world, query, session):
    if session["user"]["role"] != "administrator":
        refuse(403, "Only an administrator reads the audit.")
    rows = [one for one in reversed(world.audit) if one["number"] < int(query.get("before", 10**9))]
    return {"entries": rows[: int(query.get("limit", 100))], "next": None}
