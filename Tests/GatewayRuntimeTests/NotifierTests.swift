import Foundation
import Glibc
import SafetyModel
import Testing

@testable import GatewayRuntime

/// A datagram socket as systemd has one.
final class NotificationSocket: Sendable {
    let path: String
    private let descriptor: Int32

    /// - Parameter path: where it stands; with @ in front an abstract one.
    init(_ path: String) throws {
        self.path = path
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        var bytes = Array(path.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (bytes.first == 0 ? 0 : 1))
        let result = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        try #require(result == 0)
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The next message; nil when none comes.
    func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
    }
}

@Suite struct NotifierTests {
    @Test(arguments: [false, true])
    func `systemd hears what it must, over a path and over an abstract name`(_ isAbstract: Bool) throws {
        let folder = try TestFolder()
        let socket = try NotificationSocket(
            isAbstract ? "@anju-test-\(UUID().uuidString)" : folder.path + "/notify")
        let notifier = ServiceNotifier(environment: [
            "NOTIFY_SOCKET": socket.path, "WATCHDOG_USEC": "30000000",
        ])
        #expect(notifier.watchdogInterval == .seconds(30))
        notifier.ready("armed")
        #expect(socket.next() == "READY=1\nSTATUS=armed")
        notifier.reloading()
        let reloading = try #require(socket.next()).split(separator: "\n")
        #expect(reloading.first == "RELOADING=1")
        #expect(reloading.last.flatMap { Int64($0.dropFirst("MONOTONIC_USEC=".count)) } ?? 0 > 0)
        notifier.alive()
        #expect(socket.next() == "WATCHDOG=1")
        notifier.status("安居")
        #expect(socket.next() == "STATUS=安居")
        notifier.stopping()
        #expect(socket.next() == "STOPPING=1")
    }

    @Test(arguments: [
        [:], ["NOTIFY_SOCKET": ""], ["NOTIFY_SOCKET": "/nonexistent/socket", "WATCHDOG_USEC": "soon"],
        ["NOTIFY_SOCKET": String(repeating: "x", count: 500)],
    ])
    func `without systemd nothing happens`(_ environment: [String: String]) {
        let notifier = ServiceNotifier(environment: environment)
        #expect(notifier.watchdogInterval == nil)
        notifier.ready("armed")
        notifier.alive()
    }
}
