"""The built daemon with a small site, for the stories: calm homes, five users and, if installed, mosquitto."""

import os
import pathlib
import re
import secrets
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

from browser import free_port

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
HOMES = 30
ROLES = {
    "dispatcher": "dispatcher",
    "second": "dispatcher",
    "viewer": "viewer",
    "technician": "technician",
    "administrator": "administrator",
}
RESPONDERS = {"dispatcher": "seat-1", "second": "seat-2", "technician": "tech-1", "administrator": "centre-1"}
PEOPLE = """responders:
  - {responder: centre-1, name: 区紧急救援中心, role: centre}
  - {responder: seat-1, name: 值班员 周静, role: centre, channels: [{channel: note, address: seat-1}, mqtt]}
  - {responder: seat-2, name: 值班员 马超, role: centre}
  - {responder: tech-1, name: 技术员 孙涛, role: technician}
"""
PLANS = """plans:
  - plan: all
    for: {urgency: [lifeSafety, urgent, routine]}
    steps: [{notify: [centre], seen_within: 60 s}]
  - {plan: tech, for: {urgency: [technical]}, steps: [{notify: [technician], seen_within: 4 h}]}
"""
COLOURS = ["red", "orange", "yellow", "blue", "green"]
DEVICES = [("smoke", "厨房"), ("gas", "厨房"), ("leak", "卫生间"), ("contact", "入户门"), ("sos", "床头")]
MARKUP = "<b onmouseover=alert(1)>Ann</b> & <i>Bo</i>"
NAMES = ["吴玉兰", "徐凤英", "赵文秀", "罗惠芳", "周国华", "高建国", "朱永福", "马玉珍", "林文秀", "张淑芬"]


class Daemon:
    """One run of the daemon over a folder of its own."""

    def __init__(self, binary, console):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="anju-console-"))
        self.port, self.broker_port = free_port(), free_port()
        self.broker = self.start_broker()
        self.url = f"http://127.0.0.1:{self.port}"
        self.users = {role: (role, secrets.token_hex(8)) for role in ROLES}
        self.write(binary, console)
        self.log = (self.folder / "log").open("w")
        arguments = [binary, "run", "--config", str(self.folder / "anju.yaml")]
        self.process = subprocess.Popen(arguments, stdout=self.log, stderr=subprocess.STDOUT)
        self.wait()

    def start_broker(self):
        """A mosquitto of its own; None, and the console shows a lost broker, where it is not installed."""
        program = shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin")
        if not program:
            print("mosquitto is not installed: the gateway has no broker")
            return None
        path = self.folder / "mosquitto.conf"
        path.write_text(f"listener {self.broker_port} 127.0.0.1\nallow_anonymous true\nuser root\n")
        self.broker = subprocess.Popen(
            [program, "-c", str(path)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        return self.broker

    def stop_broker(self):
        """Takes the broker away, as a broken cable would."""
        self.broker.terminate()
        self.broker.wait(20)

    def answer_link(self, seat):
        """Opens an incident and waits for the link in an order of it."""
        seat.open(seat.homes()[0], "fire", "邻居王阿姨来电，闻到烟味")
        for _ in range(100):
            heard = (self.folder / "said").read_text() if (self.folder / "said").exists() else ""
            found = re.search(re.escape(self.url) + r"/a/\S+", heard)
            if found:
                return found[0]
            time.sleep(0.1)
        raise RuntimeError(f"no order with a link came: {heard!r}")

    def write(self, binary, console):
        """The site as a technician would write it."""
        for name in ("homes", "plans", "store"):
            (self.folder / name).mkdir()
        shutil.copytree(REPOSITORY / "config/profiles", self.folder / "profiles")
        (self.folder / "anju.yaml").write_text(
            f"gateway: stories\nlanguage: zh-Hans\nstore: {{path: {self.folder}/store/anju.db}}\n"
            f"mqtt: {{host: 127.0.0.1, port: {self.broker_port}}}\n"
            f"http: {{port: {self.port}, console_folder: {console}, public_url: '{self.url}'}}\n"
            f"channels: [{{channel: note, kind: command, run: ['{self.folder}/note']}}]\n"
            'messages: [{purpose: any, short: "{text} {link}", long: "{text} {link}"}]\n'
        )
        # A responder who is reached by a program, so that a link to an answer page is seen.
        note = self.folder / "note"
        note.write_text(f'#!/bin/sh\necho "$ANJU_MESSAGE" >> {self.folder}/said\n')
        note.chmod(0o755)
        (self.folder / "responders.yaml").write_text(PEOPLE)
        (self.folder / "plans/plans.yaml").write_text(PLANS)
        lines = ["homes:"]
        for number in range(1, HOMES + 1):
            name = NAMES[number % len(NAMES)] if number < HOMES else MARKUP
            place = f"{1 + number // 8} 栋 {1 + number % 2} 单元 {1 + number % 6}0{1 + number % 3}"
            lines += [
                f"  - home: h{number:02}",
                f"    name: '{name}家'",
                f"    address: 成都市成华区桂花路 18 号 {place}",
                f"    residents: [{{name: '{name}', telephone: '1380000{number:04}', conditions: [dementia]}}]",
                f"    building: {1 + number // 8}",
                f"    unit: {1 + number % 2}",
                f"    floor: {1 + number % 6}",
                f"    visits: {COLOURS[number % len(COLOURS)]}",
                "    devices:",
            ]
            lines += [
                f"      - {{device: {kind}-{number}, profile: zigbee2mqtt/{kind}, place: {room}}}"
                for kind, room in DEVICES
            ]
        (self.folder / "homes/homes.yaml").write_text("\n".join(lines) + "\n")
        users = "users:\n"
        for user, role in ROLES.items():
            password = subprocess.run(
                [binary, "password"], input=self.users[user][1] + "\n", capture_output=True, text=True
            ).stdout
            responder = f"    responder: {RESPONDERS[user]}\n" if user in RESPONDERS else ""
            users += f"  - user: {user}\n    role: {role}\n{responder}{password}\n"
        path = self.folder / "users.yaml"
        path.write_text(users)
        path.chmod(0o640)

    def wait(self):
        """Until it answers; what it says when it does not."""
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                urllib.request.urlopen(self.url + "/api/v1/session", timeout=5)
            except urllib.error.HTTPError:
                return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError("the daemon does not answer:\n" + (self.folder / "log").read_text()[-3000:])

    def stop(self):
        """Ends it and takes its folder away."""
        for process in filter(None, (self.process, self.broker)):
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
