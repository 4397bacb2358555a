import Escalation
import SafetyModel
import Testing

@testable import anju

/// The plain words of `anju explain`, Chinese and English, over a few real incidents.
struct ExplainTests {
    /// What happens, and sentences that the story must hold.
    struct Telling: Sendable, CustomTestStringConvertible {
        var title: String
        var site = "every-rule.yaml"
        var live: @Sendable (inout ToldDay) throws -> Void
        var zh: [String]
        var en: [String]
        var testDescription: String { title }
    }

    static let incidents: [Telling] = [
        Telling(
            title: "smoke that somebody has taken over and closed",
            live: { day in
                try day.say("w401/kitchen-smoke", "{\"smoke\": true}", after: 10)
                try day.person("wang-er", .acknowledge, after: 40)
                try day.person("wang-er", .onScene, after: 100)
                try day.say("w401/kitchen-smoke", "{\"smoke\": false}", after: 150)
                try day.person("wang-er", .close(.falseAlarm), after: 160)
            },
            zh: [
                "事件 1：火警（生命安全），w401，Willow Court 4, flat 401，已关闭（误报）。",
                "规则 life-safety/smoke（烟雾报警），共 1 次，首次 2026-11-07 15:00:10，已解除。依据：",
                "15:00:10  kitchen-smoke（kitchen）：烟雾 = 是，实时",
                "15:00:40  接手：Wang Er",
                "15:01:40  到达现场：Wang Er",
                "15:02:30  状况解除：火警（设备 kitchen-smoke，规则 life-safety/smoke）",
                "15:02:40  关闭：Wang Er，结论：误报",
                "已有人接手（经 mqtt）",
            ],
            en: [
                "Incident 1: Fire (life safety) in w401, Willow Court 4, flat 401, closed as a false alarm.",
                "by rule life-safety/smoke (smoke alarm), raised once, first at 2026-11-07 15:00:10, no longer active.",
                "15:00:10  kitchen-smoke (kitchen): smoke = yes, live",
                "15:00:40  taken over by Wang Er",
                "15:01:40  on scene: Wang Er",
                "15:02:30  the condition ended: Fire (device kitchen-smoke, rule life-safety/smoke)",
                "15:02:40  closed by Wang Er: as a false alarm",
                "somebody has taken over (over mqtt)",
            ]),
        Telling(
            title: "a press to which nobody answers",
            live: { day in
                try day.say("w401/bedside-sos", "{\"action\": \"emergency\"}", after: 10)
                day.wait(until: 200)
            },
            zh: [
                "正在呼叫。预案 step-by-step，第 3 步，共 3 步。",
                "规则 life-safety/sos（按下紧急键）",
                "呼叫 = 紧急，实时",
                "15:00:10  通知：Wang Er、Li Ming，有报警，请接手（经 mqtt）",
                "15:01:10  开始呼叫：第 2 步（共 3 步）",
                "15:03:10  再次呼叫：第 3 步（共 3 步）",
                "15:03:10  通知：Willow station、Rescue centre，提醒：还没有人处理（经 mqtt）",
            ],
            en: [
                "nobody has answered yet. Plan step-by-step, step 3 of 3.",
                "by rule life-safety/sos (a press of the key emergency)",
                "call = emergency, live",
                "15:00:10  told Wang Er, Li Ming: an alarm, please answer (over mqtt)",
                "15:01:10  called: step 2 of 3",
                "15:03:10  called again: step 3 of 3",
                "15:03:10  told Willow station, Rescue centre: a reminder that it still waits (over mqtt)",
            ]),
        Telling(
            title: "a stove that stays hot",
            live: { day in
                try day.say("w401/kitchen-climate", "{\"temperature\": 61.5}", after: 10)
                day.wait(until: 80)
            },
            zh: [
                "规则 kitchen-heat（温度高于57℃持续60秒（仅限kitchen、厨房））",
                "15:01:10  kitchen-climate（kitchen）：温度 = 61.5℃，实时",
            ],
            en: [
                "by rule kitchen-heat (temperature above 57 degC for 60 s, in kitchen or 厨房 only)",
                "15:01:10  kitchen-climate (kitchen): temperature = 61.5 degC, live",
            ]),
        Telling(
            title: "a pulse beyond the resident's own bounds", site: "two-bands.yaml",
            live: { day in
                try day.say("w701/his-band", "{\"worn\": true, \"heartRate\": 112}", after: 10)
                day.wait(until: 320)
            },
            zh: [
                "（心率高于105次/分持续5分钟或心率低于40次/分持续5分钟，除非未佩戴（按老人本人的界限））",
                "his-band：心率 = 112次/分，实时",
            ],
            en: [
                "(heart rate above 105 bpm for 5 min or heart rate below 40 bpm for 5 min, "
                    + "unless wristband not worn, by the resident's own bounds)",
                "his-band: heart rate = 112 bpm, live",
            ]),
        Telling(
            title: "a pulse beyond the bounds of the rule", site: "two-bands.yaml",
            live: { day in
                try day.say("w701/her-band", "{\"worn\": true, \"heartRate\": 135}", after: 10)
                day.wait(until: 320)
            },
            zh: [
                "（心率高于130次/分持续5分钟或心率低于45次/分持续5分钟，除非未佩戴），共 1 次"
            ],
            en: [
                "(heart rate above 130 bpm for 5 min or heart rate below 45 bpm for 5 min, "
                    + "unless wristband not worn), raised once"
            ]),
    ]

