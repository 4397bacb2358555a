/// How far silences went beyond the line of their home, and the margin that follows.
///
/// Each silence is held against the line as it stood before it. Distances are taken between square roots of
/// minutes: a long silence varies by more minutes than a short one and by fewer percent. The margin is where
/// the tail of these surprises comes down to the budget of false alerts, told from the largest few by the
/// estimator of Weissman ("Estimation of parameters and large quantiles based on the k largest observations",
/// JASA 1978); while they are few, a usual tail is mixed in. So a home whose days are alike gets a narrow
/// margin, a restless one a wide one, and neither needs a constant of its own.
///
/// What surprised a line that knew next to nothing says nothing about the line of today: only the later half
/// of the time that the home is known counts, twelve weeks at most.
struct Surprises: Hashable, Sendable {
    /// The most surprises that are kept; the smallest leaves first.
    static let limit = 24
    /// Days before the first surprise.
    static let firstDays = 2
    /// Surprises older than this are forgotten.
    static let keptDays = 84
    /// False alerts that the margin allows itself, in hundredths a week; those to come are more, because
    /// habits move on.
    static let budgetPercentOfWeek = 15
    /// The largest few that tell the tail.
    static let tailCount = 10
    /// The mean step of a usual tail, in square roots of minutes, and how many surprises it weighs.
    static let usualStep = 0.71
    static let usualWeight = 4
    /// Silences further below their line than this are all alike: how far below says nothing about the tail.
    static let leastDistance = -3.0
    /// The margin of a home that has not surprised yet.
    static let blankMargin = 7.75

    /// A silence beyond, or nearly as long as, the line.
    struct Surprise: Hashable, Sendable {
        /// The distance, in hundredths of a square root of a minute; negative below the line.
        var distance: Int16
        /// The low bits of its local day.
        var day: UInt16
    }

    /// The largest, in falling order.
    private(set) var largest: [Surprise] = []

    init() {}

    init(largest: [Surprise]) { self.largest = largest }

    /// Takes in how a silence compares with its line.
    mutating func note(minutes: Int, line: Int, on day: Int, daysKnown: Int) {
        let distance = max(Self.leastDistance, Double(minutes).squareRoot() - Double(line).squareRoot())
        let rounded = Int16(clamping: Int((distance * 100).rounded()))
        let span = Self.span(daysKnown: daysKnown)
        largest.removeAll { Self.age($0, on: day) > span }
        let place = largest.firstIndex { $0.distance < rounded } ?? largest.count
        guard place < Self.limit else { return }
        largest.insert(Surprise(distance: rounded, day: UInt16(truncatingIfNeeded: day)), at: place)
        if largest.count > Self.limit { largest.removeLast() }
    }

    /// Takes back the largest of a day, known by the low six bits.
    mutating func forgetLargest(onDayBits bits: UInt16) {
        guard let place = largest.firstIndex(where: { $0.day & 63 == bits }) else { return }
        largest.remove(at: place)
    }

    /// The distance beyond the line that the budget asks for, in square roots of minutes; never negative.
    func margin(on day: Int, daysKnown: Int) -> Double {
        let span = Self.span(daysKnown: daysKnown)
        let distances = largest.filter { Self.age($0, on: day) <= span }.map { Double($0.distance) / 100 }
        let count = min(Self.tailCount, distances.count - 1)
        guard count >= 1 else { return Self.blankMargin }
        let allowed = Double(span * Self.budgetPercentOfWeek) / 700
        let start = distances[count]
        let steps = distances.prefix(count).reduce(0) { $0 + $1 - start }
        let step =
            (steps + Self.usualStep * Double(Self.usualWeight)) / Double(count + Self.usualWeight)
        return max(0, start + step * max(0, Self.naturalLogarithm(Double(count) / allowed)))
    }

    /// A line and a distance beyond it, in minutes.
    static func minutes(_ line: Int, beyondBy margin: Double) -> Int {
        let root = Double(line).squareRoot() + margin
        return Int(min(root * root, Double(SilenceRecord.minutesLimit)))
    }

    /// The days that count: the later half of those known.
    static func span(daysKnown: Int) -> Int {
        max(1, min(keptDays, daysKnown - max(firstDays, daysKnown / 2)))
    }

    private static func age(_ surprise: Surprise, on day: Int) -> Int {
        Int(UInt16(truncatingIfNeeded: day) &- surprise.day)
    }

    /// The natural logarithm of a positive number, to nine digits: the standard library has none.
    static func naturalLogarithm(_ number: Double) -> Double {
        let part = (number.significand - 1) / (number.significand + 1)
        var power = part
        var sum = 0.0
        for odd in stride(from: 1.0, through: 19, by: 2) {
            sum += power / odd
            power *= part * part
        }
        return 2 * sum + Double(number.exponent) * 0.693_147_180_559_945_3
    }
}
