/// Writes logs of homes that never were: seeded, with weekends, guests, holidays and shifts of habit.
struct SyntheticHome {
    var days = 60
    /// Later to bed and up by so many minutes from the middle on.
    var shiftMinutes = 0
    /// Days on which nobody is at home.
    var holidays: Range<Int> = 0..<0
    /// A guest leaves through the door every third evening while the resident stays.
    var hasGuests = false

    private var random: SplitMix
    private var lines: [(minute: Double, text: String)] = []

    /// A small generator of the tests' own.
    private struct SplitMix: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }

    init(seed: UInt64) { random = SplitMix(state: seed) }

    /// The log as CASAS lines.
    mutating func text() -> [UInt8] {
        for day in 0..<days { live(day) }
        let sorted = lines.sorted { $0.minute < $1.minute }
        return Array(sorted.map { "\(Self.stamp($0.minute))\t\($0.text)\n" }.joined().utf8)
    }

    private mutating func live(_ day: Int) {
        if holidays.contains(day) { return }
        let isWeekend = day % 7 >= 5
        let shift = Double(day >= days / 2 ? shiftMinutes : 0) + (isWeekend ? 60 : 0)
        let midnight = Double(day) * 1_440
        let wake = midnight + 420 + shift + vary(30)
        let bed = midnight + 1_350 + shift + vary(30)
        var minute = wake
        let leaves = midnight + 600 + vary(60)
        let returns = leaves + 90 + vary(40)
        let isOut = !isWeekend
        while minute < bed {
            if isOut, minute >= leaves, minute < returns {
                useDoor(at: minute)
                useDoor(at: returns)
                minute = returns + 1
                continue
            }
            let isAfternoon = minute > midnight + 780 && minute < midnight + 900
            motion(isAfternoon ? "LivingRoom" : "Kitchen", at: minute)
            minute += isAfternoon ? 35 + abs(vary(30)) : 6 + abs(vary(12))
        }
        if hasGuests, day % 3 == 0 { useDoor(at: bed - 2) }
        motion("Bathroom", at: bed)
        motion("Bedroom", at: bed + 3)
        motion("Bathroom", at: bed + 220 + vary(60))
        motion("Bedroom", at: bed + 290)
        if holidays.contains(day + 1) { useDoor(at: bed + 400) }
    }

    private mutating func vary(_ width: Double) -> Double {
        Double.random(in: -width...width, using: &random)
    }

    private mutating func motion(_ sensor: String, at minute: Double) {
        lines.append((minute, "\(sensor)\tON"))
        lines.append((minute + 0.1, "\(sensor)\tOFF"))
    }

    private mutating func useDoor(at minute: Double) {
        lines.append((minute, "FrontDoor\tOPEN"))
        lines.append((minute + 0.2, "FrontDoor\tCLOSE"))
    }

    /// Date and time of a minute after Monday 2024-01-01, for a year that ends before 2025.
    private static func stamp(_ minute: Double) -> String {
        let lengths = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        var day = Int(minute / 1_440)
        var month = 0
        while day >= lengths[month] {
            day -= lengths[month]
            month += 1
        }
        let seconds = Int(minute * 60) % 86_400
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "2024-\(two(month + 1))-\(two(day + 1)) "
            + "\(two(seconds / 3_600)):\(two(seconds / 60 % 60)):\(two(seconds % 60))"
    }
}
