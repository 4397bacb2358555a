import Alarming
import Escalation
import SafetyCore
import SafetyModel
import Welfare

extension TinySite {
    /// A flat with a motion sensor, a bed and an outside door, whose silence is watched.
    static func watched(_ welfare: WelfarePlan = WelfarePlan(inactivity: InactivityPlan())) -> TinySite {
        let home = HomeIndex(1)
        var site = TinySite(supervision: .zero)
        site.settings.silenceCeiling = .hours(72)
        site.more = [
            Device(id: "motion", home: home, place: "living room", profile: "p", signals: [.motion]),
            Device(id: "bed", home: home, place: "bedroom", profile: "p", signals: [.bed]),
        ]
        site.welfare = welfare
        return site
    }
}

extension Observation {
    static let motion = Observation(.motion, .flag(true))
    static let still = Observation(.motion, .flag(false))
}

extension Rehearsal {
    /// Somebody passes the motion sensor.
    mutating func move() {
        say("motion", .motion)
        say("motion", .still)
    }

    /// Somebody opens and closes the outside door.
    mutating func useDoor() {
        say("door", .open)
        say("door", .shut)
    }

    /// Days of moving every half hour from seven to ten in the evening, from a morning at eight on.
    mutating func live(days: Int) {
        for _ in 0..<days {
            for _ in 0..<28 {
                move()
                wait(.minutes(30))
            }
            move()
            wait(.hours(9))
            move()
            wait(.hours(1))
        }
    }

    /// The welfare alarms of h1 that are active, by rule.
    var worries: [String] {
        machine.home(HomeIndex(1)).register.alarms.filter { $0.isActive && $0.rule.hasPrefix("welfare/") }
            .map { String($0.rule.dropFirst("welfare/".count)) }
    }

    /// How often a kind was raised so far.
    func count(_ kind: AlarmKind) -> Int {
        incidents.flatMap(\.alarms).count { $0.kind == kind }
    }

    /// Waits until a welfare alarm of a rule stands, in steps of a minute; nil when it does not come in time.
    mutating func waitFor(_ worry: String, atMost limit: Duration) -> Duration? {
        var waited = Duration.zero
        while waited <= limit {
            if worries.contains(worry) { return waited }
            wait(.minutes(1))
            waited += .minutes(1)
        }
        return nil
    }
}
