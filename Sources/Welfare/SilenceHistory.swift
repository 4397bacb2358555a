/// What a home taught about its own silences: eight weeks of them, and the alert line that they draw.
///
/// The line follows the inactivity profiles of Cuddihy, Weisenberg, Graichen and Ganesh ("Algorithm to
/// automatically detect abnormally long periods of inactivity in a home", HealthNet 2007) and of Floeck and
/// Litz ("Inactivity patterns and alarm generation in senior citizens' houses", ECC 2009): a high quantile of
/// the silences of the same time of day, and a margin above it. Three things are ours:
/// - A silence is compared with silences after the same *last sign* (bed taken, kitchen motion, chair
///   left), so that a night in bed does not loosen the line for the kitchen.
/// - Below a share of the longest silences of the home, and of those after the same sign at any hour, the
/// line   never goes: what is rare would cry wolf there and win next to nothing.
/// - The margin is not chosen: each silence is held against the line *before* it is learned, and what the
///   largest of these surprises say about larger ones to come sets the margin (see `Surprises`).
///
/// Robust: the quantile is the mean of the longest few (one, and one more each fortnight), so that one odd
/// day moves it little; what came twice on the same weekday is a habit and counts in full.
///
/// Bounded: 4 bytes for each of at most `recordLimit` silences and of `Surprises.limit` surprises, about
/// 2.2 kB for a home that is never quiet; 20,000 homes need at most 45 MB. A line costs one pass over the
/// records.
public struct SilenceHistory: Hashable, Sendable {
    /// The most silences that are kept; the oldest leaves first.
    public static let recordLimit = 512
    /// Devices that are told apart; those above share the last context.
    public static let deviceLimit = 64
    /// Shorter silences teach nothing, and the line never goes below it, in minutes.
    public static let notableMinutes = 15
    /// Silences older than this are forgotten.
    static let keptDays = 56
    /// Days of living before the learned line replaces the fixed limits.
    public static let coldDays = 7

    /// How far apart two silences of the same time of day may begin, in minutes.
    static let windowMinutes = 260
    /// The line never goes below this share of the long silences of the home, before the margin.
    static let floorPercent = 20
    /// Nor below this share of the long silences after the same sign at any time of day.
    static let signFloorPercent = 20
    /// Silences from which nothing can be told about the next one.
    static let fewRecords = 10

    /// Silences, the oldest first.
    private(set) var records: [SilenceRecord] = []
    /// How far silences went beyond the line that was known before them.
    private(set) var surprises = Surprises()
    /// The local day of the first sign; nil before it.
    private(set) var firstDay: Int32?

    /// Starts knowing nothing.
    public init() {}

    init(records: [SilenceRecord], surprises: Surprises, firstDay: Int32?) {
        self.records = records
        self.surprises = surprises
        self.firstDay = firstDay
    }

    /// Whether there was ever a sign of life.
    var isBegun: Bool { firstDay != nil }

    /// How many whole days the home is known.
    public func daysKnown(on day: Int) -> Int { firstDay.map { max(0, day - Int($0)) } ?? 0 }

    /// Takes in that the home is alive on this day.
    mutating func begin(on day: Int) {
        if firstDay == nil { firstDay = Int32(clamping: day) }
    }

    /// Learns a silence that ended with a sign of life, the night it began on and what came before it.
    mutating func learn(_ context: SilenceContext, minutes: Int) {
        begin(on: context.day)
        guard minutes >= Self.notableMinutes else { return }
        let (day, known) = (context.day, daysKnown(on: context.day))
        if records.count >= Self.fewRecords, known >= Surprises.firstDays {
            surprises.note(minutes: minutes, line: line(for: context), on: day, daysKnown: known)
        }
        if let oldest = records.first, oldest.age(on: context.day) > Self.keptDays {
            records.removeAll { $0.age(on: context.day) > Self.keptDays }
        }
        if records.count == Self.recordLimit { records.removeFirst() }
        records.append(SilenceRecord(context, minutes: minutes))
    }

    /// Takes back a silence that was learned: it was an emergency and is no habit.
    mutating func forget(_ record: SilenceRecord) {
        guard let place = records.lastIndex(of: record) else { return }
        records.remove(at: place)
        surprises.forgetLargest(onDayBits: UInt16(record.bits & 63))
    }

    /// Follows the devices of the home to their new numbers; nil where one is gone.
    mutating func renumber(_ places: [Int?]) {
        for index in records.indices { records[index] = records[index].renumbered(places) }
    }

    /// How long a silence may be, in minutes; nil while the home is not known well enough.
    public func limitMinutes(for context: SilenceContext) -> Int? {
        let known = daysKnown(on: context.day)
        guard known >= Self.coldDays, !records.isEmpty else { return nil }
        let margin = surprises.margin(on: context.day, daysKnown: known)
        return max(Self.notableMinutes, Surprises.minutes(line(for: context), beyondBy: margin))
    }

    /// The line without margin, in minutes.
    func line(for context: SilenceContext) -> Int {
        let fortnights = min(Self.keptDays, daysKnown(on: context.day)) / 14
        var home = LongestSilences(count: fortnights + 1)
        var alike = LongestSilences(count: fortnights + 1)
        var afterSign = LongestSilences(count: fortnights + 1)
        var sameWeekday = LongestSilences(count: 2)
        for record in records {
            home.take(record.minutes)
            guard record.signCode == context.signCode else { continue }
            afterSign.take(record.minutes)
            guard record.minutesApart(from: context.minuteOfDay) < Self.windowMinutes else { continue }
            alike.take(record.minutes)
            if record.weekday(on: context.day) == context.weekday { sameWeekday.take(record.minutes) }
        }
        let floor = max(
            home.shortest * Self.floorPercent / 100, afterSign.mean * Self.signFloorPercent / 100)
        return max(alike.mean, sameWeekday.isFull ? sameWeekday.shortest : 0, floor, Self.notableMinutes)
    }
}
