"""Bad input: floods, payloads that no device should send, a broker that refuses, a webhook that hangs."""

import http.server
import json
import struct
import threading
import time

from . import site as sites
from .children import TOOLS, wait_for
from .mqtt import Client, Closed, _text
from .scene import Scene, figures_of, problems_of

FLOODED = "homes/h000/zigbee2mqtt/smoke"


def _flood(scene, rate, seconds):
    return scene.rig.run(f"flood-{rate}", [
        TOOLS / "mqttload", "--port", scene.broker.port, "--homes", 1, "--devices", 1, "--connections", 1, "--rate", rate,
        "--topic-format", FLOODED, "--alarm-fraction", 0, "--no-out", "--duration", seconds, "--warmup", 0, "--drain", 1,
        "--quiet"])


def _mentions(scene, text):
    return any(text in json.dumps(document, ensure_ascii=False) for document in list(scene.observer.incidents.values()))


def flood(rig, verdict, binary):
    """10,000/s on one topic: other homes' alarms stay under 1 s; above that a trouble names the topic."""
    scene = Scene(rig, "flood", binary)
    try:
        scene.start()
        load = _flood(scene, 10_000, 10)
        time.sleep(0.5)
        latencies = scene.press_all(scene.homes[1:41], 0.2)
        verdict.line("a flood of 10,000/s on one topic: other homes' alarms under 1 s", problems_of(latencies, 1.0),
                     figures_of(latencies))
        wait_for(lambda: not load.is_running(), 15)
        load = _flood(scene, 25_000, 5)
        time.sleep(0.5)
        latencies = scene.press_all(scene.homes[1:11], 0.3)
        named = wait_for(lambda: _mentions(scene, FLOODED), 10, 0.1)
        verdict.line("a flood above 10,000/s: a trouble names the topic", [] if named else [f"nothing names {FLOODED}"],
                     figures_of(latencies))
        wait_for(lambda: not load.is_running(), 15)
        again = scene.press_all(scene.homes[41:44], 0.2)
        verdict.line("after the flood", problems_of(again, 1.0), figures_of(again))
    finally:
        scene.close()


def _payloads():
    deep = 100_000
    yield "nothing", b""
    yield "not JSON", b"smoke!"
    yield "half an object", b'{"smoke":tr'
    yield "invalid UTF-8", b'{"smoke":false,"note":"\xff\xfe\xc3\x28"}'
    yield "a lone surrogate", b'{"smoke":false,"note":"\\ud800"}'
    yield "zero bytes", b"\0" * 1000
    yield "nested arrays", b"[" * deep + b"]" * deep
    yield "nested objects", b'{"a":' * deep + b"1" + b"}" * deep
    yield "an open nest", b"[{" * deep
    yield "NaN", b'{"smoke":NaN,"battery":NaN,"temperature":Infinity}'
    yield "huge numbers", b'{"smoke":false,"battery":1e999,"voltage":' + b"9" * 5000 + b"}"
    yield "wrong types", b'{"smoke":{"a":[1]},"battery":"full","action":17,"last_seen":{}}'
    yield "a control character in a name", b'{"smo\\u0000ke":true,"a\\u0007":1}'
    yield "the same key twice", b'{"smoke":false,"smoke":"maybe"}'
    yield "a list", b"[" + b"1," * 70_000 + b"1]"
    yield "10 MB of JSON", b'{"smoke":false,"note":"' + b"x" * 10_000_000 + b'"}'
    yield "10 MB of nothing", b"\xaa" * 10_000_000


def _topics():
    yield "homes/h000"
    yield "homes//zigbee2mqtt/smoke"
    yield "homes/h000/zigbee2mqtt"
    yield "homes/h000/zigbee2mqtt/"
    yield "homes/h000/zigbee2mqtt/smoke/set/get/x"
    yield "homes/nobody/zigbee2mqtt/smoke"
    yield "homes/h000/zigbee2mqtt/bridge/state"
    yield "homes/h000/zigbee2mqtt/bridge/devices"
    yield "homes/h000/zigbee2mqtt/" + "x" * 60_000
    yield "homes/h000/" + "/" * 200
    yield "homes/../etc/passwd"
    yield "homes/h000\u0007/zigbee2mqtt/smoke"


def garbage(rig, verdict, binary):
    """Broken payloads and topics: the daemon stays up, the next alarm of that and of another home comes at once."""
    scene = Scene(rig, "garbage", binary)
    try:
        scene.start()
        pid, before = scene.gateway.child.pid, scene.gateway.child.memory()[0]
        publisher = Client(scene.broker.port, "garbage")
        problems, latencies = [], []
        cases = [(name, FLOODED, payload) for name, payload in _payloads()]
        cases += [(f"the topic {topic[:60]!r}", topic, b'{"smoke":true}') for topic in _topics()]
        for number, (name, topic, payload) in enumerate(cases):
            try:
                publisher.publish(topic, payload)
                publisher.wait_acked(5)
            except Closed:
                publisher = Client(scene.broker.port, f"garbage-{number}")
            if not publisher.is_up:  # mosquitto itself refused it
                publisher = Client(scene.broker.port, f"garbage-{number}")
            latency = scene.latency(scene.sender.press(scene.homes[1 + number % 45]), 5)
            latencies.append(latency)
            problems += [f"after {name}: {problem}" for problem in problems_of([latency], 1.0)]
            if not scene.gateway.child.is_running():
                problems.append(f"{name} ended the gateway with {scene.gateway.child.process.returncode}")
                scene.start()
        verdict.line(f"{len(cases)} broken payloads and topics: other homes' alarms under 1 s", problems,
                     figures_of(latencies))
        alive = [] if scene.gateway.child.pid == pid else ["it was started again"]
        grown = scene.gateway.child.memory()[1] - before
        verdict.line("broken input: the gateway stays up", alive, f"peak memory grew by {grown:.0f} MB")
        undecoded = wait_for(lambda: _mentions(scene, "undecoded"), 5, 0.1)
        verdict.line("broken input: a trouble says so", [] if undecoded else ["no incident of kind undecoded"])
        latency = scene.latency(scene.sender.smoke("h000", True))
        verdict.line("broken input: the same device's real alarm still comes", problems_of([latency], 1.0),
                     figures_of([latency]))
        foreign = [order.home for order in scene.observer.orders if order.home not in scene.homes and order.kind == "fire"]
        verdict.line("broken input: no alarm for a home that is not there", foreign)
        _wildcards(scene, verdict)
    finally:
        scene.close()


