import Foundation
import Glibc

/// Tells systemd how we are, over the datagram socket that it names in `NOTIFY_SOCKET` (sd_notify(3)).
public struct ServiceNotifier: Sendable {
    private let address: String?
    /// How often systemd wants to hear from us, from `WATCHDOG_USEC`; nil when it does not watch.
    public let watchdogInterval: Duration?

    /// With the environment of this process.
    public init() { self.init(environment: ProcessInfo.processInfo.environment) }

    /// Makes one from its parts.
    public init(environment: [String: String]) {
        address = environment["NOTIFY_SOCKET"].flatMap { $0.isEmpty ? nil : $0 }
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap(Int64.init).map { .microseconds($0) }
    }

    /// Armed: subscribed, recovered, storing.
    public func ready(_ status: String) { send("READY=1\nSTATUS=\(status)") }

    /// A reload begins; `ready` ends it.
    public func reloading() {
        send("RELOADING=1\nMONOTONIC_USEC=\(GatewayClock.monotonicNanoseconds / 1_000)")
    }

    /// Says that the service is about to end.
    public func stopping() { send("STOPPING=1") }

    /// Batches and deadlines pass the gate.
    public func alive() { send("WATCHDOG=1") }

    /// Says in a few words how the service is.
    public func status(_ text: String) { send("STATUS=\(text)") }

    private func send(_ message: String) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var path = Array(address.utf8)
        // An abstract address is written with @ and means a leading NUL.
        if path.first == UInt8(ascii: "@") { path[0] = 0 }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        guard path.count < MemoryLayout.size(ofValue: name.sun_path) else { return }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: path) }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        let length = socklen_t(offset + path.count + (path.first == 0 ? 0 : 1))
        // The pointers do not outlive the call.
        _ = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { target in
                Array(message.utf8).withUnsafeBytes { bytes in
                    sendto(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_NOSIGNAL), target, length)
                }
            }
        }
    }
}
