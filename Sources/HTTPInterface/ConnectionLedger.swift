import NIOCore
import Synchronization

/// The open connections, at most `connectionLimit`.
///
/// Above the limit the connection that has rested longest is closed in favour of the new one, so that clients
/// which open connections and say nothing never keep anybody out. A connection whose request is being
/// answered is not touched; when all are, the new one is closed.
final class ConnectionLedger: Sendable {
    private let connectionLimit: Int
    private let entries = Mutex<[ObjectIdentifier: Entry]>([:])

    private struct Entry {
        let channel: any Channel
        var restingSince: NIODeadline?
    }

    init(connectionLimit: Int) { self.connectionLimit = connectionLimit }

    /// Takes a new connection in.
    func open(_ channel: any Channel) {
        let victim: (any Channel)? = entries.withLock { entries in
            var victim: (any Channel)?
            if entries.count >= connectionLimit {
                victim = Self.longestResting(entries) ?? channel
                if let victim { entries[ObjectIdentifier(victim)] = nil }
            }
            if victim !== channel {
                entries[ObjectIdentifier(channel)] = Entry(channel: channel, restingSince: .now())
            }
            return victim
        }
        victim?.close(promise: nil)
    }

    /// Notes that a request has been read and is being answered, or that the answer is out.
    func setAnswering(_ isAnswering: Bool, _ channel: any Channel) {
        entries.withLock { $0[ObjectIdentifier(channel)]?.restingSince = isAnswering ? nil : .now() }
    }

    func close(_ channel: any Channel) {
        entries.withLock { $0[ObjectIdentifier(channel)] = nil }
    }

    /// Open connections now.
    var count: Int { entries.withLock { $0.count } }

    private static func longestResting(_ entries: [ObjectIdentifier: Entry]) -> (any Channel)? {
        var longest: (channel: any Channel, since: NIODeadline)?
        for entry in entries.values {
            guard let since = entry.restingSince else { continue }
            if longest.map({ since < $0.since }) ?? true { longest = (entry.channel, since) }
        }
        return longest?.channel
    }
}
