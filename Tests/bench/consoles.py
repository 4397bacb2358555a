"""Open consoles without a browser: event streams whose bytes are stamped as they arrive and read afterwards."""

import asyncio
import http.client
import json
import time

MARK, MARK_LENGTH = b"ML1-", 57


def marks(text):
    """(sequence, due in CLOCK_MONOTONIC ns) of every message of the load whose mark stands in `text`."""
    place = text.find(MARK)
    while place >= 0:
        mark = text[place:place + MARK_LENGTH]
        try:
            yield int(mark[13:23], 16), int(mark[24:40], 16)
        except ValueError:
            pass
        place = text.find(MARK, place + MARK_LENGTH)


class Consoles:
    """`count` readers of `/api/v1/events`; they only keep what came and when, so that reading costs the machine
    as little as possible while the load runs."""

    def __init__(self, port, users, password, count):
        self.port, self.users, self.password = port, users, password
        self.heard = [[] for _ in range(count)]  # for each console: (arrival in ns, bytes)

    def _cookie(self, user):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.request(
            "POST", "/api/v1/session", json.dumps({"user": user, "password": self.password}),
            {"Content-Type": "application/json"})
        answer = connection.getresponse()
        if answer.status != 200:
            raise RuntimeError(f"{user} cannot sign in: {answer.status} {answer.read()!r}")
        return answer.headers["Set-Cookie"].split(";")[0]

    async def _read(self, chunks, cookie):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=4_000_000)
        writer.write(
            f"GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAccept: text/event-stream\r\n"
            f"Cookie: {cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if b" 200 " not in head.split(b"\r\n")[0]:
            raise RuntimeError(f"the event stream was refused: {head.splitlines()[0]!r}")
        try:
            while chunk := await reader.read(262_144):
                chunks.append((time.monotonic_ns(), chunk))
            raise RuntimeError("the gateway ended an event stream")
        finally:
            writer.close()

    async def _all(self, ready, stop):
        cookies = [self._cookie(user) for user in self.users]
        tasks = [
            asyncio.create_task(self._read(chunks, cookies[number % len(cookies)]))
            for number, chunks in enumerate(self.heard)]
        await asyncio.sleep(1)
        ready.set()
        while not stop.is_set():
            await asyncio.sleep(0.1)
            for task in tasks:
                if task.done():
                    task.result()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def run(self, ready, stop):
        """Blocks until `stop`; `ready` is set when all streams stand."""
        asyncio.run(self._all(ready, stop))

    @staticmethod
    def _lines(chunks):
        rest = b""
        for at, chunk in chunks:
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"data:"):
                    yield at, line[5:]

    def delays(self):
        """For each console: sequence of a message that made or changed an incident -> ns from its due time."""
        found = []
        for chunks in self.heard:
            seen = {}
            for at, line in self._lines(chunks):
                for sequence, due in marks(line):
                    seen.setdefault(sequence, at - due)
            found.append(seen)
        return found

    def opened(self):
        """Incident -> due time of its first message."""
        due_of = {}
        for _, line in self._lines(self.heard[0] if self.heard else []):
            if b'"openedAt"' in line and (found := [due for _, due in marks(line)]):
                due_of.setdefault(json.loads(line)["id"], min(found))
        return due_of
