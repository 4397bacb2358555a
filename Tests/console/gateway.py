"""A second pair of hands at the gateway: the API as another seat uses it, and a line that can be cut."""

import http.client
import json
import select
import socket
import threading
import time
from urllib.parse import urlsplit


class Problem(Exception):
    """An answer that was not a success."""

    def __init__(self, status, document):
        super().__init__(f"{status} {document}")
        self.status = status


class Seat:
    """A signed-in user, or a session known by its cookie."""

    def __init__(self, url, user=None, password=None, cookie=None):
        self.address = urlsplit(url)
        self.cookie, self.csrf = cookie, None
        if user:
            self.session = self.ask("POST", "session", {"user": user, "password": password})
        else:
            self.session = self.ask("GET", "session")
        self.csrf = self.session["csrf"]

    def ask(self, method, path, body=None):
        """One request; the JSON of its answer."""
        connection = http.client.HTTPConnection(self.address.hostname, self.address.port, timeout=15)
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.cookie:
            headers["Cookie"] = f"anju_session={self.cookie}"
        if self.csrf:
            headers["X-CSRF-Token"] = self.csrf
        content = None if body is None else json.dumps(body).encode()
        connection.request(
            method, f"/api/v1/{path}".replace("/api/v1/../..", ""), body=content, headers=headers
        )
        response = connection.getresponse()
        text = response.read()
        for cookie in response.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            if name == "anju_session" and value:
                self.cookie = value
        connection.close()
        document = json.loads(text) if text[:1] in (b"{", b"[") else {}
        if response.status >= 300:
            raise Problem(response.status, document)
        return document

    def incident(self, number):
        """An incident as it is now."""
        return self.ask("GET", f"incidents/{number}")

    def open(self, home, kind, note=""):
        """Opens an incident by hand; its number."""
        made = self.ask("POST", "incidents", {"home": home, "kind": kind, "note": note})
        return made["id"] if "id" in made else made["incident"]

    def homes(self):
        """Ids of calm homes without an open incident, so that a new one stands alone."""
        found = self.ask("GET", "homes?limit=200")["homes"]
        calm = [home for home in found if not home.get("openIncidents") and home["state"] == "calm"]
        return [home["id"] for home in calm if "<" not in home["name"]]


class Line:
    """A TCP line to the gateway that can be cut, and whose event stream can be held back."""

    def __init__(self, url):
        target = urlsplit(url)
        self.target = (target.hostname, target.port)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        self.is_cut = False
        self.holds_events = threading.Event()
        self.pairs = []
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            client, _ = self.listener.accept()
            if self.is_cut:
                client.close()
                continue
            try:
                server = socket.create_connection(self.target, timeout=5)
            except OSError:
                client.close()
                continue
            with self.lock:
                self.pairs.append((client, server))
            threading.Thread(target=self.carry, args=[client, server], daemon=True).start()

    def carry(self, client, server):
        """Bytes both ways until one side ends."""
        is_stream = False
        try:
            while True:
                held = is_stream and self.holds_events.is_set()
                ready, _, _ = select.select([client] if held else [client, server], [], [], 0.1)
                for one in ready:
                    chunk = one.recv(65536)
                    if not chunk:
                        return
                    if one is client:
                        is_stream = is_stream or b"GET /api/v1/events" in chunk
                        server.sendall(chunk)
                    else:
                        client.sendall(chunk)
        except (OSError, ValueError):
            pass
        finally:
            client.close()
            server.close()

    def hold(self):
        """Holds the event stream back from now on."""
        self.holds_events.set()
        time.sleep(0.3)  # Until nobody waits for the stream any more.

    def cut(self):
        """Ends all connections and lets no new one through."""
        self.is_cut = True
        with self.lock:
            for client, server in self.pairs:
                for one in (client, server):
                    try:
                        one.shutdown(socket.SHUT_RDWR)
                    except OSError:
                        pass
            self.pairs.clear()

    def mend(self):
        """Lets connections through again."""
        self.is_cut = False
