"""A small MQTT 3.1.1 client whose QoS 1 is in plain sight: the caller sees every PUBACK."""

import socket
import struct
import threading
import time

CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13


class Closed(Exception):
    """The connection is gone, or was never there."""


def _length(count):
    out = bytearray()
    while True:
        count, digit = count >> 7, count & 127
        out.append(digit | (128 if count else 0))
        if not count:
            return bytes(out)


def _text(value):
    raw = value if isinstance(value, bytes) else value.encode()
    return struct.pack(">H", len(raw)) + raw


class Client:
    """One connection. `on_message(topic, payload, is_retained)` and `on_ack(mid)` run on the reading thread."""

    def __init__(self, port, name, clean=True, on_message=None, on_ack=None, keepalive=60, patience=10):
        self.on_message, self.on_ack = on_message, on_ack
        self.unacked = {}  # packet id -> whatever the caller gave as `about`
        self._mid, self._lock, self._events = 0, threading.Lock(), threading.Condition()
        self._replies = {}
        self.is_up = False
        self._sock = socket.create_connection(("127.0.0.1", port), timeout=patience)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        flags = 2 if clean else 0
        body = _text("MQTT") + bytes([4, flags]) + struct.pack(">H", keepalive) + _text(name)
        self._buffer = b""
        self._send(0x10, body)
        kind, body = self._read_packet()
        if kind >> 4 != CONNACK or body[1]:
            raise Closed(f"refused with code {body[1] if len(body) > 1 else '?'}")
        self.session_present = bool(body[0] & 1)
        self._sock.settimeout(None)
        self.is_up = True
        self._keepalive = keepalive
        self._thread = threading.Thread(target=self._read_loop, daemon=True)
        self._thread.start()
        self._pinger = threading.Thread(target=self._ping_loop, daemon=True)
        self._pinger.start()

    def _send(self, first, body):
        packet = bytes([first]) + _length(len(body)) + body
        try:
            with self._lock:
                self._sock.sendall(packet)
        except OSError as error:
            self.is_up = False
            raise Closed(str(error)) from None

    def send_raw(self, raw):
        """Bytes as they are: for packets that no decent client sends."""
        try:
            with self._lock:
                self._sock.sendall(raw)
        except OSError as error:
            raise Closed(str(error)) from None

    def _read_exactly(self, count):
        while len(self._buffer) < count:
            piece = self._sock.recv(65536)
            if not piece:
                raise Closed("closed by the broker")
            self._buffer += piece
        out, self._buffer = self._buffer[:count], self._buffer[count:]
        return out

    def _read_packet(self):
        first = self._read_exactly(1)[0]
        count, shift = 0, 0
        while True:
            digit = self._read_exactly(1)[0]
            count |= (digit & 127) << shift
            shift += 7
            if not digit & 128:
                return first, self._read_exactly(count)

    def _read_loop(self):
        try:
            while True:
                first, body = self._read_packet()
                self._handle(first, body)
        except (Closed, OSError):
            pass
        self.is_up = False
        with self._events:
            self._events.notify_all()

    def _handle(self, first, body):
        kind = first >> 4
        if kind == PUBLISH:
            size = struct.unpack(">H", body[:2])[0]
            topic, rest = body[2:2 + size], body[2 + size:]
            if first & 6:
                mid, rest = rest[:2], rest[2:]
            if self.on_message:
                self.on_message(topic.decode("utf-8", "replace"), rest, bool(first & 1))
            if first & 6:
                self._send(0x40, mid)
        elif kind == PUBACK:
            mid = struct.unpack(">H", body[:2])[0]
            with self._events:
                about = self.unacked.pop(mid, None)
                self._events.notify_all()
            if self.on_ack:
                self.on_ack(mid, about)
        elif kind == SUBACK:
            with self._events:
                self._replies[struct.unpack(">H", body[:2])[0]] = body[2:]
                self._events.notify_all()

    def _ping_loop(self):
        while self.is_up:
            time.sleep(min(self._keepalive / 3, 10))
            try:
                self._send(0xC0, b"")
            except Closed:
                return

    def _next_mid(self):
        while True:
            self._mid = self._mid % 65535 + 1
            if self._mid not in self.unacked:
                return self._mid

    def subscribe(self, pattern, qos=1, patience=10):
        with self._events:
            mid = self._next_mid()
        self._send(0x82, struct.pack(">H", mid) + _text(pattern) + bytes([qos]))
        with self._events:
            if not self._events.wait_for(lambda: mid in self._replies or not self.is_up, patience):
                raise Closed("no SUBACK")
            if self._replies.get(mid, b"\x80")[0] >= 0x80:
                raise Closed(f"subscription to {pattern} refused")

    def publish(self, topic, payload, qos=1, retain=False, about=None):
        """Sends and returns at once; the packet id (QoS 1) or 0."""
        raw = payload if isinstance(payload, bytes) else payload.encode()
        head, mid = _text(topic), 0
        if qos:
            with self._events:
                mid = self._next_mid()
                self.unacked[mid] = about
            head += struct.pack(">H", mid)
        self._send(0x30 | qos << 1 | int(retain), head + raw)
        return mid

    def wait_acked(self, patience=10, leave=0):
        """Waits until at most `leave` publications are without PUBACK; False when they stay away."""
        with self._events:
            self._events.wait_for(lambda: len(self.unacked) <= leave or not self.is_up, patience)
            return len(self.unacked) <= leave

    def close(self):
        if self.is_up:
            try:
                self._send(0xE0, b"")
            except Closed:
                pass
        self.is_up = False
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self._sock.close()
