import SafetyModel
import Testing

@testable import SiteConfiguration

struct ChannelTests {
    /// A site with every kind of channel, each used by a responder.
    private static var site: SampleSite {
        var site = SampleSite()
        site.anju += """

            http: {token_file: key, public_url: "https://anju.example"}
            channels:
              - {channel: group, kind: wecom, url_file: robot}
              - {channel: ding, kind: dingtalk, url_file: robot, secret_file: key, format: text, mention: phone}
              - {channel: fei, kind: feishu, url_file: robot, secret_file: key, class: public,
                 mention: user, mention_all: lifeSafety}
              - {channel: hook, kind: webhook, url: "https://desk.example/anju"}
              - {channel: modem, kind: sms-modem, outbox: spool/out, sent: spool/sent, errors: spool/err, inbox: spool/in}
              - channel: sms
                kind: sms-http
                url: https://sms.example/send
                secret_file: key
                headers: {Authorization: "Bearer {secret}"}
                json: '{"to":"{number}","text":"{message}"}'
                success: {path: code, is: ["0"]}
                replies: yes
              - {channel: call, kind: voice-http, url: "https://voice.example/{number}", form: {say: "{message}"}}
              - {channel: mail, kind: email, host: mail.example, from: anju@example.org, user: anju, password_file: key}
              - {channel: siren, kind: mqtt, topic: "sirens/{number}/set", on: '{"alarm":true}', off: '{"alarm":false}'}
              - {channel: bell, kind: command, run: [/bin/true, --loud], timeout: 5 s}
            home_commands: {sirens: [fire, gas], voice: off}
            """
        site.responders = """
            responders:
              - responder: centre-1
                role: centre
                channels: [group, {channel: ding, address: "13800000001"}, {channel: fei, address: ou_1},
                  hook, siren, bell, {channel: mail, address: "c@example.org"}]
              - responder: station-1
                role: station
                channels: [{channel: modem, address: "+86 138-0000-0001"}, {channel: sms, address: "13800000001"},
                  {channel: call, address: "13800000001"}]
              - {responder: tech-1, role: technician}
            messages:
              - {purpose: alarm, short: "{home} {kind}", public: "{kind}"}
              - {purpose: any, spoken: "{text}"}
            """
        site.others["robot"] = "https://robot.example/send?key=k\n"
        site.others["key"] = "secret\n"
        for folder in ["out", "sent", "err", "in"] { site.others["spool/\(folder)/.keep"] = "" }
        return site
    }

