import Foundation
import SafetyModel
import Testing

@testable import SiteConfiguration

@Suite struct UserReadingTests {
    /// The usual work, with a salt and a hash of their lengths.
    static let hash =
        "$scrypt$ln=15,r=8,p=3$RsMVVWzFqHodBoxCKbodZA$H+tKfkaT/4En7U3aCJTRresKeUpJ7CxyeRwCfcZqWhQ"

    private func site(
        _ users: String, http: String = "http: {token_file: tokens, public_url: 'https://a.example'}"
    )
        throws -> LoadResult
    {
        var site = SampleSite()
        site.anju += "\n" + http
        site.others["users.yaml"] = "users:\n" + users
        return try site.load()
    }

    @Test func `users are read with their role, responder and hash`() throws {
        let result = try site(
            """
              - {user: zhang, name: 张三, role: dispatcher, responder: centre-1, password: "\(Self.hash)"}
              - {user: boss, role: administrator, password: "\(Self.hash)"}
            """)
        #expect(result.diagnostics.map(\.text) == [])
        let users = try #require(result.installation?.settings.users)
        #expect(users.map(\.id) == ["zhang", "boss"])
        #expect(users[0].name == "张三" && users[1].name == "boss")
        #expect(users[0].responder == "centre-1" && users[1].responder == nil)
        #expect(users[0].role == .dispatcher)
        let password = users[0].password
        #expect(password.costLog == 15 && password.blockSize == 8 && password.parallelism == 3)
        #expect(password.salt.count == 16 && password.key.count == 32 && password.key.first == 0x1F)
    }

    @Test func `users survive the stored form of the site`() throws {
        let result = try site("  - {user: boss, role: administrator, password: \"\(Self.hash)\"}")
        let installation = try #require(result.installation)
        var writer = ByteWriter()
        writer.write(installation)
        var reader = ByteReader(writer.bytes)
        let read = try Installation(from: &reader)
        #expect(read.settings == installation.settings)
        #expect(read.settings.users.count == 1 && read.settings.http?.publicURL == "https://a.example")
    }

    @Test(
        arguments: [
            ("{user: a, role: boss, password: H}", "boss"),
            ("{user: a, role: dispatchr, password: H}", "Did you mean `dispatcher`?"),
            ("{user: a, password: H}", "`role` is missing"),
            ("{role: viewer, password: H}", "`user` is missing"),
            ("{user: a, role: viewer}", "`password` is missing"),
            ("{user: a, role: viewer, password: hunter2}", "is not a line of `anju password`"),
            ("{user: a, role: viewer, passwort: H}", "Did you mean `password`?"),
            ("{user: a, role: viewer, responder: centre-2, password: H}", "Did you mean `centre-1`?"),
        ])
    func `a user that is wrong is told with what to write instead`(user: String, text: String) throws {
        let result = try site("  - " + user.replacingOccurrences(of: "H", with: "\"\(Self.hash)\""))
        let errors = result.diagnostics.filter { $0.severity == .error }.map(\.text)
        #expect(errors.contains { $0.contains(text) }, "\(errors)")
        #expect(!errors.contains { $0.contains("hunter2") })
    }

    @Test(
        arguments: [
            ("$scrypt$ln=12,r=8,p=3$", "too little work"), ("$scrypt$ln=15,r=1,p=3$", "too little work"),
            ("$scrypt$ln=18,r=8,p=1$", "more work or memory"),
            ("$scrypt$ln=15,r=8,p=16$", "more work or memory"),
            ("$scrypt$ln=99,r=8,p=1$", "more work or memory"), ("$scrypt$ln=15,r=8$", "is not a line"),
            ("$scrypt$ln=15,r=8,p=3,ln=9$", "is not a line"), ("$bcrypt$ln=15,r=8,p=3$", "is not a line"),
        ])
    func `a hash that is weak or too dear is refused`(head: String, text: String) throws {
        let rest = Self.hash.split(separator: "$").suffix(2).joined(separator: "$")
        let result = try site("  - {user: a, role: administrator, password: \"\(head)\(rest)\"}")
        #expect(result.diagnostics.contains { $0.severity == .error && $0.text.contains(text) })
        #expect(result.installation == nil)
    }

    @Test(arguments: [
        ("RsMVVWzFqHodBoxCKbod", "salt"), (String(repeating: "A", count: 90), "salt"),
    ])
    func `a salt of another length is refused`(salt: String, text: String) throws {
        let hash = Self.hash.replacingOccurrences(of: "RsMVVWzFqHodBoxCKbodZA", with: salt)
        let result = try site("  - {user: a, role: administrator, password: \"\(hash)\"}")
        #expect(result.diagnostics.contains { $0.severity == .error && $0.text.contains(text) })
    }

