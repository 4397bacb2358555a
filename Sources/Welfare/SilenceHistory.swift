/// What a home taught about its own silences: eight weeks of them, and the alert line that they draw.
///
/// The line follows the inactivity profiles of Cuddihy, Weisenberg, Graichen and Ganesh ("Algorithm to
/// automatically detect abnormally long periods of inactivity in a home", HealthNet 2007) and of Floeck and
/// Litz ("Inactivity patterns and alarm generation in senior citizens' houses", ECC 2009): a high quantile of
/// the silences of the same time of day, times a margin. Three things are ours:
/// - A silence is compared with silences after the same *last sign* (bed taken, kitchen motion, chair left),
///   so that a night in bed does not loosen the line for the kitchen.
/// - Below a share of the home's own longest silences the line never goes: rare last signs would cry wolf
///   there and win next to nothing.
/// - The margin is not chosen: each silence is held against the line *before* it is learned, and the margin
///   is the smallest that would have kept the false alerts of the last twelve weeks within the budget.
///
/// Robust: the quantile is the mean of the longest few (one, and one more each fortnight), so that one odd
/// day moves it little; what came twice on the same weekday is a habit and counts in full.
///
/// Bounded: 4 bytes for each of at most `recordLimit` silences and of `excessLimit` excesses, about 2.2 kB
/// for a home that is never quiet; 20,000 homes need at most 45 MB. A line costs one pass over the records.
public struct SilenceHistory: Hashable, Sendable {
    /// The most silences that are kept; the oldest leaves first.
    public static let recordLimit = 512
    /// The most excesses that are kept; the smallest leaves first.
    public static let excessLimit = 24
    /// Devices that are told apart; those above share the last context.
    public static let deviceLimit = 64
    /// Shorter silences teach nothing, and the line never goes below it, in minutes.
    public static let notableMinutes = 15
    /// Silences older than this are forgotten.
    static let keptDays = 56
    /// Excesses older than this are forgotten.
    static let excessDays = 84
    /// Days of living before the learned line replaces the fixed limits.
    public static let coldDays = 7

    /// How far apart two silences of the same time of day may begin, in minutes.
    static let windowMinutes = 120
    /// The line never goes below this share of the home's long silences, before the margin.
    static let floorPercent = 25
    /// False alerts in the past that the margin allows itself, in hundredths a week; those to come are more,
    /// because habits move on.
    static let budgetPercentOfWeek = 15
    /// The margin of a home that is not known for four weeks, at least, in percent.
    static let youngMarginPercent = 150
    /// The margins that experience may choose between, in percent.
    static let marginPercents = 115...200

    /// Silences, the oldest first.
    private(set) var records: [SilenceRecord] = []
    /// How far silences went beyond the line as it stood, without margin.
    private(set) var excesses: [Excess] = []
    /// The local day of the first sign; nil before it.
    private(set) var firstDay: Int32?

    /// A silence that went beyond the line.
    struct Excess: Hashable, Sendable {
        /// Its length in percent of the line without margin.
        var percent: UInt16
        /// The low bits of its local day.
        var day: UInt16
    }

    /// Starts knowing nothing.
    public init() {}

    init(records: [SilenceRecord], excesses: [Excess], firstDay: Int32?) {
        self.records = records
        self.excesses = excesses
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
        if daysKnown(on: context.day) >= Self.coldDays - 2 { learnExcess(context, minutes: minutes) }
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
        // What it went beyond the line by is the largest excess of its day.
        let days = excesses.indices.filter { excesses[$0].day & 63 == UInt16(record.bits & 63) }
        guard let most = days.max(by: { excesses[$0].percent < excesses[$1].percent }) else { return }
        excesses.remove(at: most)
    }

    /// Follows the devices of the home to their new numbers; nil where one is gone.
    mutating func renumber(_ places: [Int?]) {
        for index in records.indices { records[index] = records[index].renumbered(places) }
    }

    private mutating func learnExcess(_ context: SilenceContext, minutes: Int) {
        let percent = minutes * 100 / max(1, line(for: context))
        guard percent > 100 else { return }
        let day = UInt16(truncatingIfNeeded: context.day)
        excesses.removeAll { Int(day &- $0.day) > Self.excessDays }
        let excess = Excess(percent: UInt16(clamping: percent), day: day)
        if excesses.count < Self.excessLimit { return excesses.append(excess) }
        guard let least = excesses.indices.min(by: { excesses[$0].percent < excesses[$1].percent }) else {
            return
        }
        if excesses[least].percent < excess.percent { excesses[least] = excess }
    }

    /// How long a silence may be, in minutes; nil while the home is not known well enough.
    public func limitMinutes(for context: SilenceContext) -> Int? {
        guard daysKnown(on: context.day) >= Self.coldDays, !records.isEmpty else { return nil }
        return line(for: context) * marginPercent(on: context.day) / 100
    }

    /// The margin that experience asks for, in percent of the line.
    func marginPercent(on day: Int) -> Int {
        let days = min(Self.excessDays, daysKnown(on: day))
        let allowed = days * Self.budgetPercentOfWeek / 700
        let largest = excesses.filter { Int(UInt16(truncatingIfNeeded: day) &- $0.day) <= Self.excessDays }
            .map { Int($0.percent) }.sorted(by: >)
        let needed = allowed < largest.count ? largest[allowed] * 103 / 100 : 100
        let asked = days < 28 ? max(needed, Self.youngMarginPercent) : needed
        return min(max(asked, Self.marginPercents.lowerBound), Self.marginPercents.upperBound)
    }

    /// The line without margin, in minutes.
    func line(for context: SilenceContext) -> Int {
        let fortnights = min(Self.keptDays, daysKnown(on: context.day)) / 14
        var home = LongestSilences(count: fortnights + 1)
        var alike = LongestSilences(count: fortnights + 1)
        var sameWeekday = LongestSilences(count: 2)
        for record in records {
            home.take(record.minutes)
            guard record.signCode == context.signCode,
                record.minutesApart(from: context.minuteOfDay) < Self.windowMinutes
            else { continue }
            alike.take(record.minutes)
            if record.weekday(on: context.day) == context.weekday { sameWeekday.take(record.minutes) }
        }
        let floor = home.shortest * Self.floorPercent / 100
        return max(alike.mean, sameWeekday.isFull ? sameWeekday.shortest : 0, floor, Self.notableMinutes)
    }
}
