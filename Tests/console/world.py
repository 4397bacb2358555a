"""What the mock gateway knows and what changes it, under one lock."""

import hashlib
import json
import threading
import time
from datetime import timedelta

import community
import occurrences

# Alarms of a storm: more than a column of the board shows.
STORM = 150


class Refused(Exception):
    """A problem document."""

    def __init__(self, status, detail, reason=None):
        super().__init__(detail)
        self.status, self.detail, self.reason = status, detail, reason


class World:
    """Everything the mock knows, under one lock."""

    def __init__(self):
        self.lock = threading.RLock()
        self.homes = community.homes()
        self.incidents = occurrences.incidents(self.homes)
        self.responders = community.responders()
        self.notes = [
            {
                "id": 1,
                "at": community.text(community.now() - timedelta(hours=7)),
                "by": "seat-2",
                "text": "3 栋李阿姨住院，周四回家，已暂停无活动告警。\n22 号燃气表今日更换。",
            }
        ]
        self.duty = [
            {
                "id": 1,
                "askedAt": community.text(community.now() - timedelta(hours=3)),
                "by": "administrator",
                "answerBy": community.text(community.now() - timedelta(hours=3)),
                "answeredAt": community.text(community.now() - timedelta(hours=3)),
                "answeredBy": "seat-2",
                "state": "answered",
            }
        ]
        self.audit = [
            {
                "number": number,
                "at": community.text(community.now() - timedelta(minutes=9 * (40 - number))),
                "user": "dispatcher",
                "address": "192.168.1.20",
                "act": ["session.open", "incident.acknowledge", "incident.close", "visit.record"][number % 4],
                "subject": f"incident:{60 + number}",
                "outcome": "done",
                "hash": hashlib.sha256(str(number).encode()).hexdigest(),
            }
            for number in range(1, 41)
        ]
        self.health = {
            "isHealthy": True,
            "isLinkUp": True,
            "isStoreAvailable": True,
            "isSiteCurrent": True,
            "version": "mock",
            "troubles": [],
            "blind": [],
        }
        self.sessions, self.events, self.watchers = {}, [], []
        self.run, self.number, self.next_incident = format(int(time.time()), "x"), 0, 111

    def emit(self, name, subject):
        with self.lock:
            self.number += 1
            event = (self.number, name, json.dumps(subject, ensure_ascii=False))
            self.events = self.events[-999:] + [event]
            for watcher in self.watchers:
                watcher.put(event)

    def health_now(self):
        return {
            **self.health,
            "openIncidents": sum(one["phase"] != "closed" for one in self.incidents.values()),
            "now": community.text(community.now()),
        }

    def changed(self, incident):
        home = self.homes[incident["home"]["id"]]
        home["openIncidents"] = [
            one["id"]
            for one in self.incidents.values()
            if one["home"]["id"] == home["id"] and one["phase"] != "closed"
        ]
        if home["state"] in ("alarm", "calm"):
            home["state"] = "alarm" if home["openIncidents"] else "calm"
        self.emit("incident", incident)
        self.emit("home", {"id": home["id"]})

    def write(self, incident, event, responder="", detail="", at=None):
        incident["timeline"].append(occurrences.entry(at or community.now(), event, responder, detail))
        incident["revision"] += 1

    def open(self, home, kind, note=""):
        with self.lock:
            one = occurrences.incident(self.next_incident, self.homes[home], kind, 0, deadline_seconds=60)
            self.next_incident += 1
            if note:
                one["timeline"].insert(1, occurrences.entry(community.now(), "noted", "seat-1", note))
            self.incidents[one["id"]] = one
            self.changed(one)
            return one

    def act(self, number, word, body, who):
        one = self.incidents.get(number)
        if not one:
            raise Refused(404, "There is no such incident.", "unknownIncident")
        if one["phase"] == "closed":
            raise Refused(409, "The incident is closed.", "alreadyClosed")
        if word == "acknowledge":
            offered = next(
                (
                    line
                    for line in reversed(one["timeline"])
                    if line["event"] in ("handOverAsked", "acknowledged")
                ),
                {},
            )
            if (
                one["phase"] != "calling"
                and one["answeredBy"] != who
                and offered.get("detail") != f"to {who}"
            ):
                raise Refused(409, "Somebody else has taken the incident over.", "takenByAnother")
            occurrences.answer(one, who, community.now())
        elif word == "on-scene":
            one.update(
                phase="onScene",
                answeredBy=one["answeredBy"] or who,
                onSceneAt=community.text(community.now()),
                deadline=community.text(community.now() + timedelta(minutes=30)),
            )
            self.write(one, "onScene", who)
        elif word == "need-help":
            self.write(one, "helpRequested", who)
        elif word == "note":
            self.write(one, "noted", who, body["text"])
        elif word == "hand-over":
            if one["answeredBy"] != who:
                raise Refused(409, "Somebody else has it.", "takenByAnother")
            self.write(one, "handOverAsked", who, f"to {body['to']}")
        elif word == "close":
            if body.get("disposition") not in ("real", "falseAlarm", "test", "technical", "noContact"):
                raise Refused(422, "disposition must be one of real, falseAlarm, test, technical, noContact.")
            one.update(
                phase="closed",
                closedAt=community.text(community.now()),
                disposition=body["disposition"],
                deadline=None,
            )
            self.write(one, "closed", who, body["disposition"])
        else:
            raise Refused(404, "There is nothing here.")
        self.changed(one)
        return one

    def live(self, still):
        """Beats, and steps of what nobody answers."""
        while True:
            time.sleep(5)
            self.emit("beat", {"now": community.text(community.now())})
            with self.lock:
                for one in list(self.incidents.values()):
                    if (
                        still
                        or one["phase"] != "calling"
                        or one["urgency"] not in ("lifeSafety", "urgent")
                        or one["deadline"] > community.text(community.now())
                    ):
                        continue
                    one["step"] = min(one["steps"] - 1, one["step"] + 1)
                    one["deadline"] = community.text(community.now() + timedelta(seconds=60))
                    self.write(one, "stepStarted", "", f"step {one['step'] + 1} of {one['steps']}")
                    self.write(one, "ordered", "family-chen", "alarm over voice")
                    one["notified"] = one["notified"] + [
                        name for name in ["family-chen"] if name not in one["notified"]
                    ]
                    self.changed(one)
                for check in self.duty:
                    if check["state"] == "open" and check["answerBy"] < community.text(community.now()):
                        check["state"] = "missed"
                        self.emit("duty", check)


