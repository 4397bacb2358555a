"""Reports of the mock gateway: figures that look like those of a community of this size."""

import random
from datetime import datetime, timedelta

from community import ZONE, text


def report(name, begin, end):
    """One report's JSON."""
    begin, end = begin.astimezone(ZONE), end.astimezone(ZONE)
    draw = random.Random(name + begin.isoformat()[:10])
    days = max(1, (end.date() - begin.date()).days + 1)
    return {
        "answer-times": answer_times,
        "false-alarms": false_alarms,
        "operator-load": operator_load,
        "visits": visits,
        "availability": availability,
    }[name](draw, begin, end, days)


def answer_times(draw, begin, end, days):
    by_day = [
        {
            "day": (begin + timedelta(days=day)).isoformat()[:10],
            "count": draw.randint(6, 30),
            "shareWithin60": round(draw.uniform(0.9, 1), 3),
        }
        for day in range(days)
    ]
    total = sum(one["count"] for one in by_day)
    within60, within180 = int(total * 0.962), int(total * 0.991)
    steps = [
        (10, 0.31),
        (20, 0.3),
        (30, 0.17),
        (60, 0.18),
        (90, 0.014),
        (180, 0.012),
        (300, 0.006),
        (None, 0.003),
    ]
    return {
        "from": text(begin),
        "to": text(end),
        "incidents": total,
        "answered": total - 1,
        "within60": within60,
        "within180": within180,
        "shareWithin60": within60 / total,
        "shareWithin180": within180 / total,
        "median": 17.4,
        "p90": 48.0,
        "onSceneMedian": 740.0,
        "buckets": [
            {"label": f"<= {up}" if up else "longer", "upToSeconds": up, "count": round(total * share)}
            for up, share in steps
        ],
        "byUrgency": [
            {
                "urgency": name,
                "count": count,
                "within60": int(count * share),
                "within180": int(count * min(1, share + 0.02)),
                "medianSeconds": median,
                "onSceneMedianSeconds": scene,
            }
            for name, count, share, median, scene in [
                ("lifeSafety", total // 3, 0.99, 12, 690),
                ("urgent", total // 2, 0.96, 19, 820),
                ("routine", total // 6, 0.9, 41, None),
            ]
        ],
        "byDay": by_day,
    }


def false_alarms(draw, begin, end, days):
    def rows(names, **more):
        found = []
        for name in names:
            closed = draw.randint(4, 60)
            wrong = int(closed * draw.uniform(0.3, 0.98))
            found.append({**name, "closed": closed, "false": wrong, "share": wrong / closed})
        return sorted(found, key=lambda one: -one["share"])

    rules = rows(
        [
            {"rule": name}
            for name in (
                "fire-any",
                "gas-any",
                "sos-press",
                "fall-still",
                "quiet-by-day",
                "quiet-by-night",
                "door-open-night",
            )
        ]
    )
    closed, wrong = sum(one["closed"] for one in rules), sum(one["false"] for one in rules)
    return {
        "closed": closed,
        "false": wrong,
        "share": wrong / closed,
        "byRule": rules,
        "byDevice": rows(
            [
                {"home": f"{1 + place} 栋 2 单元 30{place}", "device": name}
                for place, name in enumerate(
                    ("kitchen-smoke", "wristband", "living-pir", "kitchen-gas", "bed-button")
                )
            ]
        ),
        "byDisposition": [
            {"disposition": "falseAlarm", "count": wrong},
            {"disposition": "real", "count": max(1, closed - wrong - 14)},
            {"disposition": "test", "count": 8},
            {"disposition": "technical", "count": 4},
            {"disposition": "noContact", "count": 2},
        ],
    }


def operator_load(draw, begin, end, days):
    hours = [
        {
            "at": text(begin + timedelta(hours=hour)),
            "count": max(0, int(draw.gauss(4.5 if 7 <= hour % 24 <= 22 else 1.5, 2.6))),
        }
        for hour in range(max(1, int((end - begin).total_seconds() // 3600)))
    ]
    return {
        "alarmsPerHour": sum(one["count"] for one in hours) / len(hours),
        "peak10min": 8,
        "floodMinutes": 0,
        "byHour": hours,
        "limitPerHour": 6,
        "maximumPerHour": 12,
        "floodPer10min": 10,
    }


def visits(draw, begin, end, days):
    return {
        "byColour": [
            {"colour": colour, "due": due, "done": done, "overdue": due - done, "rate": done / due}
            for colour, due, done in [
                ("red", 98, 96),
                ("orange", 44, 44),
                ("yellow", 21, 19),
                ("blue", 9, 9),
                ("green", 5, 4),
            ]
        ]
    }


def availability(draw, begin, end, days):
    rows = [
        {"profile": name, "devices": count, "available": good, "share": good / count}
        for name, count, good in [
            ("z2m-smoke", 40, 38),
            ("rs485-gas", 40, 40),
            ("z2m-contact", 40, 40),
            ("z2m-pir", 40, 37),
            ("rf-button", 40, 40),
            ("lora-band", 40, 33),
        ]
    ]
    return {"devices": 240, "available": 228, "share": 228 / 240, "byProfile": rows}


def csv(document):
    """The largest list of a report as CSV."""
    rows = max((value for value in document.values() if isinstance(value, list)), key=len)
    names = list(rows[0])
    return (
        "\r\n".join([",".join(names)] + [",".join(str(row[name]) for name in names) for row in rows]) + "\r\n"
    )


def moment(value):
    """A time of a query."""
    return datetime.fromisoformat(value.replace("Z", "+00:00").replace(" ", "+"))
