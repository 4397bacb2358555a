"""A community of forty homes with ten incidents, the same at every start: what the mock gateway knows."""

import random
from datetime import datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8))
SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = [
    "秀英",
    "桂兰",
    "玉珍",
    "建国",
    "淑芬",
    "德明",
    "凤英",
    "志强",
    "素贞",
    "国华",
    "玉兰",
    "永福",
    "惠芳",
    "文秀",
]
CONDITIONS = [
    "高血压",
    "糖尿病",
    "冠心病",
    "听力下降",
    "腿脚不便",
    "轻度认知障碍",
    "慢阻肺",
    "视力差",
    "服用抗凝药",
]
HAZARDS = ["厨房放有煤气罐", "家中有制氧机，禁明火", "养狗一只", "门口堆放纸箱", "户门外开，链锁常挂"]
COLOURS = ["red", "orange", "yellow", "blue", "green"]
URGENCIES = {
    "fire": "lifeSafety",
    "gas": "lifeSafety",
    "co": "lifeSafety",
    "sos": "lifeSafety",
    "fall": "lifeSafety",
    "inactivity": "urgent",
    "vitals": "urgent",
    "noCheckIn": "routine",
    "serviceCall": "routine",
    "waterLeak": "urgent",
    "deviceLost": "technical",
    "batteryLow": "technical",
    "homeUnprotected": "urgent",
    "wandering": "urgent",
}
TITLES = {
    "fire": "火警",
    "gas": "燃气泄漏",
    "co": "一氧化碳",
    "sos": "紧急呼叫",
    "fall": "跌倒",
    "inactivity": "长时间无活动",
    "deviceLost": "设备失联",
    "batteryLow": "电量低",
    "noCheckIn": "当日未报平安",
    "serviceCall": "服务呼叫",
    "homeUnprotected": "住户失去保护",
    "vitals": "体征异常",
    "waterLeak": "漏水",
}
SIGNALS = {
    "fire": ("smoke", True, "kitchen-smoke", "厨房"),
    "gas": ("gas", True, "kitchen-gas", "厨房"),
    "sos": ("call", "emergency", "bed-button", "床头"),
    "fall": ("fall", True, "wristband", "手环"),
    "co": ("carbonMonoxide", True, "bath-co", "卫生间"),
    "inactivity": ("motion", False, "living-pir", "客厅"),
    "deviceLost": ("online", False, "kitchen-smoke", "厨房"),
    "batteryLow": ("battery", 8, "door", "户门"),
}
MESSAGES = {
    "fire": "厨房烟感报警，烟雾持续 20 秒",
    "gas": "厨房燃气浓度 12 % LEL",
    "sos": "床头紧急按钮被按下",
    "fall": "手环报告跌倒，30 秒无动作",
    "inactivity": "客厅 5 小时 10 分无活动，户门自早上未开",
    "deviceLost": "烟感 26 小时没有信号",
    "batteryLow": "门磁电量 8 %",
    "noCheckIn": "截至 10:00 未报平安",
    "serviceCall": "按下送药键",
    "homeUnprotected": "网桥断开，没有任何生命安全设备可用",
}


def now():
    """The gateway's clock."""
    return datetime.now(ZONE)


def text(moment):
    """A time as the contract writes it."""
    return moment.isoformat(timespec="milliseconds") if moment else None


def responders():
    """Who is called."""

    def one(identifier, name, role, areas, channels, duty):
        return {
            "id": identifier,
            "name": name,
            "role": role,
            "areas": areas,
            "channels": channels,
            "onDuty": duty,
        }

    return [
        one("centre", "区紧急救援中心", "centre", ["桂花社区", "青石社区"], ["voice", "mqtt"], True),
        one("station-gh", "桂花驿站", "station", ["桂花社区"], ["webhook", "sms"], True),
        one("station-qs", "青石驿站", "station", ["青石社区"], ["webhook", "sms"], True),
        one("grid-north", "网格员 赵敏", "gridWorker", ["桂花社区"], ["sms", "voice"], True),
        one("grid-south", "网格员 何建军", "gridWorker", ["青石社区"], ["sms", "voice"], False),
        one("neighbour-liu", "邻居 刘国华", "neighbour", ["桂花社区"], ["sms", "voice"], None),
        one("family-chen", "女儿 陈晓燕", "family", [], ["sms", "voice"], None),
        one("technician", "技术员 孙涛", "technician", [], ["sms", "mail"], True),
        one("seat-1", "值班员 周静", "centre", ["桂花社区", "青石社区"], ["console"], True),
        one("seat-2", "值班员 马超", "centre", ["桂花社区", "青石社区"], ["console"], True),
    ]


def device(draw, identifier, place, profile, signals, readings):
    """A device that is mostly well."""
    lost = draw.random() < 0.04
    battery = draw.choice([None, draw.randint(6, 100)])
    return {
        "id": identifier,
        "place": place,
        "profile": profile,
        "kind": "sensor",
        "signals": signals,
        "isLost": lost,
        "isOutsideDoor": identifier == "door",
        "lastHeard": text(now() - timedelta(minutes=draw.randint(1, 90), hours=27 if lost else 0)),
        "supervisionSeconds": 90000,
        "battery": battery,
        "isBatteryLow": battery is not None and battery < 15,
        "isInFault": draw.random() < 0.02,
        "isTampered": False,
        "readings": readings,
    }


