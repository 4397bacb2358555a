import Alarming
import Escalation
public import SafetyModel

extension SafetyMachine {
    /// Takes in what a person at a desk does to a home.
    mutating func apply(_ command: DeskCommand, place: Int, into outcome: inout StepOutcome) {
        var answer = DeskAnswer.refused(.unknownHome)
        if let home = compiled.home(withID: command.home)?.int {
            switch command.act {
            case .openIncident(let kind, let note):
                answer = open(kind, note: note, by: command.by, home: home, into: &outcome)
            case .shelve(let kind, let duration, let reason):
                answer = shelve(kind, for: duration, reason: reason, by: command.by, home: home)
            case .unshelve(let kind): answer = unshelve(kind, home: home)
            case .startWalkTest(let duration): answer = startWalkTest(duration, by: command.by, home: home)
            case .endWalkTest: answer = endWalkTest(home: home, into: &outcome)
            }
            outcome.changedHomes.append(HomeIndex(home))
            refreshDeadline(home)
        }
        outcome.deskAnswers.append(StepOutcome.DeskReply(input: place, command: command, answer: answer))
        outcome.hasEffect = true
    }

    /// The rule under which alarms stand that a person raised; the kind follows.
    public static let byHandRule = "byHand/"

    private mutating func open(
        _ kind: AlarmKind, note: String, by: String, home: Int, into outcome: inout StepOutcome
    ) -> DeskAnswer {
        guard let urgency = compiled.urgency(ofKind: kind) else { return .refused(.unknownKind) }
        guard !note.isEmpty else { return .refused(.noReason) }
        let report = AlarmReport(
            home: HomeIndex(home), kind: kind, urgency: urgency, rule: Self.byHandRule + kind.name,
            device: nil, change: .pressed(history: nil))
        let words = Array("\(by): ".utf8) + Array(note.utf8.prefix(DeskCommand.noteLimit))
        let evidence = Evidence(
            device: "", place: "", signal: nil, reading: nil, quality: .live, at: now,
            payload: Array(words.prefix(Evidence.payloadLimit)))
        raise(report, evidence: evidence, home: home, into: &outcome)
        if urgency == .lifeSafety { releaseHeld(home, into: &outcome) }
        let alarm = homes[home].register.alarms.first { $0.rule == report.rule && $0.device == nil }
        guard let incident = alarm?.incident else { return .refused(.unavailable) }
        return .opened(incident: incident.number)
    }

    private mutating func shelve(
        _ kind: AlarmKind, for duration: Duration, reason: String, by: String, home: Int
    ) -> DeskAnswer {
        guard isWatched(home) else { return .refused(.notInService) }
        guard !compiled.isNeverShelved(kind) else { return .refused(.neverShelved) }
        guard compiled.urgency(ofKind: kind) != nil else { return .refused(.unknownKind) }
        guard duration > .zero, duration <= DeskCommand.shelvingLimit else {
            return .refused(.durationOutOfBounds)
        }
        guard !reason.isEmpty else { return .refused(.noReason) }
        let before = homes[home].suspensions.shelf(of: kind)
        let until = now + duration
        let shelf = Shelf(
            kind: kind, since: now, until: until,
            reason: String(decoding: reason.utf8.prefix(DeskCommand.noteLimit), as: UTF8.self), by: by)
        guard homes[home].suspensions.shelve(shelf) else { return .refused(.tooMany) }
        if let before { homes[home].register.postpone(kind, from: before.until, to: until) }
        return .inForce(until: WallTime(milliseconds: until.milliseconds + wallOffsetMilliseconds))
    }

    private mutating func unshelve(_ kind: AlarmKind, home: Int) -> DeskAnswer {
        guard let shelf = homes[home].suspensions.unshelve(kind) else { return .refused(.notInForce) }
        // What stands is due now, and fires before this input is over.
        homes[home].register.postpone(kind, from: shelf.until, to: now)
        return .ended
    }

    private mutating func startWalkTest(_ duration: Duration, by: String, home: Int) -> DeskAnswer {
        guard duration > .zero, duration <= DeskCommand.walkTestLimit else {
            return .refused(.durationOutOfBounds)
        }
        let until = now + duration
        var test = WalkTest(by: by, startedAt: now, until: until)
        test.inherit(homes[home].suspensions.walkTest?.held ?? [])
        homes[home].suspensions.walkTest = test
        return .inForce(until: WallTime(milliseconds: until.milliseconds + wallOffsetMilliseconds))
    }

    private mutating func endWalkTest(home: Int, into outcome: inout StepOutcome) -> DeskAnswer {
        guard var test = homes[home].suspensions.walkTest, test.isRunning else {
            return .refused(.notInForce)
        }
        let standing = test.finish(at: now)
        homes[home].suspensions.walkTest = test
        call(standing, home: home, into: &outcome)
        return .ended
    }
}

extension StepOutcome {
    /// The answer to one desk command.
    public struct DeskReply: Hashable, Sendable {
        /// Its place in the batch.
        public var input: Int
        /// The command that was given.
        public var command: DeskCommand
        /// What became of it.
        public var answer: DeskAnswer
        /// Makes one from its parts.
        public init(input: Int, command: DeskCommand, answer: DeskAnswer) {
            self.input = input
            self.command = command
            self.answer = answer
        }
    }
}
