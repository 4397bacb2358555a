import Escalation
import Foundation
import GatewayPorts
import SafetyModel

/// The folders through which gammu-smsd and we exchange files: its service `files`.
///
/// A message is `OUT<priority><date>_<time>_<serial>_<number>_<note>.txt`; gammu-smsd takes the files of the
/// outbox in the order of their names and moves each, under the same name, to the sent or the error folder.
/// Texts are written as UTF-16 with a byte order mark, which it knows from any other coding.
struct ModemSpool: Sendable {
    let settings: ModemSettings

    /// How long an unsent message may lie in the outbox; an older one would be news of the past.
    static let outboxAgeLimit = Duration.minutes(30)
    /// How long what was sent or failed is kept, personal as it is.
    static let keptAgeLimit = Duration.hours(24)
    private static let mark = "_anju-"

    /// What became of a message.
    enum Fate: Equatable { case waiting, sent, failed, gone }

    /// The name of an order's file: the same for every try, so that a slow modem does not send it twice.
    func name(for order: NotificationOrder, to number: TelephoneNumber, gateway: String) -> String {
        let priority = ["A", "B", "C", "D"][Int(order.urgency.rawValue)]
        let note = gateway.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(16)
        return Self.name(
            priority: priority, at: order.orderedAt.milliseconds, number: number,
            note: "\(note)-\(order.id.text)")
    }

    /// The name of a file.
    static func name(priority: String, at milliseconds: Int64, number: TelephoneNumber, note: String)
        -> String
    {
        // `2023-11-14T22:13:20.123Z` without its marks.
        let time = WallTime(milliseconds: milliseconds).rfc3339.filter(\.isNumber)
        let (day, clock, serial) = (time.prefix(8), time.dropFirst(8).prefix(6), time.dropFirst(14).prefix(2))
        return "OUT\(priority)\(day)_\(clock)_\(serial)_\(number.text)\(mark)\(note).txt"
    }

    /// Puts a message into the outbox, in one step; one that is there or was sent already is left alone.
    ///
    /// - Returns: why it cannot be, in words; nil when it lies there.
    func put(_ text: String, as name: String) -> String? {
        guard fate(of: name) == .gone || fate(of: name) == .failed else { return nil }
        try? FileManager.default.removeItem(atPath: path(settings.errors, name))
        // gammu-smsd takes names that begin with OUT only.
        let draft = path(settings.outbox, ".draft-" + name)
        let bytes = Data([0xff, 0xfe]) + text.utf16.flatMap { [UInt8($0 & 0xff), UInt8($0 >> 8)] }
        guard
            FileManager.default.createFile(
                atPath: draft, contents: bytes, attributes: [.posixPermissions: 0o660])
        else { return "the outbox cannot be written" }
        guard rename(draft, path(settings.outbox, name)) == 0 else {
            unlink(draft)
            return "the outbox cannot be written"
        }
        return nil
    }

    /// Where a message is now.
    func fate(of name: String) -> Fate {
        if exists(settings.sent, name) { return .sent }
        if exists(settings.errors, name) { return .failed }
        if exists(settings.outbox, name) { return .waiting }
        // It may have been moved between the looks.
        if exists(settings.sent, name) { return .sent }
        return exists(settings.errors, name) ? .failed : .gone
    }

    /// Removes what of ours is too old: unsent news of the past, and what was sent.
    func sweep(at now: Date) {
        for (folder, age) in [
            (settings.outbox, Self.outboxAgeLimit), (settings.sent, Self.keptAgeLimit),
            (settings.errors, Self.keptAgeLimit),
        ] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where name.contains(Self.mark) {
                let attributes = try? FileManager.default.attributesOfItem(atPath: path(folder, name))
                guard let changed = attributes?[.modificationDate] as? Date else { continue }
                let limit = Double(age.wholeMilliseconds) / 1_000
                if now.timeIntervalSince(changed) > limit { unlink(path(folder, name)) }
            }
        }
    }

    private func exists(_ folder: String, _ name: String) -> Bool { access(path(folder, name), F_OK) == 0 }

    private func path(_ folder: String, _ name: String) -> String { folder + "/" + name }
}
