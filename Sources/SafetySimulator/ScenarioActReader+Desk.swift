import SafetyModel

extension ScenarioActReader {
    /// What a person at a desk does: opens an incident, shelves a kind, starts a walk test.
    mutating func readDesk() -> ScenarioAct? {
        let form = "desk opens fire in h01 because a neighbour called"
        switch oneOf(["opens", "shelves", "unshelves", "starts", "ends"], form: form) {
        case "opens":
            guard let (kind, home) = readKind(form: form), let note = readReason(form: form) else {
                return nil
            }
            return .deskActs(act: .openIncident(kind: kind, note: note), home: home)
        case "shelves":
            let form = "desk shelves tamper in h01 for 2:00:00 because the door is repaired"
            guard let (kind, home) = readKind(form: form), let span = readSpan(form: form),
                let reason = readReason(form: form)
            else { return nil }
            return .deskActs(act: .shelve(kind: kind, duration: span, reason: reason), home: home)
        case "unshelves":
            guard let (kind, home) = readKind(form: "desk unshelves tamper in h01") else { return nil }
            return .deskActs(act: .unshelve(kind: kind), home: home)
        case "starts":
            let form = "desk starts walk-test in h01 for 10:00"
            guard take("walk-test", form: form), let home = readPlace(form: form),
                let span = readSpan(form: form)
            else { return nil }
            return .deskActs(act: .startWalkTest(duration: span), home: home)
        case "ends":
            let form = "desk ends walk-test in h01"
            guard take("walk-test", form: form), let home = readPlace(form: form) else { return nil }
            return .deskActs(act: .endWalkTest, home: home)
        default: return nil
        }
    }

    private mutating func readKind(form: String) -> (AlarmKind, ScenarioWord)? {
        guard let kind = scanner.word() else {
            return refuse("The kind of alarm is missing", fix: "Write `\(form)`.").flatMap { _ in nil }
        }
        return readPlace(form: form).map { (AlarmKind(kind.text), $0) }
    }

    private mutating func readPlace(form: String) -> ScenarioWord? {
        guard take("in", form: form) else { return nil }
        guard let home = scanner.word() else {
            _ = refuse("The home is missing", fix: "Write `\(form)`.")
            return nil
        }
        return home
    }

    private mutating func readSpan(form: String) -> Duration? {
        guard take("for", form: form) else { return nil }
        let word = scanner.word()
        guard let span = word.flatMap({ ScenarioTime.read($0.text) }) else {
            _ = refuse("A span of time is missing", fix: "Write \(ScenarioTime.form): `\(form)`.")
            return nil
        }
        return span
    }

    private mutating func readReason(form: String) -> String? {
        take("because", form: form) ? scanner.rest().text : nil
    }
}
