import Alarming
import Correlation
import Escalation
import SafetyCore
import SafetyModel
import Testing

extension Rehearsal {
    /// A person at the desk acts on home h1.
    @discardableResult
    mutating func desk(_ act: DeskCommand.Act, home: String = "h1") -> DeskAnswer {
        var batch = InputBatch()
        batch.inputs = [.desk(DeskCommand(home: home, by: "chen", act: act, origin: "test"))]
        return take(batch).deskAnswers.first?.answer ?? .refused(.unavailable)
    }

    func wall(after span: Duration) -> WallTime { WallTime(milliseconds: (now + span).milliseconds) }

    var suspensions: Suspensions { machine.home(HomeIndex(1)).suspensions }
}

/// An incident that a person opens is one like any other.
struct OpenedByHandTests {
    @Test(arguments: [
        (AlarmKind.fire, "fire everyone"), (.sos, "sos steps"), (.inactivity, "inactivity urgent"),
        (.serviceCall, "serviceCall routine"), (.deviceFault, "deviceFault technical"),
    ])
    func `a kind opens an incident by the plan of the kind`(kind: AlarmKind, open: String) {
        var story = Rehearsal()
        #expect(story.desk(.openIncident(kind: kind, note: "a call")) == .opened(incident: 1))
        #expect(story.open == [open])
        let evidence = story.incidents[0].alarms[0].evidence[0]
        #expect(String(decoding: evidence.payload, as: UTF8.self) == "chen: a call")
        #expect(story.incidents[0].alarms[0].rule == SafetyMachine.byHandRule + kind.name)
    }

    @Test func `a kind that only a rule of the site knows has the rule's urgency`() {
        var site = TinySite()
        site.rules = [
            Rule(
                id: "door", when: .condition(Condition(.contact, .isOn)), alarm: AlarmKind("door"),
                urgency: .routine)
        ]
        var story = Rehearsal(site)
        #expect(story.desk(.openIncident(kind: AlarmKind("door"), note: "n")) == .opened(incident: 1))
        #expect(story.open == ["door routine"])
    }

    @Test func `everyone is told at once, and again at each further call`() {
        var story = Rehearsal()
        story.desk(.openIncident(kind: .fire, note: "smoke in the stairs"))
        #expect(story.told() == Rule01FirstNotificationTests.everyone)
        #expect(story.desk(.openIncident(kind: .fire, note: "now flames")) == .opened(incident: 1))
        #expect(story.told().count == Rule01FirstNotificationTests.everyone.count)
        story.person("centre", .close(.real))
        #expect(story.desk(.openIncident(kind: .fire, note: "again")) == .opened(incident: 2))
    }

    @Test func `a home out of service can be called for too`() {
        var story = Rehearsal(TinySite(commissioned: ["h1"]))
        #expect(story.desk(.openIncident(kind: .fire, note: "n")) == .opened(incident: 1))
        story.person("centre", .close(.real))
        #expect(story.machine.openIncidents.isEmpty)
    }

    @Test(arguments: [
        ("h9", AlarmKind.fire, "n", DeskAnswer.Refusal.unknownHome),
        ("gateway", .fire, "n", .unknownHome), ("h1", AlarmKind("plague"), "n", .unknownKind),
        ("h1", .gatewayTrouble, "n", .unknownKind), ("h1", .fire, "", .noReason),
    ])
    func `what cannot be opened is refused`(
        home: String, kind: AlarmKind, note: String, refusal: DeskAnswer.Refusal
    ) {
        var story = Rehearsal()
        #expect(story.desk(.openIncident(kind: kind, note: note), home: home) == .refused(refusal))
        #expect(story.incidents.isEmpty)
    }

    @Test func `a note is kept up to noteLimit`() {
        var story = Rehearsal()
        let note = String(repeating: "a", count: DeskCommand.noteLimit * 3)
        story.desk(.openIncident(kind: .fire, note: note))
        let payload = story.incidents[0].alarms[0].evidence[0].payload
        #expect(payload.count == DeskCommand.noteLimit + "chen: ".utf8.count)
    }
}

/// Shelving (ISA-18.2): a kind is kept from people for a while, and never life safety.
struct ShelvingTests {
    static let door = Rule(
        id: "door", when: .condition(Condition(.contact, .isOn)), alarm: .doorOpen, urgency: .routine)

    static func story() -> Rehearsal { Rehearsal(TinySite(rules: [door])) }

    static func shelve(_ kind: AlarmKind, _ span: Duration = .minutes(30)) -> DeskCommand.Act {
        .shelve(kind: kind, duration: span, reason: "repair")
    }

