import SafetyModel

/// How a person who lives alone spends a day: where to next and for how long, by the hour.
struct DailyRoutine: Hashable, Sendable {
    private(set) var whereabouts: Whereabouts = .asleep
    var random: SplitMix

    init(random: SplitMix) { self.random = random }

    /// Where the resident is.
    enum Whereabouts: Hashable, Sendable {
        case asleep
        case room(String)
        case out

        /// The place whose sensors notice the resident, if any.
        var place: String? {
            switch self {
            case .asleep: "bedroom"
            case .room(let place): place
            case .out: nil
            }
        }
    }

    /// Goes somewhere else.
    ///
    /// - Returns: how long the stay there lasts.
    mutating func move(hour: Int) -> Duration {
        whereabouts = next(hour: hour)
        return stay(hour: hour)
    }

    /// Is somewhere because a story says so.
    mutating func appear(in place: String) { whereabouts = .room(place) }

    /// How long until a sensor of the room notices the resident again.
    mutating func untilStirring() -> Duration {
        switch whereabouts {
        case .asleep: random.span(seconds: 1_500...5_400)
        case .room: random.span(seconds: 70...420)
        case .out: .hours(24)
        }
    }

    private mutating func next(hour: Int) -> Whereabouts {
        if hour >= 22 || hour < 6 { return whereabouts == .asleep ? .room("bathroom") : .asleep }
        if whereabouts == .asleep { return .room("bathroom") }
        let choices = Self.habits(hour: hour).filter { $0.choice != whereabouts }
        return random.pick(choices)
    }

    private mutating func stay(hour: Int) -> Duration {
        switch whereabouts {
        case .asleep:
            hour >= 22 || hour < 6
                ? random.span(seconds: 7_000...14_000) : random.span(seconds: 2_400...5_400)
        case .room("bathroom"): random.span(seconds: 200...900)
        case .room: random.span(seconds: 500...2_700)
        case .out: random.span(seconds: 2_400...9_600)
        }
    }

    private static func habits(hour: Int) -> [(choice: Whereabouts, weight: Int)] {
        let kitchen = Whereabouts.room("kitchen")
        let living = Whereabouts.room("living room")
        let bathroom = Whereabouts.room("bathroom")
        return switch hour {
        case ..<8: [(kitchen, 45), (living, 30), (bathroom, 20), (.room("bedroom"), 5)]
        case 8..<11: [(.out, 30), (living, 40), (kitchen, 15), (bathroom, 15)]
        case 11..<13: [(kitchen, 55), (living, 30), (bathroom, 15)]
        case 13..<15: [(.asleep, 35), (living, 45), (bathroom, 10), (kitchen, 10)]
        case 15..<17: [(.out, 30), (living, 50), (bathroom, 15), (kitchen, 5)]
        case 17..<19: [(kitchen, 55), (living, 30), (bathroom, 15)]
        default: [(living, 65), (bathroom, 15), (kitchen, 15), (.room("bedroom"), 5)]
        }
    }
}
