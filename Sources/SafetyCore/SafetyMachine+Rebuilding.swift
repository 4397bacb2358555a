import Alarming
import Correlation
import Escalation
import SafetyModel

/// For a start that knows only a part of what happened: the incidents that it works out are not those that
/// people know by their numbers.
extension SafetyMachine {
    /// Lets go of every incident; whoever calls it knows from elsewhere which of them people must go on with.
    ///
    /// Keys are armed again. What stands waits for `raiseReleased`.
    public mutating func releaseIncidents() {
        for holder in holders {
            let home = Int(holder.home)
            for incident in homes[home].desk.incidents {
                let rearmed = homes[home].register.reset(incident.id, raiseAgainAt: Self.never)
                for device in rearmed { homes[home].perception.rearm(device: device) }
            }
            homes[home].desk = EscalationDesk()
            if !isWatched(home) { homes[home].register.dropUnhandled() }
            refreshDeadline(home)
        }
        holders.removeAll()
    }

    /// Lets what stood when its incident was let go raise with the next input, as if it had just begun.
    public mutating func raiseReleased() {
        for home in 0..<homes.count {
            let waiting = homes[home].register.alarms.filter { $0.raiseAgainAt == Self.never }
            if waiting.isEmpty { continue }
            for alarm in waiting { homes[home].register.postpone(alarm.id, until: now) }
            refreshDeadline(home)
        }
    }

    /// Numbers incidents and alarms from here on above those that were used before.
    public mutating func countOn(fromIncident incident: Int64, alarm: Int64) {
        nextIncident = max(nextIncident, incident + 1)
        nextAlarm = max(nextAlarm, alarm + 1)
    }

    /// Later than anything: until somebody says otherwise.
    private static let never = Instant(milliseconds: .max)
}
