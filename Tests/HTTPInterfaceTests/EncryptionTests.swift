import Foundation
import GatewayPorts
import Logging
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct EncryptionTests {
    /// A certificate of its own, made by openssl; nil where there is no openssl.
    private struct Pair {
        let folder: URL
        var certificate: String { folder.path + "/certificate.pem" }
        var key: String { folder.path + "/key.pem" }

        init?(name: String) throws {
            guard FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl") else {
                print("skipped: there is no openssl to make a certificate with")
                return nil
            }
            folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try renew(name)
        }

        func renew(_ name: String) throws {
            _ = try EncryptionTests.openssl([
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-days",
                "2", "-subj", "/CN=\(name)", "-keyout", key, "-out", certificate,
            ])
        }
    }

    /// Runs openssl to its end.
    private static func openssl(_ arguments: [String], input: String = "") throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        process.arguments = arguments
        let (given, told) = (Pipe(), Pipe())
        process.standardInput = given
        process.standardOutput = told
        process.standardError = FileHandle.nullDevice
        try process.run()
        given.fileHandleForWriting.write(Data(input.utf8))
        if !input.isEmpty {
            let text = told.fileHandleForReading.readDataToEndOfFile()
            try? given.fileHandleForWriting.close()
            process.waitUntilExit()
            return String(decoding: text, as: UTF8.self)
        }
        try? given.fileHandleForWriting.close()
        let text = told.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    private static func ask(_ port: Int, _ more: [String] = []) -> String {
        let request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        let text = try? openssl(
            ["s_client", "-connect", "127.0.0.1:\(port)", "-ign_eof"] + more, input: request)
        return text ?? ""
    }

    @Test func `with a certificate it speaks TLS 1.2 and above, and nothing else`() async throws {
        guard let pair = try Pair(name: "first") else { return }
        defer { try? FileManager.default.removeItem(at: pair.folder) }
        try await RunningInterface.with(
            FakeGateway(), setup: .init(certificateFile: pair.certificate, keyFile: pair.key)
        ) { client in
            let port = client.port
            let answer = await client.onThread { Self.ask(port) }
            #expect(answer.contains("HTTP/1.1 200 OK"))
            #expect(answer.contains("CN = first") || answer.contains("CN=first"))
            #expect(answer.lowercased().contains("strict-transport-security"))
            let old = await client.onThread { Self.ask(port, ["-tls1_1"]) }
            #expect(!old.contains("HTTP/1.1"))
            let plain = await client.request("GET", "/healthz")
            #expect(plain.status == 0)
        }
    }

    @Test func `a renewed certificate is used after a reload, a broken one is not`() throws {
        guard let pair = try Pair(name: "first") else { return }
        defer { try? FileManager.default.removeItem(at: pair.folder) }
        let certificate = try Certificate(certificateFile: pair.certificate, keyFile: pair.key)
        let first = ObjectIdentifier(certificate.context)
        try pair.renew("second")
        try certificate.renew()
        let second = ObjectIdentifier(certificate.context)
        #expect(first != second)
        try Data("no key".utf8).write(to: URL(fileURLWithPath: pair.key))
        #expect(throws: HTTPSetupError.self) { try certificate.renew() }
        #expect(ObjectIdentifier(certificate.context) == second)
    }

    @Test func `a certificate that cannot be used refuses the interface`() {
        var settings = HTTPSettings()
        settings.certificateFile = "/nonexistent/certificate"
        settings.keyFile = "/nonexistent/key"
        let gateway = FakeGateway()
        #expect(throws: HTTPSetupError.self) {
            _ = try HTTPInterface(
                settings: settings, doors: HTTPDoors(desk: gateway, board: gateway),
                logger: RunningInterface.silent)
        }
    }
}
