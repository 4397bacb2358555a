import Alarming
import Escalation
import GatewayEngine
import SafetyCore
import SafetyModel

/// People at a desk: they act on homes and on incidents, and ask again when no answer comes.
extension Simulation {
    /// An act of a person at a desk, as the simulation follows it.
    struct DeskErrand: Hashable, Sendable {
        var command: DeskCommand
        /// Counts the tries, from 1.
        var attempt: Int

        var reference: String { "\(command.reference)/\(attempt)" }
    }

    /// How long a person waits for an answer before he tries again, and how often he does.
    private static let deskPatience = Duration.seconds(30)
    private static let deskTries = 3

    /// Begins an errand; the reference names it in every answer.
    func ask(_ home: String, _ by: String, _ act: DeskCommand.Act) {
        errands += 1
        run(
            DeskErrand(
                command: DeskCommand(
                    home: home, by: by, act: act, origin: "http", reference: "desk/\(errands)"), attempt: 1))
    }

    /// Asks the gateway, if it is there; later again when nobody answered.
    func run(_ errand: DeskErrand) {
        let before = DeskErrand(command: errand.command, attempt: errand.attempt - 1)
        if told[before.reference] != nil { return }
        if !isDead {
            var command = errand.command
            command.reference = errand.reference
            gateway?.deskInputs.append(.desk(command))
        }
        guard errand.attempt < Self.deskTries else { return }
        agenda.add(
            .asks(DeskErrand(command: errand.command, attempt: errand.attempt + 1)),
            at: now + Self.deskPatience)
    }

    /// Somebody at a desk acts on an open incident, whichever it is just now.
    func attend(_ pick: Int, by person: String, _ act: PersonCommand.Act) {
        let open = oracle.machine.openIncidents
        guard !open.isEmpty else { return note("nothing is open") }
        errands += 1
        answer(
            PersonCommand(
                incident: open[pick % open.count].id, responder: person, act: act, origin: "http",
                reference: "desk/\(errands)"), overBroker: false)
    }

    /// Somebody tells at a desk of a visit.
    func reportVisit(_ home: String, _ by: String, _ way: VisitWay, _ result: VisitResult) {
        errands += 1
        tell(
            VisitRecord(
                home: home, by: by, way: way, result: result, origin: "http", reference: "desk/\(errands)"),
            overBroker: false)
    }

    /// Notes what people are answered; what was said to be stored must stay true.
    func heard(_ release: Release, isMarked: Bool) {
        for reply in release.deskAnswers { note("answer to \(reply.command.reference): \(reply.answer)") }
        for reply in oracle.replies(
            release.answers, release.visitAnswers, release.deskAnswers)
        {
            step?.replies.append(reply)
            // What degraded mode says may be taken away by a crash.
            guard isMarked else {
                told[reply.reference] = .some(nil)
                continue
            }
            told[reply.reference] = bug == .changesAnswer && life > 1 ? "something else" : reply.words
        }
    }

    // MARK: what must hold

    /// Shelves and walk tests end at their end, and a walk test keeps smoke from people for a minute at most.
    func complaintAboutSuspensions(_ step: SimulationOracle.Step) -> String? {
        let machine = oracle.machine
        for (key, until) in oracle.state.shelves.sorted(by: { $0.key < $1.key }) {
            guard let home = oracle.homeIndex(of: key.home) else { continue }
            let lasts = bug == .keepsShelf ? until + .minutes(1) : until
            let isInForce =
                machine.home(home).suspensions.shelf(of: key.kind) != nil
                || bug == .keepsShelf && machine.now < lasts
            if machine.now >= until, isInForce { return "\(key.kind.name) of \(key.home) is still shelved" }
        }
        for (home, until) in oracle.state.walkTests.sorted(by: { $0.key < $1.key }) {
            guard let index = oracle.homeIndex(of: home) else { continue }
            if machine.now >= until, machine.home(index).suspensions.isTesting {
                return "the walk test of \(home) is still running"
            }
        }
        return complaintAboutHeld(step)
    }

    private func complaintAboutHeld(_ step: SimulationOracle.Step) -> String? {
        for (key, since) in oracle.state.held.sorted(by: { $0.key < $1.key }) {
            guard let home = oracle.homeIndex(of: key.home) else {
                oracle.release(key)
                continue
            }
            if oracle.isTold(of: home, since: since, in: step) {
                oracle.release(key)
                continue
            }
            let suspensions = oracle.machine.home(home).suspensions
            if !suspensions.isTesting || oracle.machine.now >= since + SimulationOracle.testPatience {
                return "smoke of \(key.home)/\(key.device) lasts, and nobody is told"
            }
        }
        return nil
    }

    /// All inputs of the history through one machine that is never interrupted: the same state, and the same
    /// answers as people had.
    func checkAnswers() {
        var twin = oracle.origin
        var answers: [String: [String]] = [:]
        var outcome = StepOutcome()
        for entry in oracle.history {
            outcome.removeAll()
            for place in entry.batch.inputs.indices {
                twin.advance(with: entry.batch, at: place, time: entry.at, into: &outcome)
                if case .site = entry.batch.inputs[place], let site = entry.site {
                    twin.adopt(site, at: entry.at)
                }
            }
            twin.collect(into: &outcome)
            let replies = oracle.replies(outcome.answers, outcome.visitAnswers, outcome.deskAnswers)
            for reply in replies { answers[reply.reference, default: []].append(reply.words) }
        }
        if let last = oracle.history.last?.state, last.machine.digest != twin.digest {
            fail(.sameAnswers, "an uninterrupted run leads to another state")
        }
        for (reference, words) in told.sorted(by: { $0.key < $1.key }) {
            guard let words, answers[reference]?.contains(words) != true else { continue }
            let others = answers[reference].map { $0.joined(separator: ", ") } ?? "none"
            fail(.sameAnswers, "\(reference) was answered \(words), uninterrupted it is \(others)")
        }
    }
}
