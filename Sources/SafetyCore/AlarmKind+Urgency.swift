import Correlation
import SafetyModel

extension AlarmKind {
    /// Kinds that stand for a hazard to life whatever found them.
    static let lifeSafetyKinds: [AlarmKind] = [.fire, .gas, .co, .sos, .fall, .buildingFire]

    /// How pressing a kind is where no rule of the site says it; nil for a kind that nobody knows.
    fileprivate var ownUrgency: Urgency? {
        if Self.lifeSafetyKinds.contains(self) { return .lifeSafety }
        switch self {
        case .waterLeak, .inactivity, .vitals, .wandering, .homeUnprotected, .helpNeeded: return .urgent
        case .areYouWell, .noCheckIn, .wristbandOff, .doorOpen, .doorNotOpened, .serviceCall,
            .visitOverdue:
            return .routine
        case .deviceTest, .chatter, .sensorConflict, .deviceLost, .deviceNeverSeen, .bridgeLost, .batteryLow,
            .tamper, .deviceFault, .deviceClock, .undecoded, .matchesForgotten:
            return .technical
        default: return nil
        }
    }
}

extension CompiledSite {
    /// How pressing an alarm of a kind is that a person raises; nil for a kind that nobody knows.
    func urgency(ofKind kind: AlarmKind) -> Urgency? {
        var found = kind.ownUrgency
        for rule in book.rules where rule.alarm == kind { found = min(found ?? rule.urgency, rule.urgency) }
        return found
    }

    /// Whether alarms of a kind must reach people whatever anybody asks for.
    func isNeverShelved(_ kind: AlarmKind) -> Bool {
        kind == .homeUnprotected || kind == .gatewayTrouble || urgency(ofKind: kind) == .lifeSafety
    }
}
