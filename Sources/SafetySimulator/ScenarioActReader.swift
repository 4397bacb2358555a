import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration

/// Reads what happens on one line, behind its time.
struct ScenarioActReader {
    var scanner: ScenarioScanner
    private(set) var diagnostics: [Diagnostic] = []

    init(scanner: ScenarioScanner) { self.scanner = scanner }

    /// The act, or nil with a diagnostic.
    mutating func read() -> ScenarioAct? {
        guard let subject = scanner.word() else {
            return refuse(
                "Nothing happens at this time", fix: "Write `h01/kitchen-smoke says {\"smoke\": true}`.")
        }
        let act: ScenarioAct? =
            switch subject.text {
            case "link": readLink()
            case "gateway": readGateway()
            case "topic": readTopic()
            case "desk": readDesk()
            default:
                subject.text.contains("/") ? readDevice(subject) : readPersonOrChannel(subject)
            }
        if act != nil, !scanner.isAtEnd {
            let rest = scanner.rest()
            return refuse(at: rest.place, "Nothing may follow here", fix: "Remove `\(rest.text)`.")
        }
        return act
    }

    private mutating func readDevice(_ path: ScenarioWord) -> ScenarioAct? {
        guard take("says", form: "h01/kitchen-smoke says {\"smoke\": true}") else { return nil }
        let (payload, isRetained) = readPayload()
        return .deviceSays(path: path, payload: payload, isRetained: isRetained)
    }

    private mutating func readTopic() -> ScenarioAct? {
        let form = "topic homes/h01/zigbee2mqtt/stranger says {\"smoke\": true}"
        guard let topic = scanner.word(), take("says", form: form) else {
            return diagnostics.isEmpty ? refuse("A topic is missing", fix: "Write `\(form)`.") : nil
        }
        let (payload, isRetained) = readPayload()
        return .topicSays(topic: topic.text, payload: payload, isRetained: isRetained)
    }

    /// Everything to the end of the line, as the device writes it; the word `retained` before it is not part
    /// of it.
    private mutating func readPayload() -> (String, isRetained: Bool) {
        let isRetained = scanner.upcoming == "retained"
        if isRetained { _ = scanner.word() }
        return (scanner.rest().text, isRetained)
    }

    private mutating func readLink() -> ScenarioAct? {
        let word = oneOf(["down", "up"], form: "link down")
        return word.map { .link(isUp: $0 == "up") }
    }

    private mutating func readGateway() -> ScenarioAct? {
        let form = "gateway restarts` or `gateway trouble storeUnavailable begins"
        switch oneOf(["restarts", "stops", "starts", "trouble"], form: form) {
        case "restarts": return .gatewayRestarts
        case "stops": return .gatewayStops
        case "starts": return .gatewayStarts
        case "trouble":
            let kinds = GatewayCondition.Kind.allCases
            guard let name = oneOf(kinds.map(\.name), form: form),
                let kind = kinds.first(where: { $0.name == name }),
                let change = oneOf(["begins", "ends"], form: form)
            else { return nil }
            return .gatewayTrouble(kind, isActive: change == "begins")
        default: return nil
        }
    }

    private mutating func readPersonOrChannel(_ subject: ScenarioWord) -> ScenarioAct? {
        let form = "zhao acknowledges h01"
        let words = [
            "acknowledges", "is", "asks", "closes", "hands", "notes", "visits", "phones", "to",
        ]
        switch oneOf(words, form: form, subject: subject) {
        case "acknowledges": return readHome(subject, .acknowledge)
        case "is":
            guard take("on", form: "zhao is on scene in h01"), take("scene", form: "zhao is on scene in h01"),
                take("in", form: "zhao is on scene in h01")
            else { return nil }
            return readHome(subject, .onScene)
        case "asks":
            guard take("for", form: "zhao asks for help in h01"),
                take("help", form: "zhao asks for help in h01"),
                take("in", form: "zhao asks for help in h01")
            else { return nil }
            return readHome(subject, .needHelp)
        case "closes": return readClosing(subject)
        case "visits": return readVisit(subject, .door)
        case "phones": return readVisit(subject, .phone)
        case "hands": return readHandOver(subject)
        case "notes": return readNote(subject)
        case "to": return readChannel(subject)
        default: return nil
        }
    }

    private mutating func readHome(_ person: ScenarioWord, _ act: PersonCommand.Act) -> ScenarioAct? {
        guard let home = scanner.word() else {
            return refuse("The home is missing", fix: "Write its id, or `gateway`.")
        }
        return .personActs(person: person, act: act, home: home, kind: scanner.word()?.text)
    }

