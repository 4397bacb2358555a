"""Incidents of the mock gateway, as the real one writes them."""

import random
from datetime import timedelta

from community import MESSAGES, SIGNALS, TITLES, URGENCIES, now, text


def incident(number, home, kind, age_seconds, phase="calling", who=None, deadline_seconds=45, again=1):
    """An incident as the gateway writes it."""
    opened = now() - timedelta(seconds=age_seconds)
    signal, reading, name, place = SIGNALS.get(kind, ("motion", None, "living-pir", "客厅"))
    urgency = URGENCIES.get(kind, "routine")
    evidence = [
        {
            "device": name,
            "place": place,
            "signal": signal,
            "reading": reading,
            "quality": "live",
            "at": text(opened + timedelta(seconds=5 * turn)),
            "deviceTime": None,
            "payload": '{"smoke":true,"battery":87}',
        }
        for turn in range(again)
    ]
    people = ["centre", "station-gh", "grid-north", "neighbour-liu"][: 4 if urgency == "lifeSafety" else 2]
    timeline = [
        entry(opened, "opened", "", f"{kind} {name}"),
        entry(opened, "stepStarted", "", "step 1 of 3"),
    ]
    for index, person in enumerate(people):
        channel = ["voice", "webhook", "sms", "sms"][index]
        timeline.append(entry(opened, "ordered", person, f"alarm over {channel}"))
        result = (
            ("deliveryFailed", "no answer from the modem")
            if index == 3
            else ("delivered", f"alarm over {channel}")
        )
        timeline.append(entry(opened + timedelta(seconds=3 + index), result[0], person, result[1]))
    if again > 1:
        timeline.append(entry(opened + timedelta(seconds=20), "alarmRaisedAgain", "", f"{kind} {name}"))
    document = {
        "id": number,
        "revision": len(timeline),
        "gateway": "chenghua-1",
        "home": {key: home[key] for key in ("id", "name", "address", "area")},
        "kind": kind,
        "urgency": urgency,
        "title": TITLES.get(kind, kind),
        "phase": "calling",
        "openedAt": text(opened),
        "answeredBy": None,
        "answeredAt": None,
        "onSceneAt": None,
        "closedAt": None,
        "disposition": None,
        "deadline": text(now() + timedelta(seconds=deadline_seconds)),
        "plan": "life" if urgency == "lifeSafety" else "calm",
        "step": 0,
        "steps": 3,
        "alarms": [
            {
                "id": number * 10,
                "kind": kind,
                "urgency": urgency,
                "rule": f"{kind}-any",
                "message": MESSAGES.get(kind, TITLES.get(kind, kind)),
                "isActive": kind in ("fire", "gas", "co", "deviceLost"),
                "raisedAt": text(opened),
                "raiseCount": again,
                "evidence": evidence,
            }
        ],
        "notified": people,
        "timeline": timeline,
    }
    if phase in ("acknowledged", "onScene"):
        answer(document, who, opened + timedelta(seconds=28))
    if phase == "onScene":
        document["phase"] = "onScene"
        document["onSceneAt"] = text(opened + timedelta(seconds=600))
        timeline.append(entry(opened + timedelta(seconds=600), "onScene", who, ""))
    timeline.sort(key=lambda line: line["at"])
    document["deadline"] = text(now() + timedelta(seconds=deadline_seconds))
    return document


def entry(at, event, responder="", detail=""):
    """A line of a timeline."""
    line = {"at": text(at), "event": event}
    if responder:
        line["responder"] = responder
    if detail:
        line["detail"] = detail
    return line


def answer(document, who, at):
    """Somebody takes an incident over."""
    document.update(
        phase="acknowledged",
        answeredBy=who,
        answeredAt=text(at),
        deadline=text(now() + timedelta(minutes=12)),
    )
    document["timeline"].append(entry(at, "acknowledged", who))
    document["revision"] += 1


def incidents(all_homes):
    """Ten open incidents and some closed ones."""
    home = lambda number: all_homes[f"h{number:03d}"]
    opened = [
        incident(101, home(3), "fire", 75, deadline_seconds=48),
        incident(102, home(13), "sos", 22, deadline_seconds=100, again=3),
        incident(103, home(22), "gas", 190, "acknowledged", "grid-north", 520),
        incident(104, home(28), "fall", 1260, "onScene", "station-qs", 1500),
        incident(105, home(7), "inactivity", 410, deadline_seconds=310),
        incident(106, home(31), "homeUnprotected", 900, "acknowledged", "technician", 1700),
        incident(107, home(36), "noCheckIn", 3700, deadline_seconds=2400),
        incident(108, home(16), "serviceCall", 640, deadline_seconds=1100),
        incident(109, home(5), "deviceLost", 40000, deadline_seconds=30000),
        incident(110, home(12), "batteryLow", 52000, deadline_seconds=30500),
    ]
    closed = []
    for number in range(60, 100):
        draw = random.Random(number)
        one = incident(
            number,
            home(1 + number % 40),
            draw.choice(["fire", "sos", "gas", "inactivity", "fall"]),
            draw.randint(8000, 600000),
            "acknowledged",
            "grid-north",
            0,
        )
        one.update(
            phase="closed",
            closedAt=text(now() - timedelta(seconds=draw.randint(1000, 7000))),
            deadline=None,
            disposition=draw.choice(["falseAlarm", "falseAlarm", "real", "test", "noContact"]),
        )
        one["timeline"].append(entry(now(), "closed", "grid-north", one["disposition"]))
        closed.append(one)
    for one in opened:
        all_homes[one["home"]["id"]]["openIncidents"].append(one["id"])
        if one["urgency"] != "technical":
            all_homes[one["home"]["id"]]["state"] = (
                "unprotected" if one["kind"] == "homeUnprotected" else "alarm"
            )
    return {one["id"]: one for one in opened + closed}
