import SafetyModel

/// Bounds of what files may hold; each is checked where it is read.
enum Limits {
    /// The most bytes of an id that stands in topics.
    static let identifierLimit = 64
    /// The most bytes of a name, address or other text.
    static let textLimit = 256
    /// The most bytes of a topic.
    static let topicLimit = 512
    /// The most files of one configuration.
    static let fileLimit = 20_000
    /// The most homes of one gateway.
    static let homeLimit = 100_000
    /// The most devices of one home.
    static let devicesPerHomeLimit = 256
    /// The most residents of one home.
    static let residentsPerHomeLimit = 32
    /// The most responders of one gateway.
    static let responderLimit = 20_000
    /// The most users of the console.
    static let userLimit = 1_000
    /// The most pauses of one home, or of one resident.
    static let pausesPerHomeLimit = 32
    /// The most contacts of one home.
    static let contactsPerHomeLimit = 32
    /// The most hazards of one home; whoever comes must be able to take them in at the door.
    static let hazardsPerHomeLimit = 16
    /// The most channels of one responder.
    static let channelsPerResponderLimit = 8
    /// The most rules of the files.
    static let ruleLimit = 1_000
    /// The deepest nesting of a pattern.
    static let patternDepthLimit = 8
    /// The most conditions of one rule.
    static let conditionsPerRuleLimit = 32
    /// The most occurrences that `count` waits for.
    static let countLimit = 64
    /// The most spans of a day in one schedule.
    static let spansPerScheduleLimit = 16
    /// The most lists of holidays.
    static let holidayListLimit = 64
    /// The most days of all lists of holidays.
    static let holidayLimit = 4_000
    /// The most heat waves of `extra_visits`.
    static let heatWaveLimit = 64
    /// The most days of festivals of `extra_visits`.
    static let festivalLimit = 366
    /// The most bytes of a rule's message.
    static let messageLimit = 512
    /// The most groups.
    static let groupLimit = 2_000
    /// The most members of one group.
    static let membersPerGroupLimit = 64
    /// The most rosters.
    static let rosterLimit = 500
    /// The most shifts of one roster.
    static let shiftsPerRosterLimit = 32
    /// The most people named in one roster, each mention counted.
    static let peoplePerRosterLimit = 128
    /// The most stretches of dates on which others stand in, in one roster.
    static let overridesPerRosterLimit = 256
    /// The most plans.
    static let planLimit = 1_000
    /// The most steps of one plan.
    static let stepsPerPlanLimit = 16
    /// The most targets of one step.
    static let targetsPerStepLimit = 32
    /// The most webhook channels.
    static let webhookLimit = 32
    /// The most channels beside webhooks.
    static let channelLimit = 64
    /// The most entries of `messages`.
    static let templateLimit = 64
    /// The most bytes of one text of `messages`.
    static let templateTextLimit = 2_048
    /// The most bytes of a payload, a header or an argument.
    static let payloadLimit = 4_096
    /// The most headers, fields or arguments of one channel.
    static let argumentLimit = 32
}

extension YAMLNode {
    /// A text without control characters.
    func readText(_ key: String, limit: Int = Limits.textLimit, log: ProblemLog) -> String? {
        guard let text else {
            log.error(at: mark, "`\(key)` should be a text, not \(shape)", fix: "Write `\(key): text`.")
            return nil
        }
        if text.utf8.count > limit {
            log.error(at: mark, "`\(key)` has more than \(limit) bytes", fix: "Write a shorter text.")
            return nil
        }
        if text.hasControlCharacter {
            log.error(
                at: mark, "`\(key)` holds a control character: \"\(text.quoted)\"",
                why: "It would break logs, topics and displays", fix: "Type the text again without it.")
            return nil
        }
        return text
    }

    /// An id: 1 to 64 bytes, no `/`, `+`, `#`, control characters, spaces at the ends or `$` at the start.
    func readIdentifier(_ key: String, log: ProblemLog) -> String? {
        guard let text else {
            log.error(at: mark, "`\(key)` should be an id, not \(shape)", fix: "Write `\(key): some-id`.")
            return nil
        }
        guard let fault = Self.identifierFault(text) else { return text }
        log.error(
            at: mark, "The id \"\(text.quoted)\" \(fault)", why: "Ids stand in MQTT topics",
            fix: "Use letters, digits, `-`, `_` and `.`, at most \(Limits.identifierLimit) bytes.")
        return nil
    }

