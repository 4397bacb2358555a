"""Sites for measuring and fault tests: a directory with the files that a technician would write."""

import pathlib
import shutil

BENCH_GATEWAY = "bench"
# As mqttload names topics: homes/h00012/zigbee2mqtt/smoke0.
TOPIC_FORMAT = "homes/%h/zigbee2mqtt/%d"
# mqttload's kinds of devices in its order -> profile.
BENCH_DEVICES = (
    ("smoke0", "zigbee2mqtt/smoke"), ("leak0", "zigbee2mqtt/leak"), ("co0", "zigbee2mqtt/co"),
    ("door0", "zigbee2mqtt/contact"), ("motion0", "zigbee2mqtt/motion"))
SMOKE, BUTTON = "zigbee2mqtt/smoke", "zigbee2mqtt/sos"


def settings(gateway, port, extra=""):
    """anju.yaml: the broker on a loopback port, the store beside the file."""
    return (
        f"gateway: {gateway}\ntime_zone: UTC\nlanguage: en\n"
        f"mqtt: {{host: 127.0.0.1, port: {port}}}\n"
        f"store: {{path: anju.db}}\n"
        f"includes: [homes.yaml, responders.yaml, plans.yaml]\n{extra}")


def home_text(home, devices, contacts=""):
    """One home; `devices` is a sequence of (id, profile)."""
    people = f"    contacts: {contacts}\n" if contacts else ""
    lines = [f"  - home: {home}\n    resident: R {home}\n{people}    devices:"]
    lines.extend(f"      - {{device: {device}, profile: {profile}}}" for device, profile in devices)
    return "\n".join(lines) + "\n"


def homes_text(homes, contacts=""):
    """`homes` is a sequence of (id, devices)."""
    return "homes:\n" + "".join(home_text(home, devices, contacts) for home, devices in homes)


def responders_text(responders):
    """`responders` is a sequence of (id, role)."""
    return "responders:\n" + "".join(f"  - {{responder: {one}, role: {role}}}\n" for one, role in responders)


def write(directory, port, gateway, homes, responders, plans, tokens=(), extra="", contacts=""):
    """Writes a site; the path of its anju.yaml."""
    directory = pathlib.Path(directory)
    directory.mkdir(parents=True, exist_ok=True)
    if tokens:
        file = directory / "tokens"
        file.write_text("".join(f"{responder} {token}\n" for responder, token in tokens))
        file.chmod(0o600)
        extra += "commands: {tokens_file: tokens}\n"
    (directory / "homes.yaml").write_text(homes_text(homes, contacts))
    (directory / "responders.yaml").write_text(responders_text(responders))
    (directory / "plans.yaml").write_text(plans)
    main = directory / "anju.yaml"
    main.write_text(settings(gateway, port, extra))
    return main


# One responder, told at once, nothing repeated within a measurement.
BENCH_PLANS = """\
plans:
  - plan: everything
    for: {urgency: [lifeSafety, urgent, routine]}
    steps:
      - {notify: [centre], seen_within: 5 min}
    repeat_last_every: 5 min
  - plan: technical
    for: {urgency: [technical]}
    steps:
      - {notify: [technician], seen_within: 24 h}
    repeat_last_every: 24 h
    deliver: digest at 09:00
"""
BENCH_RESPONDERS = (("centre", "centre"), ("tech", "technician"))


def write_bench_site(directory, port, homes):
    """The benchmark's site: `homes` homes with mqttload's five devices each, one centre."""
    return write(
        directory, port, BENCH_GATEWAY, ((f"h{number:05}", BENCH_DEVICES) for number in range(homes)),
        BENCH_RESPONDERS, BENCH_PLANS)


def write_standard_site(directory, port, homes):
    """The benchmark's site with the standard rule pack."""
    main = write_bench_site(directory, port, homes)
    repository = pathlib.Path(__file__).resolve().parents[3]
    shutil.copy(repository / "config" / "rules" / "standard.yaml", main.parent / "rules.yaml")
    main.write_text(main.read_text().replace("plans.yaml]", "plans.yaml, rules.yaml]"))
    return main


# The fault tests' people: SOS goes step by step, fire to everybody at once.
FAULT_STEPS = (5.0, 5.0, 10.0)  # seconds that the steps wait; the last repeats every REPEAT
FAULT_REPEAT = 10.0
FAULT_PEOPLE = (("neighbour", "neighbour"), ("grid", "gridWorker"), ("station", "station"), ("centre", "centre"),
                ("tech", "technician"))
FAULT_CONTACTS = "{neighbour: neighbour}"
FAULT_PLANS = """\
plans:
  - plan: hazard
    for: {alarms: [fire, gas, co]}
    steps:
      - {notify: [neighbour, gridWorker, station, centre], seen_within: 60 s}
    repeat_last_every: 5 min
  - plan: duty
    for: {urgency: [urgent, routine]}
    steps:
      - {notify: [station], seen_within: 5 min}
  - plan: call
    for: {urgency: [lifeSafety]}
    steps:
      - {notify: [neighbour], seen_within: 5 s}
      - {notify: [gridWorker], seen_within: 5 s}
      - {notify: [station, centre], seen_within: 10 s}
    repeat_last_every: 10 s
  - plan: technical
    for: {urgency: [technical]}
    steps:
      - {notify: [technician], seen_within: 24 h}
    repeat_last_every: 24 h
    deliver: digest at 09:00
"""


def fault_tokens():
    return [(responder, f"token-of-{responder}-0123456789") for responder, _ in FAULT_PEOPLE]


def write_fault_site(directory, port, gateway, homes, extra=""):
    """A site for the fault tests; `homes` as for `homes_text`."""
    return write(directory, port, gateway, homes, FAULT_PEOPLE, FAULT_PLANS, fault_tokens(), extra, FAULT_CONTACTS)
