"""A disk that hangs, is slow, full or read-only; a damaged database; a wall clock that is set back."""

import os
import pathlib
import subprocess
import time

from . import checks
from .children import TOOLS, wait_for
from .scene import Scene, figures_of, problems_of

HERE = pathlib.Path(__file__).resolve().parent.parent


def _interposer(name):
    target = TOOLS / f"{name}.so"
    source = HERE / f"{name}.c"
    if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
        TOOLS.mkdir(parents=True, exist_ok=True)
        subprocess.run(["cc", "-O2", "-shared", "-fPIC", "-o", str(target), str(source), "-ldl"], check=True)
    return target


class Disk:
    """The disk of one gateway, obeying a control file."""

    def __init__(self, rig, name):
        self.control = rig.path / f"disk-{name}"
        self.sound()
        self.environment = {
            "LD_PRELOAD": str(_interposer("slowdisk")), "SLOWDISK_CONTROL": str(self.control),
            "SLOWDISK_PATH": f"site-{name}/"}

    def say(self, line):
        # One rename: the process never reads half a line.
        draft = self.control.with_suffix(".draft")
        draft.write_text(line + "\n")
        os.replace(draft, self.control)

    def sound(self):
        self.say("")


def _journal_has(scene, homes):
    """Kills the gateway, starts it from its journal and presses once more: what was in the journal counts."""
    scene.gateway.child.kill()
    before = checks.raises(scene.observer.incidents, checks.PRESS_KIND)
    scene.start()
    scene.press_all(homes, 0.01)
    wait_for(lambda: scene.observer.is_quiet_for(0.7), 5, 0.05)
    after = checks.raises(scene.observer.incidents, checks.PRESS_KIND)
    return [f"{home}: {after[home]} presses in the record, {before[home] + 1} were heard"
            for home in homes if after[home] != before[home] + 1]


def _bad_disk(rig, verdict, binary, name, order, title, bound, seconds=10):
    disk = Disk(rig, name)
    scene = Scene(rig, name, binary, environment=disk.environment)
    try:
        scene.start()
        warm = scene.press_all(scene.homes[:3], 0.05)
        disk.say(order)
        homes = scene.homes[3:33]
        latencies = scene.press_all(homes, seconds / len(homes))
        verdict.line(f"{title}: alarms still go out", problems_of(warm + latencies, bound), figures_of(latencies))
        marked = [o for o in scene.observer.orders if o.home in homes and not o.is_recorded]
        told = sorted({o.home for o in marked})
        verdict.line(f"{title}: they say that they are not recorded", [] if told else ["no order with isRecorded false"],
                     f"{len(told)} of {len(homes)} homes")
        disk.sound()
        back = scene.press_all(scene.homes[33:36], 0.3)
        recorded = wait_for(
            lambda: [o for o in scene.orders_of(_late_press(scene)) if o.is_recorded], 20, 0.1)
        verdict.line(f"{title}: afterwards as before", problems_of(back, bound) + (
            [] if recorded else ["orders stay marked as not recorded 20 s later"]), figures_of(back))
        verdict.line(f"{title}: everything is in the journal afterwards", _journal_has(scene, homes))
    finally:
        disk.sound()
        scene.close()


def _late_press(scene):
    scene.late = getattr(scene, "late", 35) + 1
    home = scene.homes[min(scene.late, len(scene.homes) - 1)]
    scene.sender.press(home)
    time.sleep(0.5)
    return home


def hang(rig, verdict, binary):
    """fdatasync hangs for 10 s."""
    _bad_disk(rig, verdict, binary, "hang", "hang", "a disk that hangs 10 s", 3.5)


def full(rig, verdict, binary):
    """Every write says ENOSPC for 10 s."""
    _bad_disk(rig, verdict, binary, "full", "fail ENOSPC", "a full disk", 3.5)


def failing(rig, verdict, binary):
    """The disk turns read-only under the running gateway, as a worn SD card does."""
    _bad_disk(rig, verdict, binary, "failing", "fail EROFS", "a disk that turns read-only", 3.5)


def slow(rig, verdict, binary):
    """A slow disk: each sync takes 300 ms longer; slower, never degraded."""
    disk = Disk(rig, "slow")
    scene = Scene(rig, "slow", binary, environment=disk.environment)
    try:
        scene.start()
        disk.say("delay 300")
        latencies = scene.press_all(scene.homes[:30], 0.1)
        unrecorded = [order.home for order in scene.observer.orders if not order.is_recorded]
        verdict.line("a disk with 300 ms a sync", problems_of(latencies, 2.0) + unrecorded[:1], figures_of(latencies))
    finally:
        scene.close()


def _serves(scene, verdict, title, homes):
    """Starts the gateway on a store that it cannot write: it guards, or it says clearly why it does not."""
    begin = time.monotonic()
    scene.gateway.start(wait=False)
    wait_for(lambda: scene.gateway.notify.since("READY=1", begin) or not scene.gateway.child.is_running(), 20)
    latencies = scene.press_all(homes, 0.2) if scene.gateway.child.is_running() else []
    if latencies:
        verdict.line(f"{title}: it runs and alarms go out", problems_of(latencies, 3.5), figures_of(latencies))
        scene.gateway.child.stop()
        return
    text = scene.gateway.child.tail(1)
    is_clear = "read" in text.lower() and "anju.db" in text
    verdict.line(f"{title}: it does not start, and says why",
                 [] if is_clear else ["the last line names neither the file nor that it is read-only"],
                 f"exit code {scene.gateway.child.process.returncode}\n{text}")


