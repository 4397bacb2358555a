import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Synchronization
import Testing

@testable import NotificationChannels

@Suite(.serialized, .timeLimit(.minutes(5))) struct ModemTests {
    static let smsd = LeashedProgram.path("/usr/bin/gammu-smsd", "/usr/local/bin/gammu-smsd")

    /// The four folders, and the modem of gammu's `dummy` driver, which is a folder too.
    private struct Spool {
        let folder: String
        var settings: ModemSettings

        init() throws {
            folder = try LeashedProgram.folder()
            for name in ["out", "sent", "err", "in", "modem"] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
            }
            settings = ModemSettings(
                outbox: folder + "/out", sent: folder + "/sent", errors: folder + "/err",
                inbox: folder + "/in")
        }

        func names(_ name: String) -> [String] {
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(name)")) ?? []).sorted()
        }

        func remove() { try? FileManager.default.removeItem(atPath: folder) }

        func channel(timeout: Duration) -> QueuedChannel {
            QueuedChannel(
                ChannelSettings(name: "modem", audience: .private, timeout: timeout, way: .modem(settings)),
                modem: settings, in: Examples.surroundings())
        }

        /// The configuration that Operations.md shows, with the dummy in place of a modem.
        func writeConfiguration() throws -> String {
            let text = """
                [gammu]
                model = dummy
                connection = none
                port = \(folder)/modem
                [smsd]
                service = files
                logfile = \(folder)/log
                inboxpath = \(folder)/in/
                outboxpath = \(folder)/out/
                sentsmspath = \(folder)/sent/
                errorsmspath = \(folder)/err/
                inboxformat = unicode
                transmitformat = auto
                loopsleep = 1
                receivefrequency = 1
                checksecurity = 0
                checkbattery = 0
                checksignal = 0
                checknetwork = 0
                """
            try text.write(toFile: folder + "/rc", atomically: true, encoding: .utf8)
            return folder + "/rc"
        }
    }

    @Test(.enabled(if: smsd != nil, "gammu-smsd is not installed: apt-get install gammu-smsd"))
    func `gammu-smsd sends an order in two parts, life safety first, and the order is delivered`()
        async throws
    {
        let spool = try Spool()
        defer { spool.remove() }
        let channel = spool.channel(timeout: .seconds(100))
        let reports = Reports()
        channel.send(Examples.rich(urgency: .routine, number: 1)) { reports.add($0) }
        channel.send(Examples.rich(urgency: .lifeSafety, number: 2)) { reports.add($0) }
        try await eventually { spool.names("out").count { $0.hasPrefix("OUT") } == 2 }
        #expect(spool.names("out").map { String($0.prefix(4)) } == ["OUTA", "OUTC"])
        let smsd = try LeashedProgram([#require(Self.smsd), "-c", spool.writeConfiguration()])
        defer { smsd.stop() }
        let all = try await reports.first(2)
        #expect(all.map(\.result) == [.delivered, .delivered])
        #expect(all.map(\.order.number) == [2, 1])
        let file = try #require(spool.names("sent").first)
        #expect(file.hasPrefix("OUTA20231114_221320_12_+8613800000001_anju-gw1-12-2.txt"))
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: spool.folder + "/sent/" + file)))
        let text = ModemInbox.decoded(bytes)
        #expect(text.contains("火警") && text.contains("回复 1=接单"))
        await channel.shutdown()
    }

    @Test(.enabled(if: smsd != nil, "gammu-smsd is not installed: apt-get install gammu-smsd"))
    func `a reply that gammu-smsd takes in is read and removed`() async throws {
        let spool = try Spool()
        defer { spool.remove() }
        // The dummy's first folder is its inbox; gammu itself writes such a file with `savesms`.
        let gammu = try #require(LeashedProgram.path("/usr/bin/gammu", "/usr/local/bin/gammu"))
        let code = try LeashedProgram.run([
            gammu, "-c", spool.writeConfiguration(), "savesms", "TEXT", "-folder", "1", "-unread", "-sender",
            "+8613800000001", "-unicode", "-text", "1 0042",
        ])
        #expect(code == 0)
        let smsd = try LeashedProgram([#require(Self.smsd), "-c", spool.folder + "/rc"])
        defer { smsd.stop() }
        let inbox = try #require(ModemInbox(spool.settings))
        let taken = Mutex<[ModemInbox.Message]>([])
        inbox.start { message in taken.withLock { $0.append(message) } }
        defer { inbox.stop() }
        try await eventually { !taken.withLock { $0.isEmpty } }
        let message = taken.withLock { $0[0] }
        #expect(message.text == "1 0042")
        #expect(TelephoneNumber(message.sender)?.national == "13800000001")
        try await eventually { spool.names("in").isEmpty }
    }

    @Test func `a try that timed out is found again, not sent twice`() async throws {
        let spool = try Spool()
        defer { spool.remove() }
        let channel = spool.channel(timeout: .milliseconds(400))
        #expect(try await channel.result(of: Examples.rich()) == .failed(reason: "timed out"))
        let name = try #require(spool.names("out").first)
        #expect(try await channel.result(of: Examples.rich()) == .failed(reason: "timed out"))
        #expect(spool.names("out") == [name])
        rename(spool.folder + "/out/" + name, spool.folder + "/sent/" + name)
        #expect(try await channel.result(of: Examples.rich()) == .delivered)
        #expect(spool.names("out").isEmpty)
        await channel.shutdown()
    }

    @Test func `what the modem could not send failed, and the next try writes it anew`() async throws {
        let spool = try Spool()
        defer { spool.remove() }
        let channel = spool.channel(timeout: .seconds(60))
        let reports = Reports()
        channel.send(Examples.rich()) { reports.add($0) }
        try await eventually { spool.names("out").contains { $0.hasPrefix("OUT") } }
        let name = try #require(spool.names("out").first)
        rename(spool.folder + "/out/" + name, spool.folder + "/err/" + name)
        #expect(try await reports.first(1)[0].result == .failed(reason: "the modem could not send it"))
        channel.send(Examples.rich()) { reports.add($0) }
        try await eventually { spool.names("out") == [name] }
        #expect(spool.names("err").isEmpty)
        await channel.shutdown()
    }

    @Test func `an address that is no number is rejected, a folder that is gone fails`() async throws {
        let spool = try Spool()
        let channel = spool.channel(timeout: .seconds(60))
        #expect(
            try await channel.result(of: Examples.rich(address: "../../etc"))
                == .rejected(reason: "the address is no telephone number"))
        spool.remove()
        #expect(
            try await channel.result(of: Examples.rich()) == .failed(reason: "the outbox cannot be written"))
        await channel.shutdown()
    }

    @Test func `what is too old is swept, and nothing that is not ours`() throws {
        let spool = try Spool()
        defer { spool.remove() }
        let modem = ModemSpool(settings: spool.settings)
        let number = try #require(TelephoneNumber("13800000001"))
        let name = modem.name(for: Examples.rich().order, to: number, gateway: "gw/1_é")
        #expect(name == "OUTA20231114_221320_12_13800000001_anju-gw1-12-3.txt")
        #expect(modem.put("x", as: name) == nil)
        try "x".write(toFile: spool.folder + "/out/OUT123.txt", atomically: true, encoding: .utf8)
        modem.sweep(at: Date() + Double(ModemSpool.outboxAgeLimit.components.seconds) - 5)
        #expect(modem.fate(of: name) == .waiting)
        modem.sweep(at: Date() + Double(ModemSpool.outboxAgeLimit.components.seconds) + 5)
        #expect(modem.fate(of: name) == .gone)
        #expect(spool.names("out") == ["OUT123.txt"])
        #expect(ModemSpool.keptAgeLimit > ModemSpool.outboxAgeLimit)
    }

    @Test func `the inbox joins parts, removes what it read and waits for what is still written`() throws {
        let spool = try Spool()
        defer { spool.remove() }
        let wide = Data([0xfe, 0xff, 0x00, 0x31, 0x66, 0x2f])
        try wide.write(
            to: URL(fileURLWithPath: spool.folder + "/in/IN20231114_221320_00_+8613800000001_00.txt"))
        try Data("!".utf8).write(
            to: URL(fileURLWithPath: spool.folder + "/in/IN20231114_221320_00_+8613800000001_01.txt"))
        try Data(repeating: 0x31, count: ModemInbox.fileSizeLimit + 1).write(
            to: URL(fileURLWithPath: spool.folder + "/in/IN20231114_221321_00_+8613800000002_00.txt"))
        try Data("other".utf8).write(to: URL(fileURLWithPath: spool.folder + "/in/notes.txt"))
        let inbox = try #require(ModemInbox(spool.settings))
        #expect(inbox.read(at: Date()).isEmpty)
        #expect(
            inbox.read(at: Date() + 5) == [ModemInbox.Message(sender: "+8613800000001", text: "1是!")])
        #expect(spool.names("in") == ["notes.txt"])
        for number in 0...ModemInbox.lookLimit {
            let file = "/in/IN20231114_\(100_000 + number)_00_+8613800000001_00.txt"
            try Data("1".utf8).write(to: URL(fileURLWithPath: spool.folder + file))
        }
        #expect(inbox.read(at: Date() + 5).count == ModemInbox.lookLimit)
        inbox.answer("好", to: "+8613800000001", at: 1_700_000_000_123)
        #expect(spool.names("out") == ["OUTB20231114_221320_12_+8613800000001_anju-answer123.txt"])
    }

    @Test func `a message whose file cannot be removed is taken once`() throws {
        let spool = try Spool()
        defer { spool.remove() }
        try Data("1 1234".utf8).write(
            to: URL(fileURLWithPath: spool.folder + "/in/IN20231114_221320_00_+8613800000001_00.txt"))
        let inbox = try #require(ModemInbox(spool.settings))
        #expect(inbox.read(at: Date() + 5, remove: { _ in false }).count == 1)
        #expect(inbox.read(at: Date() + 5, remove: { _ in false }).isEmpty)
        #expect(inbox.read(at: Date() + 5).isEmpty)
    }
}
