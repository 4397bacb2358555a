#!/usr/bin/env python3
"""Writes the configuration of a generated site: homes with devices, responders, plans, rules.

usage: make-site.py HOMES DEVICES_PER_HOME FOLDER [--topic FORMAT] [--homes-per-file N] [--port PORT]

FORMAT is a device's topic with {home} and {device} in it; {home} counts from 0 as h00000. Default:
homes/{home}/zigbee2mqtt/{device}. Whatever stands before the last level that holds {device} is the base topic.
"""
import argparse
import os

# Profile, name and place of a home's devices; beyond these they repeat with a number.
DEVICES = [
    ("zigbee2mqtt/smoke", "smoke", "kitchen"),
    ("zigbee2mqtt/gas", "gas", "kitchen"),
    ("zigbee2mqtt/sos", "sos", "bedroom"),
    ("zigbee2mqtt/leak", "leak", "bathroom"),
    ("zigbee2mqtt/co", "co", "bathroom"),
    ("zigbee2mqtt/motion", "motion", "living room"),
    ("zigbee2mqtt/contact", "door", "hall"),
]
AREAS = ["north", "east", "south", "west"]
RESPONDERS = [
    ("rescue-centre", "centre", ""), ("station-1", "station", ""), ("technician-1", "technician", ""),
] + [(f"grid-{area}", "gridWorker", f", areas: [{area}]") for area in AREAS]
PLANS = """plans:
  - plan: everyone-at-once
    for: {alarms: [fire, gas, co]}
    steps:
      - {notify: [centre, station, gridWorker], seen_within: 60 s}
  - plan: step-by-step
    for: {urgency: [lifeSafety]}
    steps:
      - {notify: [gridWorker], seen_within: 60 s}
      - {notify: [station, centre], seen_within: 60 s}
  - plan: duty
    for: {urgency: [urgent, routine]}
    steps:
      - {notify: [station], seen_within: 10 min}
  - plan: technical
    for: {urgency: [technical]}
    steps:
      - {notify: [technician], seen_within: 4 h}
    deliver: digest at 09:00
"""
RULES = """rules:
  - {rule: water-leak, when: waterLeak, alarm: waterLeak, urgency: urgent}
  - {rule: battery-low, when: batteryLow, alarm: batteryLow, urgency: technical}
  - {rule: tamper, when: tamper, alarm: tamper, urgency: technical}
"""


def device_name(index):
    profile, name, place = DEVICES[index % len(DEVICES)]
    round_number = index // len(DEVICES)
    return profile, name if round_number == 0 else f"{name}-{round_number + 1}", place


def home_lines(number, devices, topic):
    home = f"h{number:05d}"
    topic_start, _, _ = topic.partition("{device}")
    lines = [
        f"  - home: {home}", f"    resident: Resident {number}", f"    area: {AREAS[number % len(AREAS)]}",
    ]
    topic_start = topic_start.rstrip("/").replace("{home}", home)
    if topic_start != f"homes/{home}/zigbee2mqtt":
        lines.append(f"    base_topic: {topic_start}")
    lines.append("    devices:")
    for index in range(devices):
        profile, name, place = device_name(index)
        lines.append(f"      - {{device: {name}, profile: {profile}, place: {place}}}")
    return lines


def write(folder, name, text):
    path = os.path.join(folder, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("homes", type=int)
    parser.add_argument("devices", type=int)
    parser.add_argument("folder")
    parser.add_argument("--topic", default="homes/{home}/zigbee2mqtt/{device}")
    parser.add_argument("--homes-per-file", type=int, default=200)
    parser.add_argument("--port", type=int, default=1883)
    arguments = parser.parse_args()
    write(
        arguments.folder, "anju.yaml",
        f"gateway: bench\nlanguage: en\nmqtt: {{host: 127.0.0.1, port: {arguments.port}}}\nstore: {{path: anju.db}}\n")
    write(arguments.folder, "responders.yaml", "responders:\n" + "".join(
        f"  - {{responder: {name}, role: {role}{areas}}}\n" for name, role, areas in RESPONDERS))
    write(arguments.folder, "plans/plans.yaml", PLANS)
    write(arguments.folder, "rules/rules.yaml", RULES)
    for first in range(0, arguments.homes, arguments.homes_per_file):
        last = min(first + arguments.homes_per_file, arguments.homes)
        lines = ["homes:"]
        for number in range(first, last):
            lines += home_lines(number, arguments.devices, arguments.topic)
        write(arguments.folder, f"homes/homes-{first:05d}.yaml", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
