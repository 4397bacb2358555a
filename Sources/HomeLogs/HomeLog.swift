/// What an instrumented home recorded: one event a line, in the order of time.
///
/// Times are the local clock's as the log shows them. Where a clock is put back in autumn, the hour that
/// comes twice is folded into one; where it is put forward, a silence looks an hour longer.
public struct HomeLog: Sendable {
    /// The sensors that were met, in the order of their first line.
    public var sensors: [Sensor] = []
    /// What they said, in the order of time.
    public var events: [Entry] = []
    /// Lines that say something about the home or are broken; headings and empty lines do not count.
    public var lineCount = 0
    /// Lines that could not be read.
    public var brokenCount = 0
    /// The first of them.
    public var broken: [BrokenLine] = []
    /// Lines whose value is no known word; they prove nothing.
    public var unknownValueCount = 0
    /// Lines that stood before an earlier one.
    public var unsortedCount = 0

    /// The most broken lines that are named; the others are counted.
    public static let namedBrokenLimit = 20

    /// Times in which the recorder of the home was off; nobody heard anything.
    public var gaps: [Gap] = []

    /// Starts empty.
    public init() {}

    /// A time without a single line, by the local clock in milliseconds.
    public struct Gap: Hashable, Sendable {
        /// The last line before it.
        public var from: Int64
        /// The first line after it.
        public var until: Int64
    }

    /// A sensor of the home.
    public struct Sensor: Hashable, Sendable {
        /// Its name in the log.
        public var name: String
        /// Where it is, in the log's words; may be empty.
        public var place: String
        /// How many events of it can be signs of life.
        public var signCount = 0
        /// Whether it says open and closed.
        public var isContact = false
    }

    /// One event.
    public struct Entry: Hashable, Sendable {
        /// The local clock in milliseconds since 1970-01-01T00:00.
        public var localMilliseconds: Int64
        /// The place of its sensor in `sensors`.
        public var sensor: Int
        /// What it means.
        public var meaning: Meaning
        /// Whether it went on, opened, was taken.
        public var isOn: Bool
    }

    /// What an event can mean.
    public enum Meaning: UInt8, Sendable {
        /// Proves nothing: a number, the end of a motion.
        case nothing = 0
        case motion = 1
        case contact = 2
        case occupancy = 3
        case act = 4
    }

    /// A line that could not be read.
    public struct BrokenLine: Hashable, Sendable {
        /// From 1.
        public var line: Int
        /// What is wrong with it.
        public var text: String
    }
}

/// Why a log cannot be used at all.
public enum HomeLogError: Error, Hashable, Sendable {
    /// It is compressed.
    case compressed
    /// No line of it is an event.
    case empty(firstBroken: HomeLog.BrokenLine?)
    /// It has no sensor of this name.
    case noSuchDoor(String, candidates: [String])

    /// The error as a sentence.
    public var sentence: String {
        switch self {
        case .compressed: "The log is compressed; unpack it first: gunzip --keep FILE."
        case .empty(let line?):
            "The log has no sensor event; line \(line.line): \(line.text). Expected are lines of date, time, "
                + "sensor, value, or of start, end, location, type, place."
        case .empty(nil): "The log has no sensor event; it is empty."
        case .noSuchDoor(let name, let candidates):
            "No sensor is called \(name); the log has \(candidates.joined(separator: ", "))."
        }
    }
}