    @Test func `the work of a hash lies between its bounds`() {
        func weakness(_ cost: UInt8, _ block: UInt8, _ parallelism: UInt8) -> ScryptHash.Weakness? {
            ScryptHash(
                costLog: cost, blockSize: block, parallelism: parallelism,
                salt: Array(repeating: 0, count: 16), key: Array(repeating: 0, count: 32)
            ).weakness
        }
        #expect(weakness(13, 8, 10) == nil && weakness(13, 8, 9) == .tooCheap)
        #expect(weakness(16, 8, 2) == nil && 128 * 8 * (1 << 16) == ScryptHash.memoryLimit)
        #expect(weakness(17, 8, 1) == .tooDear && weakness(16, 9, 2) == .tooDear)
        #expect(weakness(15, 8, 12) == nil && 8 * 12 * (1 << 15) == ScryptHash.workLimit)
        #expect(weakness(15, 8, 13) == .tooDear)
    }

    @Test func `the same user twice is an error that names both places`() throws {
        let one = "  - {user: a, role: administrator, password: \"\(Self.hash)\"}\n"
        let result = try site(one + one)
        let twice = result.diagnostics.filter { $0.text.contains("already a user `a` at") }
        #expect(twice.map(\.place.line) == [3])
        #expect(twice.first?.text.contains("users.yaml:2:") == true)
    }

    @Test func `above userLimit users are too many`() throws {
        let users = (0...Limits.userLimit).map {
            "  - {user: u\($0), role: administrator, password: \"\(Self.hash)\"}"
        }
        let result = try site(users.joined(separator: "\n"))
        #expect(result.diagnostics.contains { $0.severity == .error && $0.text.contains("users") })
    }

    @Test func `a file with users that everybody may read is an error`() throws {
        var sample = SampleSite()
        sample.anju += "\nhttp: {token_file: tokens, public_url: 'https://a.example'}"
        sample.others["users.yaml"] = "users:\n  - {user: a, role: administrator, password: \"\(Self.hash)\"}"
        sample.modes["users.yaml"] = 0o644
        let result = try sample.load()
        #expect(result.diagnostics.map(\.text).contains { $0.contains("chmod 640") })
        #expect(result.installation == nil)
    }

    @Test func `users without an administrator or without http are warned about`() throws {
        let user = "  - {user: a, role: viewer, password: \"\(Self.hash)\"}"
        #expect(try site(user).diagnostics.contains { $0.text.contains("No user is an administrator") })
        #expect(try site(user, http: "").diagnostics.contains { $0.text.contains("Nobody can sign in") })
    }

    @Test(
        arguments: [
            ("{host: 0.0.0.0, token_file: tokens}", .error, "reachable from outside without TLS"),
            ("{host: 192.0.2.1, token_file: tokens, allow_plain_http: true}", .warning, "without TLS"),
            ("{host: 192.0.2.1, token_file: tokens, certificate_file: tokens}", .error, "belong together"),
            ("{token_file: tokens}", .warning, "responders answer with a code by SMS instead"),
            ("{token_file: tokens, public_url: a.example}", .error, "no address that a telephone can open"),
            ("{token_file: tokens, public_url: 'https://a.example/x'}", .error, "has a path"),
            ("{token_file: tokens, public_url: 'https://a.example/?x'}", .error, "no address"),
            ("{token_file: tokens, public_url: 'http://a.example'}", .warning, "not encrypted"),
            ("{public_url: 'https://a.example'}", .warning, "no `token_file`"),
            ("{token_file: tokens, key_file: tokens, certificate_file: missing}", .error, "cannot be read"),
            ("{tokens_file: tokens}", .error, "Did you mean `token_file`?"),
        ] as [(String, Diagnostic.Severity, String)])
    func `what is unsafe about http is told with its remedy`(
        http: String, severity: Diagnostic.Severity, text: String
    ) throws {
        let result = try site(
            "  - {user: a, role: administrator, password: \"\(Self.hash)\"}", http: "http: " + http)
        let found = result.diagnostics.filter { $0.severity == severity && $0.text.contains(text) }
        #expect(found.count == 1, "\(result.diagnostics.map(\.text))")
        #expect(found.first?.fix.isEmpty == false)
    }

    @Test func `with certificate and key it may listen anywhere`() throws {
        let result = try site(
            "  - {user: a, role: administrator, password: \"\(Self.hash)\"}",
            http: "http: {host: 0.0.0.0, token_file: tokens, certificate_file: tokens, key_file: tokens, "
                + "public_url: 'https://a.example:8443/'}")
        #expect(result.diagnostics.map(\.text) == [])
        #expect(result.installation?.settings.http?.publicURL == "https://a.example:8443")
        #expect(result.installation?.settings.http?.allowsPlainHTTP == false)
    }
}