    @Test func `a shelved kind calls nobody, is counted, and calls when the shelf ends and it stands`() {
        var story = Self.story()
        #expect(
            story.desk(Self.shelve(.doorOpen)) == .inForce(until: story.wall(after: .minutes(30))))
        story.say("door", .open)
        story.wait(.minutes(30) - .milliseconds(1))
        #expect(story.told() == [])
        #expect(story.suspensions.shelf(of: .doorOpen)?.withheld == 1)
        story.wait(.milliseconds(1))
        #expect(story.open == ["doorOpen routine"])
        #expect(story.told() == ["station alarm"])
        #expect(story.suspensions.shelves.isEmpty)
    }

    @Test func `what ended meanwhile calls nobody any more`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen))
        story.say("door", .open)
        story.say("door", .shut)
        story.wait(.hours(2))
        #expect(story.told() == [])
        #expect(story.machine.home(HomeIndex(1)).register.alarms.isEmpty)
    }

    @Test func `taken off the shelf, what stands calls at once`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen))
        story.say("door", .open)
        #expect(story.desk(.unshelve(kind: .doorOpen)) == .ended)
        #expect(story.told() == ["station alarm"])
        #expect(story.desk(.unshelve(kind: .doorOpen)) == .refused(.notInForce))
    }

    @Test func `shelved anew, it stays with its shelf`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen, .minutes(10)))
        story.say("door", .open)
        story.wait(.minutes(5))
        story.desk(Self.shelve(.doorOpen, .minutes(10)))
        story.wait(.minutes(9))
        #expect(story.told() == [])
        story.wait(.minutes(1))
        #expect(story.told() == ["station alarm"])
    }

    @Test func `an incident that is open goes on, and raises again only after the shelf`() {
        var story = Self.story()
        story.say("door", .open)
        _ = story.told()
        story.desk(Self.shelve(.doorOpen, .hours(1)))
        story.wait(.minutes(31))
        let told = story.told()
        #expect(
            !told.isEmpty && told.allSatisfy { $0 == "station reminder" }, "people have it in hand already")
        story.person("station", .close(.technical))
        _ = story.told()
        story.wait(.minutes(28))
        #expect(story.told() == [], "it stands still, but it is shelved")
        story.wait(.minutes(1))
        #expect(story.open == ["doorOpen routine"])
    }

    @Test func `opening by hand is not shelved`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen))
        #expect(story.desk(.openIncident(kind: .doorOpen, note: "n")) == .opened(incident: 1))
        #expect(story.told() == ["station alarm"])
    }

    static let never: [AlarmKind] = [
        .fire, .gas, .co, .sos, .fall, .buildingFire, .homeUnprotected, .gatewayTrouble,
    ]

    @Test(arguments: never)
    func `life safety and an unprotected home are never shelved`(kind: AlarmKind) {
        var story = Self.story()
        #expect(story.desk(Self.shelve(kind)) == .refused(.neverShelved))
    }

    @Test func `a kind that a rule of the site calls life safety is never shelved, also after a reload`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen))
        story.say("door", .open)
        var urgent = Self.door
        urgent.urgency = .lifeSafety
        story.machine.adopt(TinySite(rules: [urgent]).compiled, at: story.now)
        story.put(.tick)
        #expect(story.suspensions.shelves.isEmpty)
        #expect(story.open.first?.hasPrefix("doorOpen") == true)
        #expect(story.desk(Self.shelve(.doorOpen)) == .refused(.neverShelved))
    }

    @Test func `a reload keeps a shelf and what it holds back`() {
        var story = Self.story()
        story.desk(Self.shelve(.doorOpen))
        story.say("door", .open)
        let before = story.suspensions
        story.machine.adopt(TinySite(rules: [Self.door], homeCount: 2).compiled, at: story.now)
        #expect(story.suspensions == before)
        story.wait(.minutes(29))
        #expect(story.told() == [])
        story.wait(.minutes(1))
        #expect(story.told() == ["station alarm"])
    }

    @Test func `an unreadable payload can be shelved too`() {
        var story = Self.story()
        story.desk(Self.shelve(.undecoded))
        story.sayNonsense("gas", reason: "broken", payload: "{")
        #expect(story.incidents.isEmpty)
        #expect(story.suspensions.shelf(of: .undecoded)?.withheld == 1)
    }

    @Test(arguments: [
        (Duration.zero, "r", DeskAnswer.Refusal.durationOutOfBounds),
        (DeskCommand.shelvingLimit + .milliseconds(1), "r", .durationOutOfBounds),
        (.minutes(1), "", .noReason),
    ])
    func `a shelf wants an end and a reason`(span: Duration, reason: String, refusal: DeskAnswer.Refusal) {
        var story = Self.story()
        let act = DeskCommand.Act.shelve(kind: .doorOpen, duration: span, reason: reason)
        #expect(story.desk(act) == .refused(refusal))
        #expect(story.desk(Self.shelve(AlarmKind("plague"))) == .refused(.unknownKind))
        #expect(story.desk(Self.shelve(.doorOpen), home: "nowhere") == .refused(.unknownHome))
    }

    @Test func `a home out of service has nothing to shelve`() {
        var story = Rehearsal(TinySite(commissioned: ["h1"]))
        #expect(story.desk(Self.shelve(.doorOpen)) == .refused(.notInService))
    }

    @Test func `with too many kinds shelved the next is refused`() {
        var site = TinySite()
        site.rules = (0...Suspensions.shelfLimit).map { number in
            Rule(
                id: "r\(number)", when: .condition(Condition(.contact, .isOn)),
                alarm: AlarmKind("k\(number)"), urgency: .routine)
        }
        var story = Rehearsal(site)
        for number in 0..<Suspensions.shelfLimit { story.desk(Self.shelve(AlarmKind("k\(number)"))) }
        #expect(
            story.desk(Self.shelve(AlarmKind("k\(Suspensions.shelfLimit)"))) == .refused(.tooMany))
    }
}