def readonly(rig, verdict, binary):
    """A store that cannot be written: the file system turns read-only under the running gateway, and before a start."""
    name = "readonly"
    directory = rig.path / f"site-{name}"
    directory.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "anju-test", str(directory)],
                      capture_output=True, check=False).returncode:
        verdict.skip("a read-only file system", "mounting one needs root")
        return
    scene = None
    try:
        scene = Scene(rig, name, binary, homes=20)
        scene.start()
        scene.press_all(scene.homes[:3], 0.05)
        scene.gateway.child.stop()
        subprocess.run(["mount", "-o", "remount,ro", str(directory)], check=True)
        _serves(scene, verdict, "a read-only file system", scene.homes[3:8])
        subprocess.run(["mount", "-o", "remount,rw", str(directory)], check=True)
        scene.start()
        latencies = scene.press_all(scene.homes[8:11], 0.1)
        verdict.line("a read-only file system: writable again, as before", problems_of(latencies, 1.0), figures_of(latencies))
    finally:
        if scene:
            scene.close()
        subprocess.run(["umount", "-l", str(directory)], check=False)


def _damage(store, how):
    size = store.stat().st_size
    with open(store, "r+b") as file:
        if how == "header":
            file.write(os.urandom(4096))
        elif how == "middle":
            for at in range(8192, size, 8192):
                file.seek(at)
                file.write(os.urandom(4096))
        elif how == "cut":
            file.truncate(max(4096, size // 2 + 123))


def corrupt(rig, verdict, binary):
    """A damaged database: the gateway starts, says so, and guards."""
    for how in ("header", "middle", "cut"):
        scene = Scene(rig, f"corrupt-{how}", binary, homes=12)
        try:
            scene.start()
            scene.press_all(scene.homes[:6], 0.02)
            for _ in range(40):
                scene.sender.telemetry(scene.homes[0], False)
            scene.sender.client.wait_acked(5)
            scene.gateway.child.stop()
            _damage(scene.directory / "anju.db", how)
            problems, latencies = [], []
            try:
                took = scene.start(30)
                latencies = scene.press_all(scene.homes[6:10], 0.1)
                said = wait_for(lambda: any(
                    alarm.get("kind") == "gatewayTrouble" for document in list(scene.observer.incidents.values())
                    for alarm in document.get("alarms", [])), 5, 0.1)
                problems = problems_of(latencies, 3.5) + ([] if said else ["no gatewayTrouble says that it was damaged"])
            except RuntimeError as error:
                took = 0
                problems = [str(error)]
            verdict.line(f"a damaged database ({how}): it starts and guards", problems,
                         f"armed after {took:.2f} s, {figures_of(latencies)}")
        finally:
            scene.close()


def clock(rig, verdict, binary):
    """The wall clock is set back and forth by a day: no deadline fires early, none is starved."""
    control = rig.path / "wallclock"
    control.write_text("0\n")
    scene = Scene(rig, "clock", binary, homes=12, environment={
        "LD_PRELOAD": str(_interposer("wallclock")), "WALLCLOCK_CONTROL": str(control)})
    try:
        scene.start()
        for seconds, title in ((-86_400, "set back by a day"), (86_400, "set forward by a day")):
            home = scene.homes[0 if seconds < 0 else 1]
            press = scene.sender.press(home)
            latency = scene.latency(press)
            time.sleep(1)
            control.write_text(f"{seconds}\n")
            time.sleep(13)
            latencies = [latency, scene.latency(scene.sender.press(scene.homes[2 if seconds < 0 else 3]))]
            first = {}
            for order in scene.orders_of(home):
                first.setdefault(order.responder, order.at - press.at)
            problems = problems_of(latencies, 1.0)
            for responder, due in (("grid", 5.0), ("station", 10.0)):
                at = first.get(responder)
                if at is None or not due - 0.3 <= at <= due + 1.5:
                    problems.append(f"{responder} was called after {at if at is None else round(at, 2)} s, due at {due} s")
            verdict.line(f"a wall clock {title}: deadlines stay", problems, figures_of(latencies))
        scene.gateway.child.kill()
        control.write_text("-86400\n")
        scene.start()
        press = scene.sender.press(scene.homes[4])
        latency = scene.latency(press)
        called = wait_for(lambda: [o for o in scene.orders_of(scene.homes[4]) if o.responder == "grid"], 7)
        at = called[0].at - press.at if called else None
        late = [] if at and 4.7 <= at <= 6.5 else [f"the second step came after {at} s, due at 5 s"]
        verdict.line("a start with the clock a day behind", problems_of([latency], 1.0) + late, figures_of([latency]))
    finally:
        scene.close()


CASES = {"hang": hang, "full": full, "failing": failing, "slow": slow, "readonly": readonly, "corrupt": corrupt, "clock": clock}
