public import SafetyModel

/// The colour of a visit cycle in the community programmes.
extension VisitCycle {
    /// The colour's word: `red` daily, `orange` weekly, `yellow` monthly, `blue` quarterly, `green`
    /// half-yearly.
    public var colour: String {
        switch self {
        case .daily: "red"
        case .weekly: "orange"
        case .monthly: "yellow"
        case .quarterly: "blue"
        case .halfYearly: "green"
        }
    }

    /// The word for how often: "half-yearly".
    public var name: String {
        switch self {
        case .daily: "daily"
        case .weekly: "weekly"
        case .monthly: "monthly"
        case .quarterly: "quarterly"
        case .halfYearly: "half-yearly"
        }
    }

    /// The words that a file may write, colours first.
    public static let words = allCases.map(\.colour) + allCases.map(\.name)

    /// The cycle of a colour or of a word for how often; nil when the vocabulary does not have it.
    public init?(word: String) {
        guard let found = Self.allCases.first(where: { $0.colour == word || $0.name == word }) else {
            return nil
        }
        self = found
    }
}

/// Why a visit is due.
///
/// The raw value stands in snapshots: never renumber, only append.
public enum VisitReason: UInt8, CaseIterable, Sendable {
    /// The home's own cycle.
    case cycle = 0
    /// A heat wave.
    case heatWave = 1
    /// A festival.
    case festival = 2
    /// A resident's condition or the home's colour changed.
    case change = 3
    /// An incident was closed without having met anybody.
    case noContact = 4

    /// The word for it in HTTP and messages.
    public var name: String { Self.words[self] }

    private static let words = Words<VisitReason>()
}

/// When all homes of the programme are visited beside their cycles.
public struct VisitCalendar: Hashable, Sendable {
    /// Whether a change of condition or colour asks for a visit within a day.
    public var followsChanges: Bool
    /// Days on which it is too hot, in the order of the file.
    public var heatWaves: [HeatWave]
    /// Festivals as days since 1970-01-01, ascending.
    public var festivals: [Int32]

    /// A span of days on which homes are visited every day.
    public struct HeatWave: Hashable, Sendable {
        /// The first and the last day, as days since 1970-01-01.
        public var days: ClosedRange<Int32>
        /// The cycles of the homes concerned; empty means all.
        public var cycles: [VisitCycle]

        /// Makes one from its parts.
        public init(days: ClosedRange<Int32>, cycles: [VisitCycle] = []) {
            self.days = days
            self.cycles = cycles
        }
    }

    /// Makes one from its parts.
    public init(followsChanges: Bool = true, heatWaves: [HeatWave] = [], festivals: [Int32] = []) {
        self.followsChanges = followsChanges
        self.heatWaves = heatWaves
        self.festivals = festivals
    }

    /// The first day from a day on, on which homes of this cycle are visited whatever their cycle says.
    public func firstDay(from day: Int32, for cycle: VisitCycle) -> (day: Int32, reason: VisitReason)? {
        var first: (day: Int32, reason: VisitReason)?
        for wave in heatWaves where wave.days.upperBound >= day {
            guard wave.cycles.isEmpty || wave.cycles.contains(cycle) else { continue }
            let start = max(day, wave.days.lowerBound)
            if start < first?.day ?? .max { first = (start, .heatWave) }
        }
        if let festival = festivals.first(where: { $0 >= day }), festival < first?.day ?? .max {
            first = (festival, .festival)
        }
        return first
    }
}

extension VisitCalendar: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(followsChanges)
        writer.writeEach(heatWaves) { writer, wave in
            writer.write(wave.days.lowerBound)
            writer.write(wave.days.upperBound)
            writer.writeEach(wave.cycles) { $0.write($1.rawValue) }
        }
        writer.writeEach(festivals) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        followsChanges = try reader.readBool()
        heatWaves = try reader.readEach { (reader) throws(ByteCodingError) in
            let first = try reader.read(Int32.self)
            let last = try reader.read(Int32.self)
            guard first <= last, last < .max else { throw reader.failure("the days of a heat wave") }
            return HeatWave(
                days: first...last,
                cycles: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readCase() })
        }
        festivals = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Int32.self) }
    }
}
