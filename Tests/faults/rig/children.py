"""Processes under test: started with the parent's life as theirs, ended by their own id."""

import ctypes
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
BUILD = REPOSITORY / ".build"
TOOLS = BUILD / "bench"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True)


def _die_with_parent():
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, patience, pause=0.005):
    """Polls until the condition is true; its value, or None after `patience` seconds."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            return None
        time.sleep(pause)


class Child:
    """One process with its output in a file."""

    def __init__(self, name, command, log, environment=None, directory=None):
        self.name, self.log = name, pathlib.Path(log)
        self._file = open(self.log, "ab")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=self._file, stderr=self._file,
            env={**os.environ, **(environment or {})}, cwd=directory, preexec_fn=_die_with_parent)

    @property
    def pid(self):
        return self.process.pid

    def is_running(self):
        return self.process.poll() is None

    def signal(self, number):
        if self.is_running():
            self.process.send_signal(number)

    def kill(self):
        """kill -9; returns when the process is gone."""
        self.signal(signal.SIGKILL)
        self.process.wait()
        self._file.close()

    def stop(self, patience=10):
        """SIGTERM, then -9 when it does not end; seconds that it took, None when it had to be killed."""
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        try:
            self.process.wait(patience)
            took = time.monotonic() - begin
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            took = None
        self._file.close()
        return took

    def tail(self, lines=12):
        try:
            text = self.log.read_text(errors="replace").splitlines()
        except OSError:
            return ""
        return "\n".join(f"    | {line}" for line in text[-lines:])

    def memory(self):
        """Resident and peak resident size in MB."""
        found = {}
        for line in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines():
            if line.startswith(("VmRSS:", "VmHWM:")):
                found[line[:5]] = int(line.split()[1]) / 1024
        return found.get("VmRSS", 0.0), found.get("VmHWM", 0.0)

    def scheduling(self):
        """The scheduling classes of its threads, most special first: ["FIFO 10", "OTHER"]."""
        names = {0: "OTHER", 1: "FIFO", 2: "RR", 3: "BATCH", 5: "IDLE"}
        found = set()
        for task in pathlib.Path(f"/proc/{self.pid}/task").iterdir():
            try:
                number = int(task.name)
                policy = os.sched_getscheduler(number) & 0xFF
                priority = os.sched_getparam(number).sched_priority
            except OSError:
                continue
            found.add((names.get(policy, str(policy)) + (f" {priority}" if priority else "")))
        return sorted(found)


class Rig:
    """Owns a temporary directory and the children of one script; leaving it ends everything."""

    def __init__(self, name, directory=None, keep=False):
        # Children are ended in `__exit__`; a signal must get there too.
        signal.signal(signal.SIGTERM, self._interrupt)
        parent = pathlib.Path(directory) if directory else TOOLS
        parent.mkdir(parents=True, exist_ok=True)
        self.path = pathlib.Path(tempfile.mkdtemp(prefix=f"{name}-", dir=parent))
        self.keep, self.children = keep, []

    @staticmethod
    def _interrupt(number, frame):
        raise SystemExit(128 + number)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        for child in reversed(self.children):
            if child.is_running():
                child.signal(signal.SIGKILL)
                child.process.wait()
        if self.keep:
            print(f"kept: {self.path}")
        else:
            shutil.rmtree(self.path, ignore_errors=True)

    def run(self, name, command, environment=None):
        child = Child(name, command, self.path / f"{name}.log", environment)
        self.children = [c for c in self.children if c.is_running()] + [child]
        return child


# What the floor needs: an in-flight window and queues that neither throttle nor drop.
TUNED = """\
max_inflight_messages 1000
max_queued_messages 0
max_queued_bytes 0
set_tcp_nodelay true
"""
# Lines of a shipped broker configuration that belong to its place, not to its behaviour.
_PLACE = ("listener", "port", "bind_address", "allow_anonymous", "password_file", "acl_file", "persistence_location",
          "persistence_file", "log_dest", "log_type", "user", "pid_file", "cafile", "certfile", "keyfile",
          "require_certificate", "use_identity_as_username", "per_listener_settings", "include_dir", "capath",
          "tls_version", "sys_interval", "socket_domain", "connection_messages", "log_timestamp")


def shipped_broker_settings():
    """The behaviour that config/mosquitto/anju.conf sets, without its places; None when it is not there."""
    file = REPOSITORY / "config" / "mosquitto" / "anju.conf"
    if not file.exists():
        return None
    lines = [line.strip() for line in file.read_text().splitlines()]
    return "".join(
        line + "\n" for line in lines if line and not line.startswith("#") and line.split()[0] not in _PLACE)


class Broker:
    """A private mosquitto on a free loopback port; the port stays the same over restarts."""

    def __init__(self, rig, settings=TUNED + "persistence false\n", name="broker", port=None):
        self.rig, self.name, self.port = rig, name, port or free_port()
        self.directory = rig.path / name
        self.directory.mkdir(exist_ok=True)
        self.log = self.directory / "mosquitto.log"
        self.configuration = self.directory / "mosquitto.conf"
        self.configuration.write_text(
            f"listener {self.port} 127.0.0.1\nallow_anonymous true\nuser root\n"
            f"persistence_location {self.directory}/\nlog_dest file {self.log}\n"
            "log_type error\nlog_type warning\nlog_type notice\nlog_type subscribe\n" + settings)
        self.child = None
        self.start()

    def start(self):
        binary = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
        self.child = self.rig.run(self.name, [binary, "-c", self.configuration])
        if not wait_for(self._answers, 10):
            raise RuntimeError(f"mosquitto does not start:\n{self.child.tail()}")

    def _answers(self):
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
            return True
        except OSError:
            if not self.child.is_running():
                raise RuntimeError(f"mosquitto ended:\n{self.child.tail()}") from None
            return False

    def wait_subscribed(self, pattern, patience=60):
        """Waits for a subscription in the broker's log: the moment from which nothing is missed."""
        def stands():
            return self.log.exists() and pattern in self.log.read_text(errors="replace")
        if not wait_for(stands, patience):
            raise RuntimeError(f"nobody subscribed {pattern} within {patience} s")


