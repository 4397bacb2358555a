import Foundation
public import SafetyModel

extension CivilCalendar {
    /// The years before and after a moment for which offsets are computed.
    static let yearsBefore = 1
    static let yearsAfter = 5
    /// The most changes of offset that are kept.
    static let offsetLimit = 64

    /// The offsets of a time zone from a year before a moment to five years after it.
    ///
    /// - Returns: nil when the system knows no time zone of this name.
    public init?(timeZone name: String, around now: WallTime) {
        guard let zone = TimeZone(identifier: name) else { return nil }
        let year = 366.0 * 86_400
        let moment = Date(timeIntervalSince1970: Double(now.milliseconds) / 1_000)
        var from = moment.addingTimeInterval(-year * Double(Self.yearsBefore))
        let end = moment.addingTimeInterval(year * Double(Self.yearsAfter))
        var offsets = [Self.offset(of: zone, at: from)]
        while let next = zone.nextDaylightSavingTimeTransition(after: from), next > from, next < end,
            offsets.count < Self.offsetLimit
        {
            offsets.append(Self.offset(of: zone, at: next))
            from = next
        }
        self.init(offsets: offsets)
    }

    private static func offset(of zone: TimeZone, at date: Date) -> Offset {
        Offset(
            from: WallTime(milliseconds: Int64((date.timeIntervalSince1970 * 1_000).rounded())),
            secondsFromUTC: Int32(zone.secondsFromGMT(for: date)))
    }
}
