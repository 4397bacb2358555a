"""One leg of the benchmark: a system under test, fresh, under one load."""

import json
import subprocess

from rig.children import TOOLS, Broker, Gateway, free_port, wait_for
from rig.site import BENCH_GATEWAY, TOPIC_FORMAT, write_bench_site

OUT = f"anju/{BENCH_GATEWAY}/incidents"
FILTER = "homes/#"


class Floor:
    """The C floor: subscribe, insert, commit, PUBACK and publish, nothing else."""

    name = "floor"

    def __init__(self, rig, leg, homes):
        self.rig, self.leg = rig, leg
        self.database = rig.path / f"{leg}.db"

    def start(self, port):
        self.child = self.rig.run(self.leg, [
            TOOLS / "floor", "--port", port, "--mode", "commit", "--clean", 0, "--out-qos", 1, "--alarms-only", 1,
            "--sub", FILTER, "--out", OUT, "--db", self.database])

    def stop(self):
        self.child.stop()
        self.remove()

    def remove(self):
        for suffix in ("", "-wal", "-shm"):
            self.database.with_name(self.database.name + suffix).unlink(missing_ok=True)


class Daemon:
    """The built gateway on a site of its own, its database beside the floor's."""

    name = "anju"
    binary = None

    def __init__(self, rig, leg, homes):
        self.rig, self.leg, self.homes = rig, leg, homes
        self.directory = rig.path / leg
        self.gateway = None

    def start(self, port):
        configuration = write_bench_site(self.directory, port, self.homes)
        self.gateway = Gateway(self.rig, self.binary, configuration, name=self.leg)
        self.gateway.start(wait=False)
        self.child = self.gateway.child

    def stop(self):
        self.child.stop()
        self.gateway.close()
        subprocess.run(["rm", "-rf", str(self.directory)], check=False)


class Leg:
    """Runs mqttload against one fresh system under test and returns its figures."""

    def __init__(self, rig, homes):
        self.rig, self.homes, self.number = rig, homes, 0

    def run(self, system, options, duration, seed, alone=False, samples=None):
        self.number += 1
        tested = system(self.rig, f"{system.name}-{self.number}", self.homes)
        port = free_port()
        broker = None if alone else Broker(self.rig, name=f"broker-{self.number}", port=port)
        load = [
            TOOLS / "mqttload", "--json", "--quiet", "--topic-format", TOPIC_FORMAT, "--homes", self.homes,
            "--devices", 5, "--alarm-type", "smoke", "--alarm-fraction", 0.02, "--mark", "all", "--seed", seed,
            "--duration", duration, "--warmup", min(2, duration / 4), "--drain", 8, *options]
        if samples:
            load += ["--samples", samples]
        try:
            if alone:
                figures = self._serve(tested, load, port, duration)
            else:
                tested.start(port)
                broker.wait_subscribed(FILTER)
                wait_for(lambda: False, 0.5)  # let the start-up work settle
                figures = self._load(load + [
                    "--port", port, "--out-topic", OUT + "/#", "--out-qos", 1, "--watch",
                    f"sut={tested.child.pid}", "--watch", f"broker={broker.child.pid}"], duration)
            figures["scheduling"] = tested.child.scheduling() if tested.child.is_running() else ["ended"]
            if not alone and not tested.child.is_running():  # alone: the floor ends with its broker
                raise RuntimeError(f"{tested.name} ended during the leg:\n{tested.child.tail()}")
        finally:
            tested.stop()
            if broker:
                broker.child.stop()
        return figures

    def _load(self, command, duration):
        done = subprocess.run(
            [str(part) for part in command], capture_output=True, text=True, timeout=duration + 60, check=False)
        return self._figures(done.returncode, done.stdout, done.stderr)

    def _serve(self, tested, command, port, duration):
        log = self.rig.path / f"load-{self.number}.json"
        load = self.rig.run(f"load-{self.number}", [*command, "--serve", port])
        wait_for(lambda: False, 0.2)  # it listens at once; the floor connects only once
        tested.start(port)
        if not wait_for(lambda: not load.is_running(), duration + 60, 0.05):
            load.kill()
            raise RuntimeError(f"the load did not end against {tested.name}:\n{tested.child.tail()}")
        text = load.log.read_text()
        log.unlink(missing_ok=True)
        return self._figures(load.process.returncode, text, text)

    @staticmethod
    def _figures(status, output, errors):
        lines = [line for line in output.splitlines() if line.startswith("{")]
        if status not in (0, 3) or not lines:
            raise RuntimeError(f"mqttload ended with {status}: {errors.strip()}")
        return json.loads(lines[-1])
