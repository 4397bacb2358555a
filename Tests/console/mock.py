#!/usr/bin/env python3
"""A gateway that only talks: the HTTP contract with a seeded community, for work on the console.

Usage: mock.py [--port N] [--console FOLDER] [--still]
Users: dispatcher, second, viewer, technician, administrator; each one's password is `<user>-pass`.
`POST /mock/<word>` lets a test arrange the world: open, claim, broker, store, blind, calm, duty, storm, end-sessions,
close-all.
"""

import argparse
import json
import mimetypes
import pathlib
import queue
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import community
from routes import route
from world import Refused, World, arrange

POLICY = "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
ROLES = {
    "dispatcher": ("dispatcher", "周静", "seat-1"),
    "second": ("dispatcher", "马超", "seat-2"),
    "viewer": ("viewer", "督导", None),
    "technician": ("technician", "孙涛", "technician"),
    "administrator": ("administrator", "主任 林芳", "centre"),
}


class Caller(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    world = None
    console = None

    def log_message(self, *arguments):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:  # A line that a story has cut is nothing to talk about.
            self.close_connection = True

    def answer(self, status, document=None, kind="application/json", headers=()):
        body = (
            b""
            if document is None
            else (
                document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
            )
        )
        self.send_response(status)
        for name, value in (
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            ("Content-Security-Policy", POLICY),
            ("X-Content-Type-Options", "nosniff"),
            *headers,
        ):
            if status != 204 or not name.startswith("Content-"):
                self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def session(self):
        for part in (self.headers.get("Cookie") or "").split(";"):
            name, _, value = part.strip().partition("=")
            if name == "anju_session" and value in self.world.sessions:
                return value, self.world.sessions[value]
        raise Refused(401, "Sign in first.")

    def do_GET(self):
        self.serve("GET")

    def do_POST(self):
        self.serve("POST")

    def do_DELETE(self):
        self.serve("DELETE")

    def serve(self, method):
        address = urlsplit(self.path)
        parts = [unquote(part) for part in address.path.split("/") if part]
        query = {name: values[0] for name, values in parse_qs(address.query).items()}
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        try:
            if parts[:1] == ["mock"]:
                self.answer(200, arrange(self.world, parts[1], body))
            elif parts[:2] == ["api", "v1"]:
                self.api(method, parts[2:], query, body)
            else:
                self.file(address.path)
        except Refused as problem:
            self.answer(
                problem.status,
                {
                    "type": "about:blank",
                    "title": "",
                    "status": problem.status,
                    "detail": problem.detail,
                    "reason": problem.reason,
                },
                "application/problem+json",
            )
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def file(self, path):
        target = (self.console / ("index.html" if path == "/" else path.lstrip("/"))).resolve()
        if self.console not in target.parents or not target.is_file():
            raise Refused(404, "There is nothing here.")
        kind = (
            "text/javascript"
            if target.suffix == ".js"
            else mimetypes.guess_type(target.name)[0] or "application/octet-stream"
        )
        self.answer(200, target.read_bytes(), kind + ("; charset=utf-8" if kind.startswith("text/") else ""))

    def api(self, method, parts, query, body):
        if parts == ["session"] and method == "POST":
            role = ROLES.get(body.get("user"))
            if not role or body.get("password") != f"{body['user']}-pass":
                raise Refused(401, "Wrong.")
            name = f"s{len(self.world.sessions) + 1}-{time.time_ns()}"
            self.world.sessions[name] = {
                "user": {"id": body["user"], "name": role[1], "role": role[0], "responder": role[2]},
                "csrf": f"c{time.time_ns()}",
                "gateway": "chenghua-1",
                "language": "zh-Hans",
            }
            return self.answer(
                200,
                self.world.sessions[name],
                headers=[("Set-Cookie", f"anju_session={name}; HttpOnly; SameSite=Strict; Path=/")],
            )
        name, session = self.session()
        if method != "GET":
            if self.headers.get("X-CSRF-Token") != session["csrf"]:
                raise Refused(403, "The word against forged requests is missing.")
            if session["user"]["role"] == "viewer" and parts != ["session"]:
                raise Refused(403, "A viewer only looks.")
        if parts == ["events"]:
            return self.events()
        with self.world.lock:
            if parts == ["session"]:
                if method == "DELETE":
                    del self.world.sessions[name]
                    return self.answer(204)
                return self.answer(200, session)
            found, status, headers = route(self.world, method, parts, query, body, session, self.headers)
        if isinstance(found, str):
            return self.answer(
                200,
                found.encode(),
                "text/csv; charset=utf-8",
                [("Content-Disposition", "attachment; filename=report.csv")],
            )
        return self.answer(status, found, headers=headers)

    def events(self):
        watcher = queue.Queue()
        last = self.headers.get("Last-Event-ID") or ""
        with self.world.lock:
            run, _, number = last.rpartition("-")
            if last and (run != self.world.run or not number.isdigit()):
                watcher.put((self.world.number, "reset", "{}"))
            for event in self.world.events:
                if last and run == self.world.run and number.isdigit() and event[0] > int(number):
                    watcher.put(event)
            watcher.put((self.world.number, "beat", json.dumps({"now": community.text(community.now())})))
            self.world.watchers.append(watcher)
        try:
            self.send_response(200)
            for name, value in (
                ("Content-Type", "text/event-stream"),
                ("Cache-Control", "no-store"),
                ("Connection", "close"),
            ):
                self.send_header(name, value)
            self.end_headers()
            while True:
                number, name, subject = watcher.get()
                self.wfile.write(
                    f"id: {self.world.run}-{number}\nevent: {name}\ndata: {subject}\n\n".encode()
                )
                self.wfile.flush()
        finally:
            self.close_connection = True
            with self.world.lock:
                self.world.watchers.remove(watcher)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument(
        "--console",
        type=pathlib.Path,
        default=pathlib.Path(__file__).resolve().parents[2] / "Sources/HTTPInterface/Console",
    )
    parser.add_argument("--still", action="store_true", help="nothing escalates by itself")
    options = parser.parse_args()
    Caller.world, Caller.console = World(), options.console.resolve()
    threading.Thread(target=Caller.world.live, args=[options.still], daemon=True).start()
    server = ThreadingHTTPServer(("127.0.0.1", options.port), Caller)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main()
