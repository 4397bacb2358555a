import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

/// Against aiosmtpd, with an authority that the test makes itself.
@Suite(.serialized, .timeLimit(.minutes(5))) struct MailTests {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    static let python = LeashedProgram.path(root + "/.build/test-python/bin/python")
    private static let missing = Comment(rawValue: "no Python tools: run Tests/python-tools")

    /// A server that takes mail, and its folder.
    private struct Server {
        let folder: String
        let program: LeashedProgram

        init(_ mode: String, name: String = "localhost") throws {
            folder = try LeashedProgram.folder()
            if mode != "plain" { try Self.makeCertificates(in: folder, name: name) }
            let script = MailTests.root + "/Tests/counterparts/mail-server.py"
            program = try LeashedProgram([#require(MailTests.python), script, folder, mode])
        }

        private static func makeCertificates(in folder: String, name: String) throws {
            let script = """
                cd "$1" && openssl req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 \
                -subj /CN=tests -addext basicConstraints=critical,CA:TRUE && \
                openssl req -newkey rsa:2048 -nodes -keyout key.pem -out cert.csr -subj /CN="$2" && \
                printf 'subjectAltName=DNS:%s' "$2" >ext && \
                openssl x509 -req -in cert.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 \
                -extfile ext -out cert.pem
                """
            let code = try LeashedProgram.run(["/bin/sh", "-c", script, "sh", folder, name])
            #expect(code == 0)
        }

        func settings(_ security: MailSettings.Security, password: String = "pass word") async throws
            -> MailSettings
        {
            let portFile = folder + "/port"
            try await eventually { FileManager.default.fileExists(atPath: portFile) }
            var mail = MailSettings(host: "localhost", sender: "anju@example.org")
            mail.port = try #require(UInt16(String(contentsOfFile: portFile, encoding: .utf8)))
            mail.security = security
            guard security != .none else { return mail }
            mail.authorityFile = folder + "/ca.pem"
            mail.user = "anju"
            mail.passwordFile = folder + "/password"
            try password.write(toFile: folder + "/password", atomically: true, encoding: .utf8)
            return mail
        }

        func stop() {
            program.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }

    private func channel(_ mail: MailSettings, timeout: Duration = .seconds(60)) throws -> QueuedChannel {
        try QueuedChannel(
            ChannelSettings(name: "mail", audience: .private, timeout: timeout, way: .mail(mail)), mail: mail,
            in: Examples.surroundings(publicURL: "https://anju.example"), now: { 1_700_000_001_999 })
    }

    @Test(
        .enabled(if: python != nil, missing),
        arguments: [("starttls", MailSettings.Security.startTLS), ("tls", .tls)])
    func `a mail in Chinese arrives over TLS, as Python's own reader reads it`(
        _ mode: String, _ security: MailSettings.Security
    ) async throws {
        let server = try Server(mode)
        defer { server.stop() }
        let channel = try channel(await server.settings(security))
        #expect(try await channel.result(of: Examples.rich(address: "wang@example.org")) == .delivered)
        await channel.shutdown()
        let file = server.folder + "/mail-1"
        try await eventually { FileManager.default.fileExists(atPath: file) }
        let read = try Self.read(file)
        #expect(read["X-Envelope"] == "anju@example.org wang@example.org")
        #expect(read["X-Tls"] == "True")
        #expect(read["Subject"] == "安居：火警（报警）")
        #expect(read["From"] == "anju@example.org")
        #expect(read["Date"] == "Tue, 14 Nov 2023 22:13:21 +0000")
        #expect(read["Message-ID"] == "<12-3.1700000000123.gw-1@example.org>")
        #expect(read["Importance"] == "high")
        let body = read["body"] ?? ""
        #expect(body.hasPrefix("火警 · 3-2-501 · 厨房 \"灶台\"\n级别：生命安全　时间：06:13　编号：12\nhttps://anju.example/a/"))
    }

    /// The headers and the text as Python's mail library reads them.
    private static func read(_ file: String) throws -> [String: String] {
        let script = """
            import email, email.policy, json, sys
            mail = email.message_from_bytes(open(sys.argv[1], "rb").read(), policy=email.policy.default)
            out = {key: str(value) for key, value in mail.items()}
            out["body"] = mail.get_content()
            json.dump(out, open(sys.argv[2], "w"))
            """
        let output = file + ".json"
        #expect(try LeashedProgram.run([#require(python), "-c", script, file, output]) == 0)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: output))
        return try JSONDecoder().decode([String: String].self, from: bytes)
    }

    @Test(
        .enabled(if: python != nil, missing),
        arguments: [
            ("unknown@example.org", DeliveryReport.Result.rejected(reason: "answered 550")),
            ("busy@example.org", .failed(reason: "answered 451")),
            ("wang", .rejected(reason: "the address is no mail address")),
            ("wang@example.org>\r\nBcc: <x@y", .rejected(reason: "the address is no mail address")),
        ])
    func `refusals are told apart`(_ address: String, _ result: DeliveryReport.Result) async throws {
        let server = try Server("starttls")
        defer { server.stop() }
        let channel = try channel(await server.settings(.startTLS))
        #expect(try await channel.result(of: Examples.rich(address: address)) == result)
        await channel.shutdown()
    }

    @Test(.enabled(if: python != nil, missing))
    func `nothing is said to a server that is not whom it should be`() async throws {
        let server = try Server("starttls", name: "somebody.example")
        defer { server.stop() }
        let channel = try channel(await server.settings(.startTLS))
        #expect(
            try await channel.result(of: Examples.rich(address: "wang@example.org"))
                == .rejected(reason: "the server's certificate is not trusted"))
        await channel.shutdown()
        #expect(!FileManager.default.fileExists(atPath: server.folder + "/mail-1"))
    }

    @Test(.enabled(if: python != nil, missing))
    func `a server without TLS gets neither password nor mail`() async throws {
        let server = try Server("plain")
        defer { server.stop() }
        var mail = try await server.settings(.none)
        let open = try channel(mail)
        #expect(try await open.result(of: Examples.rich(address: "wang@example.org")) == .delivered)
        await open.shutdown()
        mail.security = .startTLS
        let closed = try channel(mail)
        #expect(
            try await closed.result(of: Examples.rich(address: "wang@example.org"))
                == .rejected(reason: "the server offers no TLS"))
        await closed.shutdown()
    }

    @Test(.enabled(if: python != nil, missing))
    func `a wrong password is final, a slow server is given up in time`() async throws {
        let server = try Server("starttls")
        defer { server.stop() }
        let wrong = try channel(await server.settings(.startTLS, password: "wrong"))
        #expect(
            try await wrong.result(of: Examples.rich(address: "wang@example.org"))
                == .rejected(reason: "the server refuses the login"))
        await wrong.shutdown()
        let slow = try channel(await server.settings(.startTLS), timeout: .seconds(2))
        #expect(
            try await slow.result(of: Examples.rich(address: "slow@example.org"))
                == .failed(reason: "timed out"))
        await slow.shutdown()
    }

    @Test func `a server that is not there fails`() async throws {
        let (socket, port) = try Sockets.bind()
        defer { close(socket) }
        var mail = MailSettings(host: "127.0.0.1", sender: "anju@example.org")
        mail.port = UInt16(port)
        let channel = try channel(mail)
        #expect(
            try await channel.result(of: Examples.rich(address: "wang@example.org"))
                == .failed(reason: "connection refused"))
        await channel.shutdown()
    }

    @Test func `headers are ASCII lines of at most lineLimit characters`() {
        let mail = MailMessage(
            sender: "a@b", recipient: "c@d", subject: String(repeating: "火警👵", count: 40) + "\r\nBcc: x@y",
            text: String(repeating: "长", count: 500), id: "1@a", sentAt: 0, isPressing: false)
        let lines = String(decoding: mail.bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(mail.bytes.allSatisfy { $0 < 0x80 })
        #expect(lines.allSatisfy { $0.utf8.count <= MailMessage.lineLimit })
        #expect(!lines.contains { $0.hasPrefix("Bcc") })
        #expect(lines.contains("Date: Thu, 01 Jan 1970 00:00:00 +0000"))
        #expect(MailMessage.encodedWords("plain subject") == "plain subject")
        #expect(!MailMessage.isAddress(String(repeating: "a", count: MailMessage.addressLimit) + "@b"))
    }
}
