"""W3C WebDriver spoken directly over HTTP to chromedriver: a browser for the stories."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {
    "Enter": "\ue007", "Escape": "\ue00c", "Tab": "\ue004", "ArrowDown": "\ue015", "ArrowUp": "\ue013"}

# Where the seat reads clocks: as the sites of the stories do.
SEAT = {"TZ": "Asia/Shanghai"}


def free_port():
    """A port that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class WebDriverError(Exception):
    """What the driver answered instead of a value."""


class Driver:
    """One chromedriver process."""

    def __init__(self):
        program = shutil.which("chromedriver")
        if not program:
            raise WebDriverError("chromedriver is not installed")
        self.sessions = []
        self.port = free_port()
        self.process = subprocess.Popen(
            [program, f"--port={self.port}"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **SEAT},
        )
        for _ in range(100):
            try:
                if self.ask("GET", "/status")["ready"]:
                    return
            except (OSError, WebDriverError):
                time.sleep(0.1)
        raise WebDriverError("chromedriver did not come up")

    def ask(self, method, path, body=None):
        """One command."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}{path}",
            method=method,
            data=None if method != "POST" else json.dumps(body or {}).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return json.load(response)["value"]
        except urllib.error.HTTPError as error:
            value = json.load(error)["value"]
            raise WebDriverError(f"{value['error']}: {value['message'][:400]}") from None

    def stop(self):
        """Ends the driver and what it started: a browser whose session is not closed would live on."""
        for session in self.sessions:
            try:
                self.ask("DELETE", f"/session/{session}")
            except (OSError, WebDriverError):
                pass
        self.process.terminate()
        self.process.wait(10)


class Browser:
    """One window of a Chromium with an empty profile."""

    def __init__(self, driver, width=1366, height=768, options=(), scheme="dark"):
        arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--lang=zh-CN",
            f"--window-size={width},{height}",
            "--force-device-scale-factor=1",
            *options,
        ]
        if scheme == "dark":
            arguments.append("--force-dark-mode")
        capabilities = {
            "alwaysMatch": {
                "browserName": "chrome",
                "goog:chromeOptions": {"args": arguments},
                "goog:loggingPrefs": {"browser": "ALL"},
            }
        }
        self.driver = driver
        self.session = driver.ask("POST", "/session", {"capabilities": capabilities})["sessionId"]
        driver.sessions.append(self.session)
        self.resize(width, height)

    def ask(self, method, path, body=None):
        """A command of this window."""
        return self.driver.ask(method, f"/session/{self.session}{path}", body)

    def close(self):
        """Ends the window."""
        self.ask("DELETE", "")
        self.driver.sessions.remove(self.session)

    def resize(self, width, height):
        """Makes the page itself, not the window, so large."""
        self.ask(
            "POST",
            "/goog/cdp/execute",
            {
                "cmd": "Emulation.setDeviceMetricsOverride",
                "params": {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
            },
        )

    def go(self, address):
        """Opens an address."""
        self.ask("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """Runs a script in the page."""
        return self.ask("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def find(self, selector):
        """The first element, or None."""
        try:
            return self.ask("POST", "/element", {"using": "css selector", "value": selector})[ELEMENT]
        except WebDriverError as error:
            if str(error).startswith("no such element"):
                return None
            raise

    def text(self, selector):
        """The text of the first element; empty when there is none."""
        return self.run(
            "const one = document.querySelector(arguments[0]); return one ? one.textContent : ''", selector
        )

    def count(self, selector):
        """How many there are."""
        return self.run("return document.querySelectorAll(arguments[0]).length", selector)

    def wait(self, what, check, seconds=15):
        """Waits until a check holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                found = check()
            except WebDriverError as error:
                if "stale" not in str(error):
                    raise
                found = None
            if found:
                return found
            time.sleep(0.1)
        raise AssertionError(f"did not come in {seconds} s: {what}")

    def wait_for(self, selector, seconds=15):
        """Waits for an element."""
        return self.wait(selector, lambda: self.find(selector), seconds)

    def click(self, selector):
        """Clicks as a person does."""
        for _ in range(5):
            try:
                self.ask("POST", f"/element/{self.wait_for(selector)}/click")
                return
            except WebDriverError as error:
                # The page put a fresh one in its place between finding and clicking.
                if not str(error).startswith("stale element"):
                    raise
        raise AssertionError(f"never stood still: {selector}")

    def type(self, selector, text):
        """Types into a field."""
        self.ask("POST", f"/element/{self.wait_for(selector)}/value", {"text": text})

    def press(self, *names):
        """Presses keys, wherever the focus is."""
        actions = []
        for name in names:
            value = KEYS.get(name, name)
            actions += [{"type": "keyDown", "value": value}, {"type": "keyUp", "value": value}]
        self.ask("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def shot(self, path):
        """Writes what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.ask("GET", "/screenshot")))

    def complaints(self):
        """What the browser's console says of errors."""
        return [
            line["message"]
            for line in self.ask("POST", "/se/log", {"type": "browser"})
            if line["level"] == "SEVERE"
        ]
