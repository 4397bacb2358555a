import Correlation
import DeviceProfiles
import SafetyModel

/// Rules and profiles.
extension ConfigurationSchema {
    static var rule: SchemaNode {
        .table(
            RuleReader.keys, required: ["rule", "when", "alarm"],
            [
                ("rule", .scalar), ("when", .part("pattern")), ("unless", .part("pattern")),
                ("during", .part("schedule")), ("scope", .words(Rule.Scope.allCases.map(\.name))),
                ("restart", .words(RuleReader.restartWords)), ("alarm", .scalar),
                ("urgency", .words(Urgency.allCases.map(\.name))), ("place", .oneOrMore(.scalar)),
                ("device", .oneOrMore(.scalar)), ("personal_bounds", .switched),
                (
                    "for_residents",
                    .table(
                        RuleReader.residentKeys, required: ["condition"], SchemaNode.scalars("condition"))
                ),
                (
                    "messages",
                    .table(MessageReader.languages, MessageReader.languages.map { ($0, .scalar) })
                ),
            ])
    }

    /// A condition in words, or one operator with what belongs to it.
    static var pattern: SchemaNode {
        let choices = PatternReader.companions.map { operation in
            SchemaNode.table(
                [operation.key] + operation.beside + ["unless"], required: [operation.key],
                [(operation.key, part(of: operation.key)), ("unless", .part("pattern"))]
                    + operation.beside.map { ($0, companion($0, of: operation.key)) })
        }
        return .anyOf([.scalar] + choices)
    }

    private static func part(of operation: String) -> SchemaNode {
        switch operation {
        case "any_of", "all_of", "sequence": .items(.part("pattern"))
        case "absent": .oneOrMore(.scalar)
        case "count": .of(types: ["integer"])
        case "change", "held", "raise": .scalar
        default: .anything
        }
    }

    private static func companion(_ key: String, of operation: String) -> SchemaNode {
        switch key {
        case "within", "for": .duration
        case "clear":
            .anyOf([
                .scalar,
                .table(
                    PatternReader.quietKeys, required: PatternReader.quietKeys,
                    [("absent", .scalar), ("for", .duration)]),
            ])
        case "falls": .switched
        case "of", "distinct", "by": .scalar
        default: .anything
        }
    }

    static var schedule: SchemaNode {
        .anyOf([
            .oneOrMore(.scalar),
            .table(
                ScheduleReader.keys,
                [
                    ("times", .oneOrMore(.scalar)), ("weekdays", .oneOrMore(.scalar)),
                    ("holidays", .words(Schedule.Holidays.allCases.map(\.name))),
                    ("holiday_list", .oneOrMore(.scalar)),
                ]),
        ])
    }

    static var profile: SchemaNode {
        let signals = SchemaNode.oneOrMore(.words(ReadingReader.signalNames))
        return .table(
            ProfileReader.keys, required: ["profile"],
            [
                ("profile", .scalar), ("summary", .scalar), ("extends", .oneOrMore(.scalar)),
                ("kind", .words(ProfileReader.kinds)), ("signals", signals), ("proves_life", signals),
                ("supervision", .duration),
                ("topics", .oneOrMore(.part("topic"))),
                ("commands", .oneOrMore(command)),
            ])
    }

    private static var command: SchemaNode {
        .table(
            ProfileReader.commandKeys, required: ProfileReader.commandKeys,
            SchemaNode.scalars("command", "topic", "payload"))
    }

    /// Where a time stands in a payload.
    static var time: SchemaNode {
        .anyOf([
            .scalar,
            .table(
                ProfileReader.timeKeys, required: ["path"],
                [
                    ("path", .scalar), ("format", .words(TimeField.Format.allCases.map { "\($0)" })),
                ]),
        ])
    }

    private static var root: SchemaNode {
        .anyOf([
            .scalar,
            .table(
                ProfileReader.rootKeys, required: ["path"],
                [("path", .scalar), ("history", .switched), ("time", .part("time"))]),
        ])
    }

    static var topic: SchemaNode {
        .table(
            ProfileReader.topicKeys, required: ["topic"],
            [
                ("topic", .scalar), ("format", .words(ProfileReader.formats)), ("old", .scalar),
                ("time", .part("time")), ("roots", .oneOrMore(root)),
                ("readings", .map(to: .oneOrMore(.part("reading")))), ("ignores", .oneOrMore(.scalar)),
            ])
    }

    static var reading: SchemaNode {
        let signal = SchemaNode.words(ReadingReader.signalNames)
        return .anyOf([
            signal,
            .table(
                ReadingReader.keys, required: ["signal"],
                [
                    ("signal", signal), ("form", .words(["level", "pulse"])), ("only_values", .switched),
                    ("inverted", .switched), ("values", .map(to: .scalar)),
                ] + SchemaNode.scalars("accepts", "otherwise", "scale", "transform", "second")),
        ])
    }
}
