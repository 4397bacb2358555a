import GatewayPorts
import SafetyCore
import SafetyModel
import Welfare

/// What a home's visit cycle asks for now, as lists and reports show it.
struct VisitLine: Hashable, Sendable {
    /// How often the home is visited, as the site spells it.
    var colour: String
    /// When the next visit is due.
    var due: WallTime?
    /// How far it has come; nil where none is asked for now.
    var state: VisitQuery.State?
    /// The newest visit.
    var last: LastVisit?
    /// Why it is due, in words.
    var reason = ""

    /// A visit that took place.
    struct LastVisit: Hashable, Sendable {
        var at: WallTime
        var by: String
        var way: String
        var result: String
    }

    /// What the machine can tell of a home's visits; nil where none was ever asked for.
    static func of(_ home: HomeIndex, in view: MachineView) -> VisitLine? {
        let known = view.visitState(of: home)
        guard known.cycle != nil || known.reason != nil || known.lastRecord != nil else { return nil }
        var line = VisitLine(colour: known.cycle?.colour ?? "none")
        line.due = known.dueUntil.map { view.wall($0) }
        line.state = VisitQuery.State(rawValue: known.standing.name)
        line.reason = known.reason?.name ?? ""
        line.last = known.lastRecord.flatMap { record in
            record.at.map {
                LastVisit(at: $0, by: record.by, way: record.way.name, result: record.result.name)
            }
        }
        return line
    }

    /// What a home's line shows.
    func writeSummary(into json: inout JSONText) {
        json.key("colour")
        json.value(colour)
        json.key("due")
        json.value(optional: due)
        json.key("state")
        json.value(state?.rawValue ?? "none")
    }

    /// The members of an entry of the list of visits, behind its home.
    func write(into json: inout JSONText) {
        writeSummary(into: &json)
        json.key("lastVisit")
        if let last {
            json.object { json in
                json.key("at")
                json.value(last.at)
                json.key("by")
                json.value(last.by)
                json.key("way")
                json.value(last.way)
                json.key("result")
                json.value(last.result)
            }
        } else {
            json.null()
        }
        json.key("reason")
        json.value(reason)
    }
}
