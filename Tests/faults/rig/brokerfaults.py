"""What the shipped broker configuration loses: stopped with SIGTERM, and killed with -9."""

import random
import signal
import time

from . import checks, ledger
from .children import Broker, wait_for
from .mqtt import Client, Closed
from .scene import Scene

ROUNDS = 5


def broker_part(chosen, rig, verdict, settings):
    print("the broker, with the shipped settings", flush=True)
    source = random.Random(chosen.seed + 1)
    stopping(chosen, rig, verdict, settings, source)
    killed(rig, verdict, settings, source)
    killed_under_gateway(chosen, rig, verdict, settings, source)


def _stream(sender, homes, seconds, source, rate=200):
    """Presses at a rate until the time is over or the broker is gone."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and sender.client.is_up:
        sender.press(source.choice(homes))
        time.sleep(source.expovariate(rate))


def _settle(observer, sender, homes, patience=30):
    """Waits until every acknowledged press is counted, then a moment for what should not come."""
    def all_counted():
        counted = checks.raises(observer.incidents, checks.PRESS_KIND)
        return sum(counted.values()) >= sum(1 for one in sender.sent if one.acked_at)
    wait_for(all_counted, patience, 0.1)
    wait_for(lambda: observer.is_quiet_for(1.5), 10, 0.1)


def stopping(chosen, rig, verdict, settings, source):
    """SIGTERM in the middle of the stream, sometimes with the gateway down: nothing acknowledged may be lost."""
    scene = Scene(rig, "broker-stopped", chosen.gateway, settings=settings)
    try:
        scene.start()
        for number in range(ROUNDS):
            scene.sender.connect()
            if number % 2:
                scene.gateway.child.kill()
            _stream(scene.sender, scene.homes, source.uniform(1, 2.5), source)
            scene.broker.child.signal(signal.SIGTERM)
            _stream(scene.sender, scene.homes, 1, source)
            scene.broker.child.stop()
            time.sleep(source.uniform(0.2, 1.5))
            scene.broker.start()
            if number % 2:
                scene.gateway.start()
        _settle(scene.observer, scene.sender, scene.homes)
        checks.check_counts(
            verdict, f"broker stopped {ROUNDS} times by SIGTERM", scene.sender.sent, scene.observer.incidents,
            checks.PRESS_KIND, "press")
        checks.check_orders(verdict, scene.observer.orders, scene.observer.incidents, exact=False)
    finally:
        scene.close()


def killed(rig, verdict, settings, source):
    """kill -9 while a session waits: which acknowledged messages the broker still has afterwards."""
    windows, lost_counts, sent_counts = [], [], []
    wanted = [line for line in settings.splitlines() if line.startswith(("persistence", "autosave"))]
    for number in range(ROUNDS):
        broker = Broker(rig, settings, name=f"broker-killed-{number}")
        session = Client(broker.port, "waiting", clean=False)
        session.subscribe("homes/#")
        session.close()
        sender = Client(broker.port, "device", on_ack=lambda mid, about: about.append(time.monotonic()))
        sent = []
        end = time.monotonic() + source.uniform(4, 9)
        while time.monotonic() < end:
            record = [f"{number}-{len(sent)}"]
            sent.append(record)
            sender.publish("homes/x/zigbee2mqtt/y", record[0], about=record)
            time.sleep(0.005)
        broker.child.kill()
        at = time.monotonic()
        sender.close()
        broker.start()
        got = set()
        try:
            session = Client(broker.port, "waiting", clean=False, on_message=lambda t, p, r: got.add(p.decode()))
            wait_for(lambda: False, 2)
            session.close()
        except (Closed, OSError):
            pass
        acked = [record for record in sent if len(record) > 1]
        lost = [record for record in acked if record[0] not in got]
        windows.append(max((at - record[1] for record in lost), default=0.0))
        lost_counts.append(len(lost))
        sent_counts.append(len(acked))
        broker.child.stop()
    figures = (f"{', '.join(f'{window:.2f} s' for window in windows)} of acknowledged messages lost "
               f"({', '.join(map(str, lost_counts))} of {', '.join(map(str, sent_counts))}); {'; '.join(wanted)}")
    print(f"window  broker killed with -9: {figures}", flush=True)
    autosave = next((int(line.split()[1]) for line in wanted if line.startswith("autosave_interval")), 1800)
    on_changes = "autosave_on_changes true" in wanted
    bound = 1.0 if on_changes else autosave + 1.0
    problems = [f"{window:.2f} s" for window in windows if window > bound]
    verdict.line(f"the window is no longer than the setting says ({bound:.1f} s)", problems)


def killed_under_gateway(chosen, rig, verdict, settings, source):
    """kill -9 while the gateway listens: what it has taken in stays, and is not counted again.

    With its session saved the broker keeps what comes until the gateway is back; a broker that is killed again before
    it saved the new session forgets it, and what comes before the next subscription is gone.
    """
    autosave = next((int(line.split()[1]) for line in settings.splitlines() if line.startswith("autosave_interval")), 5)
    for name, pause in (("saved", autosave + 2), ("unsaved", 0)):
        scene = Scene(rig, f"broker-killed-{name}", chosen.gateway, settings=settings)
        try:
            scene.start()
            for _ in range(3):
                time.sleep(pause)
                scene.sender.connect()
                _stream(scene.sender, scene.homes, source.uniform(1, 2.5), source)
                scene.broker.child.kill()
                time.sleep(source.uniform(0.2, 1.0))
                scene.broker.start()
                # What comes while the gateway is on its way back.
                scene.sender.connect()
                _stream(scene.sender, scene.homes, 1, source)
            _settle(scene.observer, scene.sender, scene.homes, 15)
            counted = sum(checks.raises(scene.observer.incidents, checks.PRESS_KIND).values())
            acked = sum(1 for one in scene.sender.sent if one.acked_at)
            print(f"window  broker killed with -9 3 times under a listening gateway, its session {name}: {acked} "
                  f"acknowledged, {counted} counted of {len(scene.sender.sent)} sent", flush=True)
            twice = [f"{counted - len(scene.sender.sent)} more counted than sent"]
            verdict.line(f"    none is counted twice, session {name}", twice if counted > len(scene.sender.sent) else [])
        finally:
            scene.close()