    @Test func `every kind of channel is read, and survives being stored`() throws {
        let result = try Self.site.load()
        #expect(result.diagnostics.map(\.text) == [])
        let installation = try #require(result.installation)
        let settings = installation.settings
        #expect(
            settings.channels.map(\.name) == [
                "group", "ding", "fei", "modem", "sms", "call", "mail", "siren", "bell",
            ])
        #expect(
            settings.channels.map(\.audience) == [
                .group, .group, .public, .private, .private, .private, .private, .public, .private,
            ])
        #expect(settings.webhooks.map(\.name) == ["hook"])
        let robots = settings.channels.compactMap { channel -> RobotSettings? in
            if case .robot(let robot) = channel.way { robot } else { nil }
        }
        #expect(robots.map(\.mention) == [.nobody, .phone, .user])
        #expect(robots.map(\.mentionsAll) == [false, false, true])
        #expect(robots.map(\.usesMarkdown) == [true, false, true])
        #expect(settings.channels.last?.timeout == .seconds(5))
        #expect(settings.sirenKinds == ["fire", "gas"])
        #expect(!settings.speaksInHomes)
        #expect(settings.templates.map(\.purpose) == ["alarm", "alarm", ""])
        #expect(settings.channels.filter(\.takesReplies).map(\.name) == ["modem", "sms"])
        var writer = ByteWriter()
        writer.write(installation)
        var reader = ByteReader(writer.bytes)
        let stored = try Installation(from: &reader)
        #expect(stored.settings == settings)
        #expect(reader.isAtEnd)
        for count in stride(from: 0, to: writer.bytes.count, by: writer.bytes.count / 40) {
            var damaged = ByteReader(Array(writer.bytes.prefix(count)))
            #expect(throws: ByteCodingError.self) { try Installation(from: &damaged) }
        }
    }

    @Test func `a robot that was stored before mentions mentions nobody`() throws {
        for usesMarkdown in [true, false] {
            let robot = RobotSettings(maker: .dingtalk, urlFile: "u", usesMarkdown: usesMarkdown)
            var writer = ByteWriter()
            writer.write(robot)
            // The byte that was the flag alone.
            #expect(writer.bytes.last == (usesMarkdown ? 1 : 0))
            var reader = ByteReader(writer.bytes)
            #expect(try RobotSettings(from: &reader) == robot)
            for marks in [UInt8(6), 7, 16, 255] {
                var damaged = ByteReader(Array(writer.bytes.dropLast()) + [marks])
                #expect(throws: ByteCodingError.self) { try RobotSettings(from: &damaged) }
            }
        }
    }

    /// One line of `channels`, and what must be said about it.
    @Test(arguments: wrongLines)
    func `a wrong channel is reported with what to write instead`(
        _ line: String, _ says: String, _ severity: Diagnostic.Severity
    ) throws {
        var site = Self.site
        site.anju = SampleSite().anju + "\nchannels:\n  - \(line)\n"
        site.responders = SampleSite().responders
        try site.load().expect(says, severity) { $0.hasPrefix("anju.yaml:6:") }
    }

    static let wrongLines: [(String, String, Diagnostic.Severity)] = [
        ("{channel: a}", "`kind` is missing in a channel", .error),
        ("{channel: a, kind: wecon}", "Did you mean `wecom`?", .error),
        ("{channel: a, kind: wecom, url: x}", "Unknown key `url`", .error),
        ("{channel: a, kind: wecom}", "secrets never stand in YAML", .error),
        ("{channel: a, kind: wecom, url_file: key}", "is not a web address", .error),
        ("{channel: a, kind: wecom, url_file: gone}", "cannot be read", .error),
        ("{channel: a, kind: wecom, url_file: robot, class: private}", "cannot be `private`", .error),
        (
            "{channel: a, kind: feishu, url_file: robot, mention: phone}", "cannot mention by telephone",
            .error
        ),
        ("{channel: a, kind: wecom, url_file: robot, mention: users}", "Did you mean `user`?", .error),
        ("{channel: a, kind: wecom, url_file: robot, mention_all: always}", "lifeSafety", .error),
        ("{channel: mqtt, kind: command, run: /bin/true}", "cannot be called `mqtt`", .error),
        ("{channel: a, kind: command, run: beep}", "absolute path", .error),
        ("{channel: a, kind: command, run: /no/such}", "There is no program", .error),
        ("{channel: a, kind: command, run: /bin/true}", "No responder uses the channel `a`", .warning),
        ("{channel: a, kind: command, run: /bin/true, timeout: 30 s}", "is sent again", .warning),
        (
            "{channel: a, kind: webhook, url: 'https://x', class: group}", "says nothing about a webhook",
            .error
        ),
        ("{channel: a, kind: sms-modem, outbox: spool/out, sent: spool/sent}", "`errors` is missing", .error),
        (
            "{channel: a, kind: sms-modem, outbox: no, sent: spool/sent, errors: spool/err}", "no folder",
            .error
        ),
        (
            "{channel: a, kind: sms-modem, outbox: spool/out, sent: spool/out, errors: spool/err}",
            "Two of the modem's folders are the same", .error
        ),
        ("{channel: a, kind: sms-http, url: 'https://x', json: '{\"a\":{number}', }", "no JSON", .error),
        (
            "{channel: a, kind: sms-http, url: 'https://x', json: '{\"a\":\"{message}\"}'}", "whom to reach",
            .error
        ),
        ("{channel: a, kind: sms-http, url: 'https://x/{number}'}", "says nothing of the alarm", .error),
        ("{channel: a, kind: sms-http, url: 'https://x/{number}?{secret}'}", "nothing to stand for", .error),
        (
            "{channel: a, kind: sms-http, url: 'https://x/{number}?{mesage}'}", "Did you mean `{message}`?",
            .error
        ),
        (
            "{channel: a, kind: sms-http, url: 'https://{number}.x/{message}'}", "is not a web address",
            .error
        ),
        ("{channel: a, kind: sms-http, url: 'http://x/{number}?{message}'}", "without encryption", .warning),
        (
            "{channel: a, kind: voice-http, url: 'https://x/{number}', class: group, form: {a: '{telephone}'}}",
            "stays empty on a channel of class `group`", .error
        ),
        ("{channel: a, kind: voice-http, url: 'https://x', replies: yes}", "Unknown key `replies`", .error),
        ("{channel: a, kind: email, host: x, from: 'Anju <a@x>'}", "is no mail address", .error),
        ("{channel: a, kind: email, host: x, from: a@x, user: u}", "belong together", .error),
        ("{channel: a, kind: email, host: x, from: a@x, security: none}", "without encryption", .error),
        ("{channel: a, kind: mqtt, topic: 'a/+', on: 1}", "holds a wildcard", .error),
        ("{channel: a, kind: mqtt, topic: 'anju/g1/x', on: 1}", "lies among the gateway's own", .error),
        (
            "{channel: a, kind: mqtt, topic: 'a/{home}', on: 1}",
            "stays empty on a channel of class `public`", .error
        ),
        ("{channel: a, kind: mqtt, topic: a, on: 1, retain: yes}", "is never taken back", .warning),
    ]

    @Test(arguments: [
        ("http: {token_file: key, public_url: \"https://anju.example\"}", "", true),
        ("http: {public_url: \"https://anju.example\"}", "20:14", false), ("", "19:14", false),
    ])
    func `replies that nobody could bring are warned of`(http: String, place: String, isGood: Bool) throws {
        var site = Self.site
        let lines = site.anju.split(separator: "\n", omittingEmptySubsequences: false)
        site.anju = lines.filter { !$0.hasPrefix("http:") }.joined(separator: "\n")
        if !http.isEmpty { site.anju = site.anju.replacing("channels:", with: http + "\nchannels:") }
        let result = try site.load()
        let told = result.diagnostics.filter { $0.text.contains("bring the replies of `sms`") }
        #expect(told.isEmpty == isGood, "\(result.diagnostics.map(\.text))")
        guard !isGood else { return }
        #expect(told.map(\.place.text) == ["anju.yaml:\(place)"])
        #expect(told[0].severity == .warning && told[0].why.contains("POST /api/v1/replies"))
        #expect(told[0].fix == "Write `http: {token_file: secrets/http-token}`, or remove `replies`.")
    }

    @Test(arguments: [
        ("sms-http, url: \"https://x/{number}{message}\", replies: on", true),
        ("sms-modem, outbox: a, sent: b, errors: c, inbox: d", false),
        ("sms-modem, outbox: a, sent: b, errors: c", true),
    ])
    func `a site is answerable only over ways that reach it`(kind: String, isWarned: Bool) throws {
        var site = SampleSite()
        site.anju = site.anju.replacing("commands: {tokens_file: tokens}\n", with: "")
        site.anju += "\nchannels: [{channel: sms, kind: \(kind)}]"
        let told = try site.load().diagnostics.map(\.text)
        #expect(told.contains { $0.contains("Nobody can acknowledge or close") } == isWarned, "\(told)")
    }

    @Test(arguments: [
        ("{channel: modem, address: wang}", "is no telephone number"),
        ("call", "is no telephone number"), ("{channel: mail, address: wang}", "is no mail address"),
        ("grup", "Did you mean `group`?"), ("{channel: ding, address: wang}", "is no telephone number"),
        ("{channel: fei, address: all}", "is no user's id"),
        ("{channel: fei, address: a b}", "would not be mentioned"),
    ])
    func `an address must be what its channel can reach`(_ channel: String, _ says: String) throws {
        var site = Self.site
        site.responders += "\n"
        site.others["more.yaml"] = "responders: [{responder: r, role: family, channels: [\(channel)]}]\n"
        site.anju +=
            "\nincludes: [\"homes/*.yaml\", responders.yaml, \"plans/*.yaml\", \"rules/*.yaml\", more.yaml]\n"
        try site.load().expect(says) { $0.hasPrefix("more.yaml:1:") }
    }

    @Test(arguments: [
        ("{purpose: alarn, short: x}", "Did you mean `alarm`?"), ("{short: x}", "`purpose` is missing"),
        ("{purpose: alarm, sort: x}", "Did you mean `short`?"),
        ("{purpose: alarm, short: \"{hom}\"}", "Did you mean `{home}`?"),
        ("{purpose: alarm, short: \"{home\"}", "brace without its partner"),
        ("{purpose: alarm, public: \"{home}\"}", "stays empty on a channel of class `public`"),
        ("{purpose: alarm, long: \"{telephone}\"}", "stays empty in the group of `group`"),
        (
            "{purpose: alarm, long: \"\(String(repeating: "x", count: Limits.templateTextLimit + 1))\"}",
            "more than 2048 bytes"
        ),
    ])
    func `a wrong message is reported`(_ entry: String, _ says: String) throws {
        var site = Self.site
        site.others["messages.yaml"] = "messages:\n  - \(entry)\n"
        try site.load().expect(says, nil) { $0.hasPrefix("messages.yaml:2:") }
    }

    @Test func `two texts for one purpose and form, and a siren for no alarm, are reported`() throws {
        var site = Self.site
        site.others["messages.yaml"] = "messages: [{purpose: alarm, short: x}]\n"
        site.anju = site.anju.replacing("[fire, gas]", with: "[fire, gass]")
        let texts = try site.load().diagnostics.map(\.text)
        #expect(texts.contains { $0.contains("alarm (short)") })
        #expect(texts.contains { $0.contains("No rule raises an alarm `gass`") && $0.contains("`gas`") })
    }

    @Test func `more than a limit of channels, messages, arguments and bytes is refused`() throws {
        var site = SampleSite()
        let channel = "{channel: a, kind: command, run: /bin/true}"
        site.anju +=
            "\nchannels: [\(Array(repeating: channel, count: Limits.channelLimit + 1).joined(separator: ", "))]\n"
        let message = "{purpose: alarm, short: x}"
        let messages = Array(repeating: message, count: Limits.templateLimit + 1).joined(separator: ", ")
        site.others["messages.yaml"] = "messages: [\(messages)]\n"
        var texts = try site.load().diagnostics.map(\.text)
        #expect(texts.contains { $0.contains("65 channels, more than 64") })
        #expect(texts.contains { $0.contains("65 messages, more than 64") })
        site = SampleSite()
        let arguments = Array(repeating: "/bin/true", count: Limits.argumentLimit + 1).joined(separator: ", ")
        let payload = String(repeating: "x", count: Limits.payloadLimit + 1)
        site.anju += """

            channels:
              - {channel: a, kind: command, run: [\(arguments)]}
              - {channel: b, kind: mqtt, topic: t, on: \(payload)}
            """
        texts = try site.load().diagnostics.map(\.text)
        #expect(texts.contains { $0.contains("33 arguments of one command, more than 32") })
        #expect(texts.contains { $0.contains("more than 4096 bytes") })
    }
}
