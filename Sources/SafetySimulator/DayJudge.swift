import Escalation
import SafetyModel

/// Compares what came with what the stories demand.
public enum DayJudge {
    /// Everything that is wrong with the day, in words; empty means all is well.
    public static func faults(in book: DayBook, stories: [CastStory], people: [VirtualResponder]) -> [String]
    {
        var faults: [String] = []
        var explained: [Int64] = []
        for cast in stories {
            let kind = cast.story.expectation.kind.name
            let found = book.incidents.first {
                $0.home == cast.home && $0.kind == kind && !explained.contains($0.id)
            }
            guard let record = found else {
                faults.append("\(cast.home): no \(kind) incident came, although \(cast.story.title)")
                continue
            }
            explained.append(record.id)
            faults += judge(record, cast, people)
        }
        for record in book.incidents where !explained.contains(record.id) {
            faults.append("\(record.home): an unexpected \(record.kind) incident (#\(record.id)) was opened")
        }
        return faults
    }

    private static func judge(
        _ record: DayBook.Record, _ cast: CastStory, _ people: [VirtualResponder]
    ) -> [String] {
        let name = "\(cast.home): \(record.kind) incident #\(record.id)"
        let roles = Dictionary(people.map { ($0.id, $0.role) }, uniquingKeysWith: { first, _ in first })
        let reaction = cast.story.reaction
        var faults: [String] = []
        if record.phase != "closed" {
            faults.append("\(name) is \(record.phase), not closed")
        } else if record.disposition != reaction.disposition.name {
            faults.append(
                "\(name) was closed as \(record.disposition ?? "nothing"), not \(reaction.disposition)")
        }
        if let person = record.answeredBy, roles[person] != reaction.role {
            faults.append("\(name) was answered by \(person), who is no \(reaction.role)")
        }
        let atOnce = record.calls.filter { $0.orderedAt == record.openedAt }.compactMap {
            roles[$0.responder]
        }
        for role in cast.story.expectation.toldAtOnce where !atOnce.contains(role) {
            faults.append("\(name): no \(role) was told at the moment of opening")
        }
        if let rule = cast.story.expectation.confirmedBy, !record.alarms.contains("\(record.kind) \(rule)") {
            faults.append("\(name): the rule \(rule) did not confirm it")
        }
        return faults + judgeTurns(record, cast.story.expectation.toldInTurn, roles, name)
    }

    /// Step by step: the roles in their order, each later than the one before.
    private static func judgeTurns(
        _ record: DayBook.Record, _ turns: [Role], _ roles: [String: Role], _ name: String
    ) -> [String] {
        guard !turns.isEmpty else { return [] }
        let times = turns.map { role in record.calls.first { roles[$0.responder] == role }?.orderedAt }
        var faults: [String] = []
        for (index, time) in times.enumerated() {
            guard let time else {
                faults.append("\(name): no \(turns[index]) was told")
                continue
            }
            if index > 0, let before = times[index - 1], before >= time {
                faults.append("\(name): the \(turns[index]) was not told after the \(turns[index - 1])")
            }
        }
        return faults
    }
}
