"""How long it takes from an alarm's message on MQTT until its card is painted in a real Chromium."""

import json
import pathlib
import random
import re
import shutil
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "console"))

from browser import Browser, Driver  # noqa: E402
from gateway import Seat  # noqa: E402
from rig.mqtt import Client  # noqa: E402

PATIENCE_SECONDS = 10
PAUSE_SECONDS = (0.3, 0.9)

# A card counts as seen at the start of the frame after the one that painted it, and only where it is in the window.
WATCH = """
window.paintings = [];
const isKnown = new Set([...document.querySelectorAll('.card')].map((card) => card.dataset.id));
new MutationObserver(() => {
    for (const card of document.querySelectorAll('.card')) {
        if (isKnown.has(card.dataset.id)) continue;
        isKnown.add(card.dataset.id);
        const inDocument = Date.now();
        const text = card.querySelector('.card-home').textContent;
        requestAnimationFrame(() => requestAnimationFrame(() => {
            const painted = Date.now();
            const box = card.getBoundingClientRect();
            const isInWindow = box.height > 0 && box.top >= 0 && box.bottom <= window.innerHeight;
            window.paintings.push({id: Number(card.dataset.id), text, inDocument, painted, isInWindow});
        }));
    }
}).observe(document.body, {childList: true, subtree: true});
"""


def is_possible():
    """Whether a Chromium and its driver are here."""
    return bool(shutil.which("chromedriver"))


class Painting:
    """A seat in a real browser, and a device that raises one alarm after the other."""

    def __init__(self, url, port, user, password):
        self.url, self.user, self.password = url, user, password
        self.seat = Seat(url, user, password)
        self.device = Client(port, "painting")
        self.driver = Driver()
        self.browser = Browser(self.driver)

    def stop(self):
        """Ends the browser and the connections."""
        self.driver.stop()
        self.device.close()

    def sign_in(self):
        """Opens the board as a dispatcher has it open all night."""
        browser = self.browser
        browser.go(self.url)
        browser.type("input[name=user]", self.user)
        browser.type("input[name=password]", self.password)
        browser.press("Enter")
        browser.wait_for("#banner-calm", 30)
        browser.wait("the board is calm", lambda: browser.count(".board"), 30)
        browser.run(WATCH)

    def measure(self, homes, seed):
        """One alarm in each home; `(milliseconds to the document, milliseconds to the painted card)` of each."""
        draw = random.Random(seed)
        found = []
        for home in homes:
            time.sleep(draw.uniform(*PAUSE_SECONDS))
            topic = f"homes/{home}/zigbee2mqtt/smoke0"
            due = time.time() * 1000
            self.device.publish(topic, json.dumps({"smoke": True, "battery": 90, "linkquality": 100}))
            seen = self.wait_for_card(home)
            if not seen["isInWindow"]:
                raise RuntimeError(f"the card of {home} is not in the window")
            found.append((seen["inDocument"] - due, seen["painted"] - due))
            self.device.publish(topic, json.dumps({"smoke": False, "battery": 90, "linkquality": 100}))
            self.seat.ask("POST", f"incidents/{seen['id']}/close", {"disposition": "test"})
        return found

    def wait_for_card(self, home):
        """The painting of a home's card; asked for rarely, so that asking does not slow what is measured."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            time.sleep(0.25)
            for seen in self.browser.run("return window.paintings.splice(0)"):
                if home in re.findall(r"h\d{5,}", seen["text"]):
                    return seen
        raise RuntimeError(f"the alarm of {home} was not seen in {PATIENCE_SECONDS} s")
