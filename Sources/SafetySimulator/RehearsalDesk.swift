import Alarming
import SafetyCore
import SafetyModel

/// What people suspended in homes, in the words of a trace.
struct RehearsalDesk {
    private var known: [HomeIndex: Suspensions] = [:]

    /// What ended or was tested since the last question.
    mutating func news(in machine: SafetyMachine, of homes: [HomeIndex]) -> [(home: String, words: String)] {
        var news: [(home: String, words: String)] = []
        for home in homes {
            let name = machine.compiled.site.community.homes[home.int].id
            let now = machine.home(home).suspensions
            let before = known[home] ?? Suspensions()
            known[home] = now
            let devices = machine.compiled.site.community.devices[machine.compiled.devices(of: home)]
            for shelf in before.shelves where now.shelf(of: shelf.kind) == nil {
                let count = shelf.withheld == 1 ? "1 alarm" : "\(shelf.withheld) alarms"
                news.append((name, "\(shelf.kind.name) is shelved no more, \(count) kept back"))
            }
            guard let test = now.walkTest else { continue }
            let isSame = before.walkTest?.startedAt == test.startedAt
            let listed = isSame ? before.walkTest?.tested ?? [] : []
            for entry in test.tested where !listed.contains(entry) {
                let device = entry.device.map { devices[devices.startIndex + $0].id } ?? "home"
                news.append((name, "tried: \(entry.kind.name), \(device)"))
            }
            if isSame, before.isTesting, !now.isTesting { news.append((name, "the walk test ends")) }
        }
        return news
    }

    static func words(for act: DeskCommand.Act) -> String {
        switch act {
        case .openIncident(let kind, let note): "opens \(kind.name): \(note)"
        case .shelve(let kind, let span, let reason):
            "shelves \(kind.name) for \(ScenarioTime.text(span)): \(reason)"
        case .unshelve(let kind): "unshelves \(kind.name)"
        case .startWalkTest(let span): "starts a walk test for \(ScenarioTime.text(span))"
        case .endWalkTest: "ends the walk test"
        }
    }
}
