import Escalation
import GatewayPorts
import SafetyModel

extension IncidentFacts {
    /// What reports count of an incident.
    init(_ incident: Incident) {
        self.init()
        // An acknowledgement that was taken back was an answer all the same: the timeline has the first one.
        let answer = incident.timeline.first { entry in
            switch entry.event {
            case .acknowledged, .onScene, .helpRequested, .closed: true
            default: false
            }
        }
        answeredAt = answer?.at ?? incident.answeredAt
        onSceneAt = incident.timeline.first { $0.event == .onScene }?.at ?? incident.onSceneAt
        disposition = incident.disposition?.name
        causes = incident.alarms.map { alarm in
            Cause(at: alarm.raisedAt, rule: alarm.rule, device: alarm.evidence.first?.device ?? "")
        }
    }
}
