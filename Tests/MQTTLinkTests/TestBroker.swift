import Foundation
import Glibc
import Testing

@testable import MQTTLink

/// A real mosquitto with the shipped configuration on a free loopback port.
///
/// A shell holds it: when this process ends, also by a crash, the shell's input ends and it stops the broker.
final class TestBroker {
    static let program = ["/usr/sbin/mosquitto", "/usr/local/sbin/mosquitto", "/opt/homebrew/sbin/mosquitto"]
        .first { (path: String) in access(path, X_OK) == 0 }

    let folder: URL
    let port: UInt16
    private let usesTLS: Bool
    private var shell: Process?
    /// The writing end of the shell's input; no other child inherits it.
    private var leash: Int32 = -1
    private(set) var processID: Int32 = 0
    /// Between making a pipe and marking it no other test may start a process.
    private static let spawning = NSLock()

    static let shipped = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("config/mosquitto")

    /// - Parameter settings: further lines, and replacements of shipped ones that start with the same word.
    init(_ settings: [String: String] = [:], tls: Bool = false) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "anju-broker-\(UUID().uuidString)")
        usesTLS = tls
        port = Self.freePort()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try makeUsers()
        try writeConfiguration(settings)
        try start()
    }

    deinit {
        stop(signal: SIGKILL)
        try? FileManager.default.removeItem(at: folder)
    }

    func start() throws {
        let program = try #require(Self.program, "mosquitto is not installed: apt-get install mosquitto")
        let pidFile = folder.appendingPathComponent("pid").path
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        // The broker does not inherit the leash, only the shell reads it.
        shell.arguments = [
            "-c",
            "\"$0\" -c \"$1\" >>\"$2\" 2>&1 </dev/null & echo $! >\"$3.x\"; mv \"$3.x\" \"$3\"; "
                + "read _; kill -TERM $! 2>/dev/null; wait",
            program, folder.appendingPathComponent("anju.conf").path,
            folder.appendingPathComponent("log").path, pidFile,
        ]
        var ends: [Int32] = [-1, -1]
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        try #require(pipe(&ends) == 0)
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let input = FileHandle(fileDescriptor: ends[0], closeOnDealloc: true)
        shell.standardInput = input
        try? FileManager.default.removeItem(atPath: pidFile)
        try Self.withoutBlockedSignals { try shell.run() }
        self.shell = shell
        leash = ends[1]
        try #require(
            Self.eventually { access(pidFile, R_OK) == 0 && Self.listens(self.port) },
            "mosquitto did not start: \(log)")
        let text = try String(contentsOfFile: pidFile, encoding: .utf8)
        processID = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
        try #require(processID > 0)
    }

    /// Ends the broker and waits for it; the stored sessions stay for `start`.
    func stop(signal: Int32 = SIGTERM) {
        guard processID > 0 else { return }
        kill(processID, signal)
        close(leash)
        shell?.waitUntilExit()
        processID = 0
    }

    var log: String {
        (try? String(contentsOf: folder.appendingPathComponent("log"), encoding: .utf8)) ?? ""
    }

    /// A client with a user of the shipped rights.
    func client(_ user: String = "anju", id: String = UUID().uuidString, password: String = "secret") throws
        -> MQTTClient
    {
        let client = MQTTClient(host: "127.0.0.1", port: port, clientID: id, user: user, password: password)
        try client.connect(timeout: .patience)
        return client
    }

    /// Test threads block signals and children inherit that: mosquitto would never hear SIGTERM.
    private static func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
        var none = sigset_t()
        var before = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        try body()
    }

    static func eventually(_ isDone: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .patience
        while !isDone() {
            if ContinuousClock.now > deadline { return false }
            usleep(5_000)
        }
        return true
    }

    @discardableResult
    static func run(_ program: String, _ arguments: [String], in folder: URL) throws -> Int32 {
        let process = Process()
        spawning.lock()
        defer { spawning.unlock() }
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.currentDirectoryURL = folder
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }

    private func makeUsers() throws {
        let passwords = folder.appendingPathComponent("passwd").path
        for (place, user) in ["anju", "h1", "h2", "wang", "console"].enumerated() {
            try Self.run(
                "mosquitto_passwd", (place == 0 ? ["-c", "-b"] : ["-b"]) + [passwords, user, "secret"],
                in: folder)
        }
        try "secret\n".write(to: folder.appendingPathComponent("password"), atomically: true, encoding: .utf8)
        try FileManager.default.copyItem(
            at: Self.shipped.appendingPathComponent("acl"), to: folder.appendingPathComponent("acl"))
    }

    private func writeConfiguration(_ settings: [String: String]) throws {
        let shipped = try String(
            contentsOf: Self.shipped.appendingPathComponent("anju.conf"), encoding: .utf8)
        var replaced = settings
        replaced["persistence_location"] = folder.path + "/"
        replaced["listener"] = "\(port) 127.0.0.1"
        replaced["password_file"] = folder.appendingPathComponent("passwd").path
        replaced["acl_file"] = folder.appendingPathComponent("acl").path
        if getuid() == 0 { replaced["user"] = "root" }
        if usesTLS {
            for (option, file) in [
                ("cafile", "ca.pem"), ("certfile", "broker.pem"), ("keyfile", "broker.key"),
            ] {
                replaced[option] = folder.appendingPathComponent(file).path
            }
            replaced["require_certificate"] = "true"
            try TestCertificates.make(in: folder)
        }
        var lines: [String] = []
        for line in shipped.split(separator: "\n", omittingEmptySubsequences: false) {
            let word = String(line.prefix { $0 != " " })
            lines.append(replaced.removeValue(forKey: word).map { "\(word) \($0)" } ?? String(line))
        }
        lines += replaced.map { "\($0.key) \($0.value)" }
        try lines.joined(separator: "\n").appending("\n")
            .write(to: folder.appendingPathComponent("anju.conf"), atomically: true, encoding: .utf8)
    }

    /// A free port below those that the system gives to outgoing connections: it stays free while the broker
    /// starts, also again.
    static func freePort() -> UInt16 {
        var port: UInt16?
        while port == nil { port = bound(UInt16.random(in: 10_240..<32_000)) }
        return port ?? 0
    }

    private static func bound(_ port: UInt16) -> UInt16? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = loopback(port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        return result == 0 ? port : nil
    }

    /// A raw connection, for bytes that no library would send; -1 when nobody listens.
    static func connectRaw(_ port: UInt16) -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = loopback(port)
        let length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, length) }
        }
        if result == 0 { return descriptor }
        close(descriptor)
        return -1
    }

    private static func listens(_ port: UInt16) -> Bool {
        let descriptor = connectRaw(port)
        if descriptor >= 0 { close(descriptor) }
        return descriptor >= 0
    }

    private static func loopback(_ port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return address
    }
}

extension Duration {
    /// A time that no busy machine exceeds.
    static let patience = Duration.seconds(120)
}

/// An authority, a broker's certificate for 127.0.0.1 and a client's, made by openssl for one test.
enum TestCertificates {
    static func make(in folder: URL) throws {
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        try openssl(
            ["req", "-x509"] + key + ["-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=test authority"],
            folder)
        try "subjectAltName=IP:127.0.0.1,DNS:localhost".write(
            to: folder.appendingPathComponent("san"), atomically: true, encoding: .utf8)
        for name in ["broker", "client"] {
            try openssl(
                ["req"] + key.dropLast(2) + [
                    "-keyout", "\(name).key", "-out", "\(name).csr", "-subj", "/CN=\(name)",
                ],
                folder)
            try openssl(
                [
                    "x509", "-req", "-in", "\(name).csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                    "-CAcreateserial",
                    "-out", "\(name).pem", "-days", "2", "-extfile", "san",
                ], folder)
        }
    }

    private static func openssl(_ arguments: [String], _ folder: URL) throws {
        let status = try TestBroker.run("openssl", arguments, in: folder)
        try #require(status == 0, "openssl \(arguments.joined(separator: " ")) failed")
    }
}
