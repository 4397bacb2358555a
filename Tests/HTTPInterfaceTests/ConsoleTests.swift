import Foundation
import GatewayPorts
import HTTPTypes
import SafetyModel
import Testing

@testable import HTTPInterface

@Suite(.serialized, .timeLimit(.minutes(10))) struct ConsoleTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/HTTPInterface")

    @Test func `the console in the program is the one in its folder`() async throws {
        let folder = Self.sources.appending(path: "Console").path
        let fresh = ConsoleFiles(folder: folder)
        #expect(ConsoleFiles.embedded.names == fresh.names, "Run Sources/CConsole/embed")
        #expect(fresh.names.contains("index.html"))
        try await RunningInterface.with(FakeGateway()) { client in
            for name in fresh.names {
                let answer = await client.request("GET", name == "index.html" ? "/" : "/" + name)
                #expect(answer.status == 200, "\(name)")
                let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
                #expect(answer.headers["content-length"] == "\(bytes.count)", "\(name)")
            }
        }
    }

    @Test func `a file is sent once and asked for by its tag after that`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let first = await client.request("GET", "/")
            #expect(first.status == 200)
            let tag = try #require(first.headers["etag"])
            let again = await client.request("GET", "/", headers: ["If-None-Match: \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            #expect(await client.request("HEAD", "/").body.isEmpty)
            #expect(await client.request("POST", "/").status == 405)
        }
    }

    @Test(arguments: [
        "/assets/../../etc/passwd", "/assets/..%2f..%2fetc/passwd", "/assets/", "/assets", "//etc/passwd",
        "/index.html/", "/secret.txt", "/assets/secret.key", "/a", "/a/", "/a/x/y",
    ])
    func `what is no file of the console is not there`(path: String) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let assets = folder.appendingPathComponent("assets")
        try FileManager.default.createDirectory(at: assets, withIntermediateDirectories: true)
        for (name, text) in [
            ("index.html", "<p>"), ("secret.txt", "x"), ("assets/secret.key", "x"), ("assets/a.js", "1"),
        ] {
            try Data(text.utf8).write(to: folder.appendingPathComponent(name))
        }
        let setup = RunningInterface.Setup(consoleFolder: folder.path)
        try await RunningInterface.with(FakeGateway(), setup: setup) { client in
            #expect(await client.request("GET", "/assets/a.js").body == "1")
            #expect(await client.request("GET", path).status == 404)
        }
    }

    @Test func `above fileByteLimit a file and above fileCountLimit the last files are left out`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let assets = folder.appendingPathComponent("assets")
        try FileManager.default.createDirectory(at: assets, withIntermediateDirectories: true)
        for number in 0...ConsoleFiles.fileCountLimit {
            let name = String(10_000 + number) + ".js"
            try Data("1".utf8).write(to: assets.appendingPathComponent(name))
        }
        #expect(ConsoleFiles(folder: folder.path).names.count == ConsoleFiles.fileCountLimit - 1)
        try Data(count: ConsoleFiles.fileByteLimit + 1).write(to: folder.appendingPathComponent("index.html"))
        #expect(!ConsoleFiles(folder: folder.path).names.contains("index.html"))
        try Data(count: ConsoleFiles.fileByteLimit).write(to: folder.appendingPathComponent("index.html"))
        #expect(ConsoleFiles(folder: folder.path).names.contains("index.html"))
    }

    @Test(arguments: ["/", "/healthz", "/api/v1/incidents", "/a/x", "/nothing"])
    func `every answer forbids what browsers could be used for`(path: String) async throws {
        try await RunningInterface.with(FakeGateway(), setup: .init(keys: FakeKeys())) { client in
            let answer = await client.request("GET", path)
            #expect(answer.headers["x-content-type-options"] == "nosniff")
            #expect(answer.headers["x-frame-options"] == "DENY")
            #expect(answer.headers["referrer-policy"] == "no-referrer")
            let policy = answer.headers["content-security-policy"] ?? ""
            #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
        }
    }

    @Test func `the description has every endpoint and no other`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let paths = try #require(
                await client.request("GET", "/api/v1/openapi.json").json["paths"] as? [String: [String: Any]])
            let described = paths.flatMap { path, methods in
                methods.keys.map { $0.uppercased() + " " + path }
            }
            let answered = Endpoint.all.map { $0.method.rawValue + " " + $0.path }
            #expect(described.sorted() == answered.sorted())
        }
    }

    @Test func `the description says truly who needs what`() async throws {
        try await RunningInterface.with(FakeGateway()) { client in
            let paths = try #require(
                await client.request("GET", "/api/v1/openapi.json").json["paths"]
                    as? [String: [String: [String: Any]]])
            for endpoint in Endpoint.all {
                let operation = try #require(paths[endpoint.path]?[endpoint.method.rawValue.lowercased()])
                let security = try #require(operation["security"] as? [[String: Any]])
                let schemes = Set(security.flatMap(\.keys))
                let isToken = schemes.contains("bearer")
                #expect(schemes.isEmpty == (endpoint.access == .open), "\(endpoint.path)")
                #expect(
                    isToken == ![.open, .session, .administer].contains(endpoint.access), "\(endpoint.path)")
                // A program has no cookie that a foreign page could use.
                let isUnsafe = endpoint.method != .get && ![.open, .relay].contains(endpoint.access)
                #expect(schemes.contains("csrf") == isUnsafe, "\(endpoint.path)")
            }
        }
    }
}