    /// What keeps a text from being an id.
    static func identifierFault(_ text: String) -> String? {
        if text.isEmpty { return "is empty" }
        if text.utf8.count > Limits.identifierLimit { return "has more than \(Limits.identifierLimit) bytes" }
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "#"):
                return "holds `\(Character(Unicode.Scalar(byte)))`"
            default: continue
            }
        }
        if text.utf8.first == UInt8(ascii: "$") { return "starts with `$`" }
        if text.utf8.first == 0x20 || text.utf8.last == 0x20 { return "begins or ends with a space" }
        return text.hasControlCharacter ? "holds a control character" : nil
    }

    /// A number with an optional unit behind it.
    func readNumber(
        _ key: String, in range: ClosedRange<Double>, unit: String = "", log: ProblemLog
    ) -> Double? {
        guard let text, let (value, written) = Self.splitNumber(text) else {
            log.error(
                at: mark, "`\(key)` should be a number, not \(shape)",
                fix:
                    "Write `\(key): \(Self.show(range.lowerBound))\(unit.isEmpty ? "" : " " + unit)` or more."
            )
            return nil
        }
        guard written.isEmpty || written == unit else {
            log.error(
                at: mark, "`\(key)` has the unit \"\(written.quoted)\"",
                why: unit.isEmpty ? "It is a number without a unit" : "It is given in \(unit)",
                fix: unit.isEmpty ? "Remove the unit." : "Write it in \(unit).")
            return nil
        }
        guard range.contains(value) else {
            log.error(
                at: mark, "`\(key)` is \(text.quoted), outside its range",
                fix: "Write a number from \(Self.show(range.lowerBound)) to \(Self.show(range.upperBound)).")
            return nil
        }
        return value
    }

    /// A number as people write it: without a fraction that is zero.
    static func show(_ value: Double) -> String {
        Int64(exactly: value).map(String.init) ?? "\(value)"
    }

    /// A finite decimal number and what stands behind it; nan, infinity and hexadecimal are no numbers.
    static func splitNumber(_ text: String) -> (value: Double, rest: String)? {
        let digits = text.prefix { "+-0123456789.eE".contains($0) }
        let known = digits.last.map { "eE".contains($0) } == true ? digits.dropLast() : digits
        guard let value = Double(known), value.isFinite else { return nil }
        let rest = text[known.endIndex...]
        return (value, String(rest.drop { $0 == " " }))
    }

    /// A length of time.
    func readDuration(
        _ key: String, in range: ClosedRange<Duration>, log: ProblemLog
    ) -> Duration? {
        guard let text, let value = Self.duration(text) else {
            log.error(
                at: mark, "`\(key)` should be a length of time, not \(shape)",
                fix: text.flatMap(Self.nearDuration).map { "Did you mean `\($0)`?" }
                    ?? "Write a number and ms, s, min, h or d: `\(key): \(Self.show(range.lowerBound))`.")
            return nil
        }
        guard range.contains(value) else {
            log.error(
                at: mark, "`\(key)` is \(Self.show(value)), outside its range",
                fix: "Write a time from \(Self.show(range.lowerBound)) to \(Self.show(range.upperBound)).")
            return nil
        }
        return value
    }

    /// What a length of time in other words probably means: `3 hours`, `5m`, `1 天`.
    static func nearDuration(_ text: String) -> String? {
        guard let (value, unit) = splitNumber(text), value >= 0 else { return nil }
        return unitSlips[unit.lowercased()].map { "\(show(value)) \($0)" }
    }

    private static let unitSlips = [
        "millisecond": "ms", "milliseconds": "ms", "毫秒": "ms", "sec": "s", "secs": "s", "second": "s",
        "seconds": "s", "秒": "s", "m": "min", "mins": "min", "minute": "min", "minutes": "min", "分": "min",
        "分钟": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "小时": "h", "day": "d", "days": "d",
        "天": "d",
    ]

    /// The length of time of a text like "90 s", nil when it is none.
    static func duration(_ text: String) -> Duration? {
        guard let (value, unit) = splitNumber(text), value >= 0 else { return nil }
        let milliseconds: Double
        switch unit {
        case "ms": milliseconds = 1
        case "s": milliseconds = 1_000
        case "min": milliseconds = 60_000
        case "h": milliseconds = 3_600_000
        case "d": milliseconds = 86_400_000
        default: return nil
        }
        let total = value * milliseconds
        guard total < 1e15, let whole = Int64(exactly: total.rounded()) else { return nil }
        return .milliseconds(whole)
    }

    /// A length of time as the files write it.
    static func show(_ duration: Duration) -> String {
        let milliseconds = duration.wholeMilliseconds
        for (unit, size) in [("h", 3_600_000), ("min", 60_000), ("s", 1_000)] as [(String, Int64)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size) \(unit)"
        }
        return milliseconds == 0 ? "0 s" : "\(milliseconds) ms"
    }

    /// A word of a vocabulary.
    func readWord<T>(_ key: String, of words: [String], log: ProblemLog, _ read: (String) -> T?) -> T? {
        if let text, let value = read(text) { return value }
        let near = text.flatMap { nearestWord(to: $0, among: words) }
        log.error(
            at: mark, "`\(key)` cannot be \(shape)",
            fix: near.map { "Did you mean `\($0)`?" } ?? "The words are \(words.joined(separator: ", ")).")
        return nil
    }
}
