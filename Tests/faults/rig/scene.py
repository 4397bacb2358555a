"""One broker, one gateway, homes with a button and a smoke alarm each, and somebody who listens."""

import random
import time

from . import ledger
from .children import TUNED, Broker, Gateway, find_gateway, wait_for
from .site import BUTTON, SMOKE, write_fault_site

DEVICES = (("button", BUTTON), ("smoke", SMOKE))


class Scene:
    """Everything of one test case under a name of its own; `close` ends it."""

    def __init__(self, rig, name, binary, homes=50, settings=TUNED + "persistence false\n", environment=None, extra="",
                 site=write_fault_site):
        self.rig, self.name = rig, name
        self.homes = [f"h{number:03}" for number in range(homes)]
        self.broker = Broker(rig, settings, name=f"broker-{name}")
        self.directory = rig.path / f"site-{name}"
        self.configuration = site(
            self.directory, self.broker.port, name, [(home, DEVICES) for home in self.homes], extra)
        self.gateway = Gateway(
            rig, find_gateway(binary), self.configuration, name=f"gateway-{name}", environment=environment)
        self.observer = ledger.Observer(self.broker.port, name)
        self.sender = ledger.Sender(self.broker.port, f"{random.SystemRandom().randrange(1 << 32):08x}")
        self.sender.connect()

    def start(self, patience=60):
        """Starts the gateway; seconds to READY=1. The first time the broker must know its session, else it keeps nothing."""
        took = self.gateway.start(patience)
        self.broker.wait_subscribed("homes/#", patience)
        return took

    def latency(self, press, patience=10):
        """Seconds from a press to the first document that shows it, or None."""
        heard = wait_for(lambda: self.observer.first_heard.get(press.mark), patience, 0.002)
        return heard - press.at if heard else None

    def press_all(self, homes, pause, patience=10):
        """One press in each home, `pause` seconds apart; the latencies (None: not heard `patience` s after the last)."""
        presses = []
        for home in homes:
            presses.append(self.sender.press(home))
            time.sleep(pause)
        end = time.monotonic() + patience
        return [self.latency(press, max(0, end - time.monotonic())) for press in presses]

    def orders_of(self, home):
        return [order for order in list(self.observer.orders) if order.home == home]

    def close(self):
        if self.sender.client:
            self.sender.client.close()
        self.observer.close()
        self.gateway.close()
        if self.broker.child.is_running():
            self.broker.child.stop()


def problems_of(latencies, bound):
    """What is wrong with latencies: the ones that never came and those above the bound."""
    missing = sum(1 for one in latencies if one is None)
    slow = [one for one in latencies if one is not None and one > bound]
    found = [f"{missing} of {len(latencies)} alarms did not come"] if missing else []
    return found + ([f"{len(slow)} alarms took more than {bound} s, the longest {max(slow):.2f} s"] if slow else [])


def figures_of(latencies):
    came = sorted(one for one in latencies if one is not None)
    if not came:
        return f"none of {len(latencies)} alarms came"
    return (f"{len(came)} of {len(latencies)} alarms, median {came[len(came) // 2] * 1000:.1f} ms, "
            f"longest {came[-1] * 1000:.1f} ms")
