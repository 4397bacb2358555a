import SafetyModel

/// Who is called, when, with which words and over which ways; and who signs in.
extension ConfigurationSchema {
    static var responder: SchemaNode {
        let channel = SchemaNode.table(
            ResponderReader.channelKeys, required: ["channel"], SchemaNode.scalars("channel", "address"))
        return .table(
            ResponderReader.keys, required: ["responder", "role"],
            [
                ("role", .words(Role.allCases.map(\.name))), ("areas", .oneOrMore(.scalar)),
                ("channels", .oneOrMore(.anyOf([.scalar, channel]))),
            ] + SchemaNode.scalars("responder", "name", "quiet"))
    }

    static var group: SchemaNode {
        .table(
            DutyReader.groupKeys, required: ["group", "members"],
            [("group", .scalar), ("members", .oneOrMore(.scalar))])
    }

    static var roster: SchemaNode {
        let people = SchemaNode.oneOrMore(.scalar)
        let shift = SchemaNode.table(
            DutyReader.shiftKeys, required: ["shift", "people"],
            [("shift", .scalar), ("during", .part("schedule")), ("people", people)])
        let override = SchemaNode.table(
            DutyReader.overrideKeys, required: ["dates", "people"],
            [("dates", .oneOrMore(.scalar)), ("shift", .scalar), ("people", people)])
        return .table(
            DutyReader.rosterKeys, required: ["roster", "shifts"],
            [
                ("roster", .scalar), ("shifts", .items(shift)), ("hand_over", .duration),
                ("overrides", .items(override)), ("otherwise", people),
            ])
    }

    // MARK: - Plans

    static var plan: SchemaNode {
        .table(
            PlanReader.keys, required: ["plan", "for", "steps"],
            [
                (
                    "for",
                    .table(
                        PlanReader.forKeys,
                        [
                            ("alarms", .oneOrMore(.scalar)),
                            ("urgency", .oneOrMore(.words(Urgency.allCases.map(\.name)))),
                            ("homes", .oneOrMore(.scalar)), ("areas", .oneOrMore(.scalar)),
                        ])
                ),
                ("steps", .items(step)), ("verify", verification), ("repeat_last_every", .duration),
                ("on_scene_within", .duration), ("close_within", .duration),
            ] + SchemaNode.scalars("plan", "deliver"))
    }

    private static var step: SchemaNode {
        .table(
            PlanReader.stepKeys, required: ["notify"],
            [
                ("notify", .oneOrMore(.part("target"))), ("seen_within", .duration),
                ("in_turn", .switched), ("each", .duration),
            ])
    }

    private static var verification: SchemaNode {
        .table(
            PlanReader.verifyKeys, required: ["by"],
            [
                ("by", .oneOrMore(.part("target"))), ("within", .duration),
                ("before", .oneOrMore(.scalar)),
            ])
    }

    /// A role, or a table with exactly one key; `one_of` holds neither rosters nor itself.
    static var target: SchemaNode {
        let role = SchemaNode.words(Role.allCases.map(\.name))
        func one(_ key: String, _ value: SchemaNode = .scalar) -> SchemaNode {
            .table(PlanReader.targetKeys.filter { $0 == key }, required: [key], [(key, value)])
        }
        let constant = [role] + ["person", "group"].map { one($0) }
        return .anyOf(constant + [one("roster"), one("one_of", .oneOrMore(.anyOf(constant)))])
    }

    // MARK: - Ways and words

    static var channel: SchemaNode {
        .anyOf(
            ChannelReader.kinds.map { kind in
                let own = ChannelReader.own[kind] ?? []
                return .table(
                    ChannelReader.shared + own, required: ["channel", "kind"],
                    [
                        ("channel", .scalar), ("kind", .words([kind])),
                        ("class", .words(ChannelReader.classes)), ("timeout", .duration),
                    ] + channelValues.filter { own.contains($0.0) })
            })
    }

    /// What the keys of channels hold, whatever their kind.
    private static var channelValues: [(String, SchemaNode)] {
        [
            ("format", .words(ChannelReader.formats)), ("mention", .words(ChannelReader.mentions)),
            ("mention_all", .words(ChannelReader.occasions)), ("method", .words(ChannelReader.methods)),
            ("headers", .map(to: .scalar)), ("form", .map(to: .scalar)), ("replies", .switched),
            (
                "success",
                .table(
                    ChannelReader.successKeys, required: ["path", "is"],
                    [("path", .scalar), ("is", .oneOrMore(.scalar))])
            ),
            ("port", .count(1...65_535)), ("security", .words(ChannelReader.securities)),
            ("retain", .switched), ("run", .oneOrMore(.scalar)),
        ]
            + SchemaNode.scalars(
                "url", "url_file", "secret_file", "outbox", "sent", "errors", "inbox", "json", "host",
                "from", "user", "password_file", "ca_file", "topic", "on", "off")
    }

    static var message: SchemaNode {
        .table(
            TemplateReader.keys, required: ["purpose"],
            [("purpose", .words(TemplateReader.words))] + TemplateReader.forms.map { ($0, .scalar) })
    }

    static var user: SchemaNode {
        .table(
            UserReader.keys, required: ["user", "role", "password"],
            [("role", .words(UserReader.roles))]
                + SchemaNode.scalars("user", "name", "responder", "password"))
    }
}