    @Test(arguments: incidents) func `an incident is told in both languages`(_ telling: Telling) throws {
        var day = try ToldDay(site: telling.site)
        try telling.live(&day)
        for (language, sentences) in [("zh", telling.zh), ("en", telling.en)] {
            let story = try day.story(language)
            for sentence in sentences { #expect(story.contains(sentence), "\(sentence)\n\(story)") }
        }
    }

    /// A look at what waits, so many seconds after 23:00, and sentences that it must hold.
    static let looks: [(seconds: Int64, zh: [String], en: [String])] = [
        (5, ["没有等待中的部分匹配。", "以来没有部分匹配因超时被放弃。"], ["no partial match waits.", "no partial match ran out"]),
        (
            2_050,
            [
                "2 个部分匹配在等待：", "night-wandering（（门窗打开，然后连续10分钟未检测到门窗关闭）或（20分钟内门窗打开，",
                "3 步中已有 1 步，始于 2026-11-07 23:33:20；等待“门窗关闭”，2026-11-07 23:54:00 后放弃",
                "2 步中已有 1 步，始于 2026-11-07 23:33:20；若连续10分钟未检测到门窗关闭，2026-11-07 23:43:20 继续",
                "1 个部分匹配因超时被放弃：", "3 步中已有 1 步，始于 2026-11-07 23:00:10，缺：门窗关闭",
            ],
            [
                "2 partial matches wait:",
                "night-wandering ((door opened, then no door closed for 10 min) or (door",
                "1 of 3 there since 2026-11-07 23:33:20; waits for: door closed, and gives up after 2026-11-07 23:54:00",
                "1 of 2 there since 2026-11-07 23:33:20; goes on at 2026-11-07 23:43:20 if so until then: "
                    + "no door closed for 10 min",
                "1 partial match ran out of time:",
                "1 of 3 there since 2026-11-07 23:00:10, lacking: door closed",
            ]
        ),
        (
            2_150,
            [
                "1 个部分匹配在等待：",
                "3 步中已有 2 步，始于 2026-11-07 23:33:20；"
                    + "若连续10分钟未检测到活动、有人、床上有人或门窗打开，2026-11-07 23:45:00 继续",
            ],
            [
                "1 partial match waits:",
                "2 of 3 there since 2026-11-07 23:33:20; goes on at 2026-11-07 23:45:00 "
                    + "if so until then: no motion or presence or somebody in bed or door opened for 10 min",
            ]
        ),
    ]

    @Test(arguments: looks) func `what waits and what was given up is told in both languages`(
        seconds: Int64, zh: [String], en: [String]
    ) throws {
        // 23:00, when a resident with dementia is expected to stay in.
        var day = try ToldDay(site: "every-rule.yaml", at: Instant(milliseconds: 1_794_063_600_000))
        for (at, isShut) in [(10, false), (1_800, true), (2_000, false), (2_100, true)] as [(Int64, Bool)]
        where at <= seconds {
            try day.say("w401/hall-door", "{\"contact\": \(isShut)}", after: at)
        }
        day.wait(until: seconds)
        for (language, sentences) in [("zh", zh), ("en", en)] {
            let story = day.waiting(language)
            for sentence in sentences { #expect(story.contains(sentence), "\(sentence)\n\(story)") }
        }
    }
}