def homes():
    """Forty homes in two communities."""
    draw = random.Random(7)
    found = []
    for number in range(1, 41):
        area = "桂花社区" if number <= 24 else "青石社区"
        building = f"{1 + (number - 1) // 8} 栋"
        unit, floor = f"{1 + number % 2} 单元", str(1 + (number // 2) % 6)
        name = draw.choice(SURNAMES) + draw.choice(GIVEN)
        if number == 13:
            name = '<b onmouseover=alert(1)>史密斯</b> & "O\'Neil"'
        state = {5: "trouble", 9: "paused", 17: "notInService", 31: "unprotected", 12: "trouble"}.get(
            number, "calm"
        )
        colour = COLOURS[min(4, draw.randint(0, 6))]
        due = now() + timedelta(days=draw.randint(-3, 10), hours=draw.randint(-5, 5))
        visit = {
            "colour": colour,
            "due": text(due),
            "state": (
                "overdue" if due < now() - timedelta(days=1) else "done" if draw.random() < 0.45 else "due"
            ),
        }
        last = {
            "at": text(now() - timedelta(days=draw.randint(1, 40))),
            "by": "grid-north",
            "way": draw.choice(["door", "phone"]),
            "result": "well",
        }
        street = "桂花路 18 号" if number <= 24 else "青石街 77 号"
        devices = [
            device(
                draw,
                "kitchen-smoke",
                "厨房",
                "z2m-smoke",
                ["smoke", "battery"],
                {"smoke": False, "linkQuality": 120},
            ),
            device(
                draw, "kitchen-gas", "厨房", "rs485-gas", ["gas", "gasLevel"], {"gas": False, "gasLevel": 0.4}
            ),
            device(draw, "door", "户门", "z2m-contact", ["contact", "battery"], {"contact": False}),
            device(
                draw,
                "living-pir",
                "客厅",
                "z2m-pir",
                ["motion"],
                {"motion": draw.random() < 0.4, "temperature": 21.5},
            ),
            device(draw, "bed-button", "床头", "rf-button", ["call"], {}),
            device(
                draw,
                "wristband",
                "手环",
                "lora-band",
                ["fall", "heartRate", "worn"],
                {"heartRate": draw.randint(58, 92), "worn": True},
            ),
        ]
        if state in ("trouble", "unprotected"):
            devices[0]["isLost"] = True
        found.append(
            {
                "id": f"h{number:03d}",
                "name": f"{building}{unit}{floor}0{1 + number % 3}",
                "area": area,
                "building": building,
                "unit": unit,
                "floor": floor,
                "address": f"成都市成华区{street}{area}{building}{unit}{floor} 楼{floor}0{1 + number % 3} 室",
                "residents": [
                    {
                        "id": f"r{number:03d}",
                        "name": name,
                        "telephone": f"138{draw.randint(10000000, 99999999)}",
                        "conditions": draw.sample(CONDITIONS, draw.randint(0, 3)),
                    }
                ],
                "state": state,
                "presence": draw.choice(["home", "home", "home", "away", "unknown"]),
                "presenceReason": "户门 09:12 关闭后客厅有活动",
                "lastSignOfLife": text(now() - timedelta(minutes=draw.randint(1, 200))),
                "openIncidents": [],
                "visit": None if number % 11 == 0 else visit,
                "lastVisit": None if number % 7 == 0 else last,
                "contacts": [
                    {
                        "role": "family",
                        "responder": "family-chen",
                        "name": "女儿 陈晓燕",
                        "telephone": "13900001234",
                    },
                    {
                        "role": "neighbour",
                        "responder": "neighbour-liu",
                        "name": "邻居 刘国华",
                        "telephone": "13700004321",
                    },
                ],
                "keyHolder": (
                    None
                    if number % 5 == 0
                    else {"responder": "neighbour-liu", "name": "邻居 刘国华", "telephone": "13700004321"}
                ),
                "hazards": draw.sample(HAZARDS, draw.choice([0, 1, 2])),
                "devices": devices,
                "recentIncidents": [],
                "lastWalkTest": (
                    {
                        "startedAt": text(now() - timedelta(minutes=3)),
                        "endedAt": None,
                        "by": "technician",
                        "tested": [
                            {
                                "device": "kitchen-smoke",
                                "alarmKind": "fire",
                                "at": text(now() - timedelta(minutes=2)),
                                "seconds": 4.0,
                            }
                        ],
                    }
                    if number == 9
                    else None
                ),
                "walkTest": {"until": text(now() + timedelta(minutes=12))} if number == 9 else None,
                "shelved": (
                    [
                        {
                            "alarmKind": "inactivity",
                            "until": text(now() + timedelta(hours=3)),
                            "reason": "老人住院检查",
                            "by": "seat-1",
                        }
                    ]
                    if number == 9
                    else []
                ),
            }
        )
    return {home["id"]: home for home in found}