def _wildcards(scene, verdict):
    """A publication to a topic with wildcards: no decent client sends it."""
    problems = []
    for topic in ("homes/+/zigbee2mqtt/smoke", "homes/#"):
        client = Client(scene.broker.port, "wild")
        body = _text(topic) + struct.pack(">H", 1) + b'{"smoke":true}'
        before = len(scene.observer.incidents)
        try:
            client.send_raw(bytes([0x32, len(body)]) + body)
        except Closed:
            pass
        time.sleep(0.3)
        if len(scene.observer.incidents) != before:
            problems.append(f"{topic} raised something")
        client.close()
    latency = scene.latency(scene.sender.press(scene.homes[46]))
    verdict.line("topics with wildcards", problems + problems_of([latency], 1.0), figures_of([latency]))


class _Hook:
    """A web server on loopback that hangs or answers 500, and notes what it was sent."""

    def __init__(self, behaviour):
        hook = self
        self.requests, self.behaviour = [], behaviour

        class Answer(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                hook.requests.append((time.monotonic(), body))
                if hook.behaviour == "hang":
                    time.sleep(30)
                self.send_response(500)
                self.end_headers()

            def log_message(self, *words):
                pass
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()


def _webhook_site(directory, port, gateway, homes, extra):
    main = sites.write_fault_site(directory, port, gateway, homes, extra)
    people = (directory / "responders.yaml").read_text()
    people = people.replace("{responder: neighbour, role: neighbour}",
                            "{responder: neighbour, role: neighbour, channels: [desk, mqtt]}")
    (directory / "responders.yaml").write_text(people)
    return main


def webhook(rig, verdict, binary):
    """A webhook that hangs or answers 500: other channels are not held up, the next channel is used, same order id."""
    for behaviour in ("hang", "500"):
        hook = _Hook(behaviour)
        extra = (f"webhooks: [{{webhook: desk, url: 'http://127.0.0.1:{hook.port}/', timeout: 1 s}}]\n"
                 "patience: {delivery: 2 s, tries_per_channel: 2}\n")
        scene = Scene(rig, f"webhook-{behaviour}", binary, homes=8, extra=extra, site=_webhook_site)
        try:
            scene.start()
            fire = scene.sender.smoke("h001", True)
            latency = scene.latency(fire, 5)
            came = wait_for(lambda: [o for o in scene.orders_of("h001") if o.responder == "centre"], 5)
            waited = came[0].at - fire.at if came else None
            verdict.line(f"a webhook that {'hangs' if behaviour == 'hang' else 'answers 500'}: the centre hears at once",
                         problems_of([latency, waited], 1.0), figures_of([latency, waited]))
            begin = time.monotonic()
            press = scene.sender.press("h002")
            found = wait_for(lambda: [o for o in scene.orders_of("h002") if o.responder == "neighbour"], 40, 0.05)
            tried = [body for at, body in hook.requests if at >= press.at and b"h002" in body]
            problems = [] if found else ["the next channel was not used within 40 s"]
            problems += [] if tried else ["the webhook was never tried"]
            if found and tried and not all(found[0].id.encode() in body for body in tried):
                problems.append("the order's id changed with the channel")
            verdict.line("    and the next channel takes over under the same order id", problems,
                         f"{len(tried)} tries, over after {time.monotonic() - begin:.1f} s")
        finally:
            scene.close()
            hook.close()


def refused(rig, verdict, binary):
    """A broker that refuses us: the gateway keeps trying, says so, and works when it is let in."""
    scene = Scene(rig, "refused", binary, homes=4)
    try:
        scene.sender.client.close()
        conf = scene.broker.configuration
        open_conf = conf.read_text()
        scene.broker.child.stop()
        conf.write_text(open_conf.replace("allow_anonymous true", "allow_anonymous false"))
        scene.broker.start()
        scene.gateway.start(wait=False)
        time.sleep(6)
        running = scene.gateway.child.is_running()
        log = scene.gateway.child.tail(40)
        scene.broker.child.stop()
        conf.write_text(open_conf)
        scene.broker.start()
        problems = [] if running else [f"it ended:\n{log}"]
        latency = None
        if running:
            opened = time.monotonic()
            scene.sender.connect()
            scene.broker.wait_subscribed("homes/#", 70)
            ready = time.monotonic() - opened
            latency = scene.latency(scene.sender.press("h001"), 10)
            problems += problems_of([latency], 1.0) + ([] if ready < 35 else [f"it came back after {ready:.0f} s"])
            if not any(word in log.lower() for word in ("refuse", "not authori")):
                problems.append("its log does not say that the broker refuses it")
            verdict.line("a broker that refuses", problems, f"subscribed {ready:.1f} s after it was let in, {figures_of([latency])}")
        else:
            verdict.line("a broker that refuses", problems)
    finally:
        scene.close()


CASES = {"flood": flood, "garbage": garbage, "webhook": webhook, "refused": refused}
