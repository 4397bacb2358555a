"""A web server for tests that takes orders as a provider does: each request is kept, and answered when it is let go.

It answers 200 at once unless it was told to hold its answers back.
"""

import http.server
import json
import threading
import time


class WebhookServer:
    """Listens on a free loopback port until `close`."""

    def __init__(self, holds=False):
        self.taken = []  # (moment, order id, responder, urgency) in the order of the requests
        self.answered = 0
        self._lock = threading.Lock()
        self._free = threading.Event()
        if not holds:
            self._free.set()
        owner = self

        class Taker(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner._take(json.loads(body))
                owner._free.wait()
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()
                with owner._lock:
                    owner.answered += 1

            def log_message(self, *words):
                pass

        class Listener(http.server.ThreadingHTTPServer):
            request_queue_size = 1024
            daemon_threads = True

        self._server = Listener(("127.0.0.1", 0), Taker)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/orders"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _take(self, event):
        with self._lock:
            self.taken.append((time.monotonic(), event["id"], event["responder"], event["urgency"], event["subject"]))

    def hold(self):
        self._free.clear()

    def release(self):
        self._free.set()

    def count(self):
        with self._lock:
            return len(self.taken)

    def homes(self):
        """The homes whose orders came, in the order of their coming."""
        with self._lock:
            return [subject.split("/")[0] for *_, subject in self.taken]

    def close(self):
        self._free.set()
        self._server.shutdown()
        self._server.server_close()
