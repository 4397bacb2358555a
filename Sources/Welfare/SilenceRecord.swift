/// When a silence began and after which sign.
public struct SilenceContext: Hashable, Sendable {
    /// The local day on which it began, from 1970-01-01.
    var day: Int
    /// The local minute of the day at which it began.
    var minuteOfDay: Int
    /// Which device gave the sign before it, and whether it went on or off.
    var signCode: UInt8

    init(day: Int, minuteOfDay: Int, signCode: UInt8) {
        self.day = day
        self.minuteOfDay = minuteOfDay
        self.signCode = signCode
    }

    /// The context of a silence that begins with this sign.
    public init(after sign: SignOfLife, at moment: WelfareMoment) {
        let device = min(max(0, sign.device), SilenceHistory.deviceLimit - 1)
        self.init(
            day: moment.day, minuteOfDay: moment.minuteOfDay,
            signCode: UInt8(device << 1) | (sign.isOn ? 1 : 0))
    }

    /// Whether a sign's code stands for all devices above the limit.
    static func isShared(_ signCode: UInt8) -> Bool { signCode >> 1 == UInt8(SilenceHistory.deviceLimit - 1) }

    /// A sign's code after its home's devices got new numbers; a device that is gone shares the last one.
    static func renumbered(_ signCode: UInt8, _ places: [Int?]) -> UInt8 {
        let device = Int(signCode >> 1)
        guard !isShared(signCode), device < places.count else { return signCode }
        let last = SilenceHistory.deviceLimit - 1
        return UInt8(min(places[device] ?? last, last) << 1) | signCode & 1
    }

    /// Days since a Thursday, modulo 7; only equality means something.
    var weekday: Int { ((day % 7) + 7) % 7 }
}

/// One silence in four bytes: 8 bits of start (ten minutes each), 7 of last sign, 11 of minutes, 6 of day.
struct SilenceRecord: Hashable, Sendable {
    var bits: UInt32

    /// Longer silences are kept as this long: 34 hours.
    static let minutesLimit = 2_047

    init(bits: UInt32) { self.bits = bits }

    init(_ context: SilenceContext, minutes: Int) {
        let start = UInt32(min(max(0, context.minuteOfDay), 1_439) / 10)
        let length = UInt32(min(max(0, minutes), Self.minutesLimit))
        let day = UInt32(truncatingIfNeeded: context.day) & 63
        bits = start << 24 | UInt32(context.signCode & 127) << 17 | length << 6 | day
    }

    /// The same after the home's devices got new numbers.
    func renumbered(_ places: [Int?]) -> SilenceRecord {
        let code = UInt32(SilenceContext.renumbered(signCode, places))
        return SilenceRecord(bits: bits & ~(127 << 17) | code << 17)
    }

    /// The start in minutes of the day, rounded to the middle of ten minutes.
    var startMinute: Int { Int(bits >> 24) * 10 + 5 }
    var signCode: UInt8 { UInt8(bits >> 17 & 127) }
    var minutes: Int { Int(bits >> 6 & 2_047) }

    /// Days from the silence to a day, 0 to 63; silences are forgotten before it turns over.
    func age(on day: Int) -> Int { Int((UInt32(truncatingIfNeeded: day) &- bits) & 63) }

    func weekday(on day: Int) -> Int { (((day - age(on: day)) % 7) + 7) % 7 }

    /// Minutes on the clock between two starts, 0 to 720.
    func minutesApart(from minute: Int) -> Int {
        let apart = abs(startMinute - minute) % 1_440
        return min(apart, 1_440 - apart)
    }
}

/// The longest few of some silences.
struct LongestSilences {
    /// How many are kept.
    private let count: Int
    /// The longest so far, in falling order.
    private var longest: [Int] = []

    init(count: Int) { self.count = count }

    mutating func take(_ minutes: Int) {
        if longest.count == count, let least = longest.last, least >= minutes { return }
        longest.insert(minutes, at: longest.firstIndex { $0 < minutes } ?? longest.count)
        if longest.count > count { longest.removeLast() }
    }

    var isFull: Bool { longest.count == count }
    /// The shortest of those kept; 0 when there was none.
    var shortest: Int { longest.last ?? 0 }
    /// Their mean; 0 when there was none.
    var mean: Int { longest.isEmpty ? 0 : longest.reduce(0, +) / longest.count }
}
