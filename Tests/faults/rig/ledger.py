"""What was sent and what was heard, kept apart from what ought to have happened (`checks.py`)."""

import collections
import dataclasses
import json
import re
import threading
import time

from .mqtt import Client, Closed

MARK = re.compile(rb"M[0-9a-f]{8}-[0-9]{6}")


@dataclasses.dataclass
class Sent:
    """One publication towards the gateway."""

    home: str
    kind: str  # press, smokeOn, smokeOff, telemetry
    mark: str
    at: float
    acked_at: float = None


class Sender:
    """Publishes as devices do, QoS 1, and records which publications the broker acknowledged."""

    def __init__(self, port, run):
        self.port, self.run, self.count = port, run, 0
        self.sent, self._lock = [], threading.Lock()
        self.client = None

    def connect(self):
        self.client = Client(self.port, f"devices-{time.monotonic_ns()}", on_ack=self._acked)

    @staticmethod
    def _acked(mid, sent):
        if sent is not None:
            sent.acked_at = time.monotonic()

    def mark(self):
        self.count += 1
        return f"M{self.run}-{self.count:06}"

    def send(self, home, device, kind, fields, mark=None):
        """Publishes one Zigbee2MQTT message; never again when the connection breaks."""
        mark = mark or self.mark()
        payload = json.dumps({**fields, "battery": 97, "linkquality": 120, "mark": mark}, separators=(",", ":"))
        record = Sent(home, kind, mark, time.monotonic())
        with self._lock:
            self.sent.append(record)
        try:
            self.client.publish(f"homes/{home}/zigbee2mqtt/{device}", payload, about=record)
        except (Closed, AttributeError):
            pass
        return record

    def press(self, home, mark=None):
        return self.send(home, "button", "press", {"action": "emergency"}, mark)

    def press_twice(self, home):
        """Two presses whose messages are equal byte for byte, back to back."""
        first = self.press(home)
        return first, self.press(home, first.mark)

    def smoke(self, home, is_on):
        return self.send(home, "smoke", "smokeOn" if is_on else "smokeOff", {"smoke": is_on})

    def telemetry(self, home, smoke_is_on):
        """A battery report that repeats the cached state, as Zigbee2MQTT does."""
        return self.send(home, "smoke", "telemetry", {"smoke": smoke_is_on, "battery_low": False})


@dataclasses.dataclass
class Order:
    """One order as a responder received it."""

    at: float
    responder: str
    id: str
    incident: int
    purpose: str
    kind: str
    home: str
    ordered_at: float
    attempt: int
    is_recorded: bool


def incidents_in(document):
    """The incidents of a home's retained document, open ones last."""
    return [*document.get("closed", []), *document.get("open", [])]


def home_of(document):
    home = document.get("home")
    return home.get("id") if isinstance(home, dict) else home


def moment(value):
    """Seconds since 1970 of a time in a document: milliseconds or ISO 8601."""
    if isinstance(value, (int, float)):
        return value / 1000
    import datetime
    text = value.replace("Z", "+00:00")
    return datetime.datetime.fromisoformat(text).timestamp()


class Observer:
    """Listens as a responder and a home's display would; reconnects and keeps its session."""

    def __init__(self, port, gateway, on_order=None):
        self.port, self.gateway, self.on_order = port, gateway, on_order
        self.incidents = {}  # number -> newest document
        self.open_now = {}  # home -> numbers of the open incidents in its newest document
        self.published = collections.defaultdict(list)  # number -> arrival times
        self.orders, self.answers = [], []
        self.first_heard = {}  # mark -> arrival time of the first document that shows it
        self.unreadable = 0
        self._stopping = False
        self._name = f"observer-{time.monotonic_ns()}"
        self._client = self._connect()
        self._thread = threading.Thread(target=self._keep_connected, daemon=True)
        self._thread.start()

    def _connect(self):
        client = Client(self.port, self._name, clean=False, on_message=self._heard)
        client.subscribe(f"anju/{self.gateway}/#")
        return client

    def _keep_connected(self):
        while not self._stopping:
            if not self._client.is_up:
                try:
                    self._client = self._connect()
                except (Closed, OSError):
                    pass
            time.sleep(0.05)

    def publish(self, topic, payload):
        self._client.publish(topic, payload)

    def _heard(self, topic, payload, is_retained):
        now = time.monotonic()
        parts = topic.split("/")
        if len(parts) < 4:
            return
        for mark in MARK.findall(payload):
            self.first_heard.setdefault(mark.decode(), now)
        try:
            document = json.loads(payload) if payload else None
        except ValueError:
            self.unreadable += 1
            return
        if document is None:
            return
        if parts[2] == "incidents":
            self._note_incidents(document, now)
        elif parts[2] == "orders":
            self._note_order(parts[3], document, now)
        elif parts[2] == "answers":
            self.answers.append((now, parts[3], document))

    def _note_incidents(self, document, now):
        self.open_now[home_of(document)] = {one["id"] for one in document.get("open", [])}
        for one in incidents_in(document):
            known = self.incidents.get(one["id"])
            if known is None or one.get("revision", 0) >= known.get("revision", 0):
                self.incidents[one["id"]] = one
            self.published[one["id"]].append(now)

    def _note_order(self, responder, document, now):
        order = Order(
            at=now, responder=responder, id=document["order"], incident=document["incident"],
            purpose=document["purpose"], kind=document.get("kind", ""), home=home_of(document) or "",
            ordered_at=moment(document["orderedAt"]), attempt=document.get("attempt", 1),
            is_recorded=document.get("isRecorded", True))
        self.orders.append(order)
        if self.on_order:
            self.on_order(order)

    def is_quiet_for(self, seconds):
        last = max((times[-1] for times in list(self.published.values())), default=0)
        return time.monotonic() - last > seconds

    def close(self):
        self._stopping = True
        self._client.close()


def retained_open(port, gateway, patience=1.5):
    """What a display that is switched on now would show: home -> numbers of its open incidents."""
    found = {}

    def heard(topic, payload, is_retained):
        if payload:
            found[topic.split("/")[-1]] = {one["id"] for one in json.loads(payload).get("open", [])}
    client = Client(port, f"display-{time.monotonic_ns()}", on_message=heard)
    client.subscribe(f"anju/{gateway}/incidents/#")
    time.sleep(patience)
    client.close()
    return found