class NotifySocket:
    """What systemd would hear: lines with the time of their arrival."""

    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="anju-notify-")
        self.path = os.path.join(self.directory, "notify")
        self._sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._sock.bind(self.path)
        self.heard = []
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self):
        while True:
            try:
                packet = self._sock.recv(4096)
            except OSError:
                return
            now = time.monotonic()
            if not packet:
                return
            self.heard.extend((now, line) for line in packet.decode(errors="replace").splitlines())

    def since(self, line, moment):
        """The first time at or after `moment` at which the line was heard, or None."""
        return next((at for at, heard in list(self.heard) if heard == line and at >= moment), None)

    def wait(self, line, moment, patience):
        return wait_for(lambda: self.since(line, moment), patience)

    def close(self):
        self._sock.close()
        shutil.rmtree(self.directory, ignore_errors=True)


class Gateway:
    """The daemon with its notification socket; start and kill it as often as you like."""

    def __init__(self, rig, binary, configuration, name="gateway", environment=None):
        self.rig, self.binary, self.configuration, self.name = rig, binary, configuration, name
        self.environment = environment or {}
        self.notify = NotifySocket()
        self.child = None
        self.ready_at = None

    def start(self, patience=60, wait=True):
        """Starts it; with `wait` returns the seconds until READY=1."""
        self.child = self.rig.run(
            self.name, [self.binary, "run", "--config", self.configuration],
            {"NOTIFY_SOCKET": self.notify.path, "WATCHDOG_USEC": "10000000", **self.environment})
        self.ready_at = None
        return self.wait_ready(patience) if wait else None

    def wait_ready(self, patience=60):
        def ready():
            if not self.child.is_running():
                raise RuntimeError(
                    f"the gateway ended with {self.child.process.returncode}:\n{self.child.tail()}")
            return self.notify.since("READY=1", self.child.started)
        self.ready_at = wait_for(ready, patience, 0.002)
        if not self.ready_at:
            raise RuntimeError(f"no READY=1 within {patience} s:\n{self.child.tail()}")
        return self.ready_at - self.child.started

    def close(self):
        if self.child and self.child.is_running():
            self.child.kill()
        self.notify.close()


def find_gateway(given=None):
    """The built daemon: the given one, else release, else debug."""
    candidates = [given] if given else [BUILD / "release" / "anju", BUILD / "debug" / "anju"]
    for candidate in candidates:
        if candidate and pathlib.Path(candidate).exists():
            return pathlib.Path(candidate)
    raise SystemExit("no daemon: build it first (swift build -c release), or say --gateway PATH")