    private mutating func readVisit(_ person: ScenarioWord, _ way: VisitWay) -> ScenarioAct? {
        guard let home = scanner.word() else {
            return refuse("The home is missing", fix: "Write `zhao visits h01 well`.")
        }
        let words = VisitResult.reported.map(\.name)
        guard let result = oneOf(words, form: "zhao visits h01 well").flatMap(VisitResult.init(name:)) else {
            return nil
        }
        return .personVisits(person: person, home: home, way: way, result: result)
    }

    private mutating func readClosing(_ person: ScenarioWord) -> ScenarioAct? {
        let form = "zhao closes h01 as real"
        guard let home = scanner.word() else {
            return refuse("The home is missing", fix: "Write `\(form)`.")
        }
        var kind: String?
        if scanner.upcoming != "as" { kind = scanner.word()?.text }
        guard take("as", form: form) else { return nil }
        let ending = scanner.rest()
        let said = ending.text.filter { !$0.isWhitespace }.lowercased()
        guard let disposition = Disposition.allCases.first(where: { $0.name.lowercased() == said }) else {
            let words = Disposition.allCases.map { $0.name }
            return refuse(
                at: ending.place, "`\(ending.text)` is no way in which an incident ends",
                fix: ScenarioSpelling.suggestion(for: said, among: words)
                    ?? "Write one of \(words.joined(separator: ", ")).")
        }
        return .personActs(person: person, act: .close(disposition), home: home, kind: kind)
    }

    private mutating func readHandOver(_ person: ScenarioWord) -> ScenarioAct? {
        let form = "zhao hands over h01 to station"
        guard take("over", form: form) else { return nil }
        guard let home = scanner.word() else {
            return refuse("The home is missing", fix: "Write `\(form)`.")
        }
        var kind: String?
        if scanner.upcoming != "to" { kind = scanner.word()?.text }
        guard take("to", form: form) else { return nil }
        guard let other = scanner.word() else {
            return refuse("Who takes over is missing", fix: "Write `\(form)`.")
        }
        return .personActs(person: person, act: .handOver(to: other.text), home: home, kind: kind)
    }

    /// Everything behind the home, to the end of the line.
    private mutating func readNote(_ person: ScenarioWord) -> ScenarioAct? {
        let form = "station notes in h01: the key is with the neighbour"
        guard take("in", form: form), let home = scanner.word() else {
            return diagnostics.isEmpty ? refuse("The home is missing", fix: "Write `\(form)`.") : nil
        }
        let text = scanner.rest().text
        guard home.text.hasSuffix(":"), !text.isEmpty else {
            return refuse(at: home.place, "A colon and the words are missing", fix: "Write `\(form)`.")
        }
        return .personActs(
            person: person, act: .note(text),
            home: ScenarioWord(String(home.text.dropLast()), place: home.place), kind: nil)
    }

    private mutating func readChannel(_ channel: ScenarioWord) -> ScenarioAct? {
        let form = "mqtt to zhao fails"
        guard let responder = scanner.word() else {
            return refuse("A responder is missing", fix: "Write `\(form)`, or `mqtt to everyone fails`.")
        }
        let words = DeliveryManner.allCases.map(\.rawValue)
        guard let manner = oneOf(words, form: form).flatMap(DeliveryManner.init(rawValue:)) else {
            return nil
        }
        return .channelTurns(
            channel: channel, responder: responder.text == "everyone" ? nil : responder, manner: manner)
    }

    mutating func take(_ word: String, form: String) -> Bool {
        oneOf([word], form: form) != nil
    }

    /// The next word, which must be one of these.
    mutating func oneOf(_ words: [String], form: String, subject: ScenarioWord? = nil) -> String? {
        let place = scanner.place
        let found = scanner.word()?.text ?? ""
        if words.contains(found) { return found }
        let who = subject.map { " after `\($0.text)`" } ?? ""
        let what =
            found.isEmpty
            ? "The line ends too early\(who)" : "`\(found)` is not understood here\(who)"
        let choice = words.count == 1 ? nil : "One of \(words.joined(separator: ", ")) stands here."
        let suggestion = ScenarioSpelling.suggestion(for: found, among: words) ?? choice
        diagnostics.append(
            Diagnostic(
                .error, at: place, what: what,
                fix: (suggestion.map { $0 + " " } ?? "") + "Write `\(form)`."))
        return nil
    }

    mutating func refuse(at place: Place? = nil, _ what: String, fix: String) -> ScenarioAct? {
        diagnostics.append(Diagnostic(.error, at: place ?? scanner.place, what: what, fix: fix))
        return nil
    }
}