def arrange(world, word, body):
    """What a test wishes to happen."""
    with world.lock:
        if word == "open":
            return world.open(body["home"], body["kind"])
        if word == "claim":
            return world.act(body["incident"], "acknowledge", {}, body["who"])
        if word == "duty":
            check = {
                "id": len(world.duty) + 1,
                "askedAt": community.text(community.now()),
                "by": "administrator",
                "answerBy": community.text(community.now() + timedelta(seconds=90)),
                "answeredAt": None,
                "answeredBy": None,
                "state": "open",
            }
            world.duty.insert(0, check)
            world.emit("duty", check)
            return check
        if word == "storm":
            for number in range(STORM):
                world.open(list(world.homes)[number % len(world.homes)], "fire")
        if word == "end-sessions":
            world.sessions.clear()
        if word == "close-all":
            for one in list(world.incidents.values()):
                if one["phase"] != "closed":
                    world.act(one["id"], "close", {"disposition": "test"}, "seat-2")
        changes = {
            "broker": {
                "isLinkUp": False,
                "isHealthy": False,
                "blind": [{"since": community.text(community.now()), "what": "broker"}],
            },
            "store": {
                "isStoreAvailable": False,
                "isHealthy": False,
                "troubles": ["storeUnavailable", "channelFailing: sms"],
            },
            "blind": {
                "isSiteCurrent": False,
                "isHealthy": False,
                "troubles": ["gateway/topicFlood: homes/h1", "gateway/brokerUnfit: no subscription"],
                "blind": [
                    {"since": community.text(community.now()), "what": "bridge"},
                    {"since": community.text(community.now()), "what": "store"},
                ],
            },
            "calm": {
                "isLinkUp": True,
                "isStoreAvailable": True,
                "isSiteCurrent": True,
                "isHealthy": True,
                "troubles": [],
                "blind": [],
            },
        }
        if word in changes:
            world.health.update(changes[word])
            world.emit("health", world.health_now())
    return {}
