import Dispatch
import Foundation
public import SafetyModel
import Synchronization

/// Reads the text messages that gammu-smsd took in, and puts answers into its outbox.
///
/// It looks every two seconds, on a thread of its own. A file that was read is removed: the folder belongs to
/// the gateway. Parts of one message, told apart by the last number of their names, are joined.
public final class ModemInbox: Sendable {
    /// A text that came in.
    public struct Message: Hashable, Sendable {
        /// The sender's number as the network gives it.
        public var sender: String
        /// What it says.
        public var text: String
    }

    private let folder: String
    private let spool: ModemSpool
    private let isEnded = Mutex(false)
    /// Files that were taken and could not be removed: nobody acts twice on one message.
    private let kept = Mutex<Set<String>>([])

    /// The most messages read in one look; the rest waits for the next.
    static let lookLimit = 100
    /// The most bytes of a file; a larger one is removed unread.
    static let fileSizeLimit = 16_384
    private static let lookInterval = 2.0
    /// gammu-smsd may still be writing a younger file.
    private static let settledAge = 1.0

    /// The inbox of a modem; nil when it has none.
    public init?(_ settings: ModemSettings) {
        guard let inbox = settings.inbox else { return nil }
        folder = inbox
        spool = ModemSpool(settings: settings)
    }

    /// Begins to look; `take` is called on the inbox's thread for each message.
    public func start(_ take: @escaping @Sendable (Message) -> Void) {
        let thread = Thread { [weak self] in
            while let self, !self.isEnded.withLock({ $0 }) {
                for message in self.read(at: Date()) { take(message) }
                Thread.sleep(forTimeInterval: Self.lookInterval)
            }
        }
        thread.name = "anju-inbox"
        thread.start()
    }

    /// Stops looking.
    public func stop() { isEnded.withLock { $0 = true } }

    /// Sends an answer; nobody waits for it and it is not repeated.
    ///
    /// - Parameter now: milliseconds since 1970 by the wall clock; it stands in the file's name.
    public func answer(_ text: String, to sender: String, at now: Int64 = WallClock.milliseconds()) {
        guard let number = TelephoneNumber(sender) else { return }
        let name = ModemSpool.name(priority: "B", at: now, number: number, note: "answer\(now % 1_000)")
        _ = spool.put(ShortText.fit(text.onOneLine, ending: ""), as: name)
    }

    /// Takes out what has come in, in the order of the files' names.
    ///
    /// - Parameter remove: removes a file, and says whether it is gone.
    func read(at now: Date, remove: (String) -> Bool = { unlink($0) == 0 }) -> [Message] {
        let listed = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var kept = kept.withLock { $0.intersection(listed) }
        defer { self.kept.withLock { $0 = kept } }
        let names = listed.filter { $0.hasPrefix("IN") && !kept.contains($0) && isSettled($0, at: now) }
            .sorted()
        var messages: [Message] = []
        var lastStem: Substring = ""
        for name in names.prefix(Self.lookLimit) {
            let path = folder + "/" + name
            // IN20021130_021531_00_+45409000931640979_00.txt
            let parts = name.dropLast(4).split(separator: "_", omittingEmptySubsequences: false)
            if parts.count == 5, name.hasSuffix(".txt"), let text = Self.text(of: path) {
                let stem = name.prefix(name.count - parts[4].count - 4)
                if stem == lastStem, !messages.isEmpty {
                    messages[messages.count - 1].text += text
                } else {
                    messages.append(Message(sender: String(parts[3]), text: text))
                }
                lastStem = stem
            }
            if !remove(path) { kept.insert(name) }
        }
        return messages
    }

    private func isSettled(_ name: String, at now: Date) -> Bool {
        let attributes = try? FileManager.default.attributesOfItem(atPath: folder + "/" + name)
        guard let changed = attributes?[.modificationDate] as? Date else { return false }
        return abs(now.timeIntervalSince(changed)) >= Self.settledAge
    }

    private static func text(of path: String) -> String? {
        guard let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: fileSizeLimit + 1), bytes.count <= fileSizeLimit else {
            return nil
        }
        return decoded(Array(bytes))
    }

    /// The text of a file: UTF-16 with a byte order mark (`InboxFormat = unicode`), else UTF-8.
    static func decoded(_ bytes: [UInt8]) -> String {
        guard bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) else {
            return String(decoding: bytes, as: UTF8.self)
        }
        let low = bytes[0] == 0xff ? 0 : 1
        let units = stride(from: 2, to: bytes.count - 1, by: 2).map {
            UInt16(bytes[$0 + low]) | UInt16(bytes[$0 + 1 - low]) << 8
        }
        return String(decoding: units, as: UTF16.self)
    }
}
