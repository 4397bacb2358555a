import Escalation
import SafetyModel
import SafetySimulator
import Testing

/// Who answers, when, and who stays silent.
struct ResponderCrowdTests {
    static let people = [
        VirtualResponder(id: "ma", name: "Ma", role: .neighbour),
        VirtualResponder(id: "lin", name: "Lin", role: .gridWorker),
        VirtualResponder(id: "station", name: "Station", role: .station),
    ]
    static let now = VirtualHomeTests.begin

    static func sos() throws -> CastStory {
        CastStory(story: try #require(Story.named("sos")), home: "h1", at: now)
    }

    static func order(home: String = "h1", kind: String = "sos", purpose: String = "alarm") throws
        -> HeardOrder
    {
        let text = """
            {"order":"4-1","incident":4,"home":{"id":"\(home)","name":"n"},"purpose":"\(purpose)",\
            "kind":"\(kind)","urgency":"lifeSafety","attempt":1,"orderedAt":"2026-11-22T06:00:00Z",\
            "isRecorded":true,"about":"","text":""}
            """
        return try #require(GatewayMessages.order(Array(text.utf8)))
    }

    static func board(
        _ phase: String, by responder: String = "null", kind: String = "sos", home: String = "h1",
        disposition: String = "null"
    ) throws -> IncidentBoard {
        let incident = """
            {"id":4,"kind":"\(kind)","urgency":"lifeSafety","phase":"\(phase)",\
            "openedAt":"2026-11-22T06:00:00Z",\
            "answeredBy":\(responder),"disposition":\(disposition),"step":0,"timeline":[],\
            "alarms":[{"kind":"\(kind)","rule":"life-safety/sos","isActive":true,\
            "raisedAt":"2026-11-22T06:00:00Z",\
            "evidence":[{"device":"call","place":"bedroom","signal":"call","reading":"emergency","at":"x"}]}]}
            """
        let isClosed = phase == "closed"
        let text = """
            {"gateway":"g","home":{"id":"\(home)","name":"n"},"revision":1,\
            "open":[\(isClosed ? "" : incident)],"closed":[\(isClosed ? incident : "")]}
            """
        return try #require(GatewayMessages.board(Array(text.utf8)))
    }

    static func view(_ phase: String, by responder: String = "null") throws -> IncidentView {
        try #require(try board(phase, by: responder).open.first)
    }

    @Test func `only the story's person answers`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        let order = try Self.order()
        crowd.hear(order, by: "ma", at: Self.now)
        crowd.hear(order, by: "lin", at: Self.now)
        #expect(crowd.nextDeadline == nil)
        crowd.hear(order, by: "station", at: Self.now + .seconds(120))
        #expect(crowd.nextDeadline == Self.now + .seconds(148))
        let commands = crowd.advance(to: Self.now + .seconds(148))
        #expect(commands.map(\.responder) == ["station"])
        #expect(commands.map(\.act) == [.acknowledge])
    }

    @Test func `the person goes on scene, and closes with the story's disposition`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        crowd.hear(try Self.order(), by: "station", at: Self.now)
        _ = crowd.advance(to: Self.now + .seconds(28))
        _ = crowd.see(try Self.view("acknowledged", by: "\"station\""), at: Self.now + .seconds(30))
        #expect(crowd.advance(to: Self.now + .seconds(551)).map(\.act) == [.onScene])
        _ = crowd.see(try Self.view("onScene", by: "\"station\""), at: Self.now + .seconds(560))
        #expect(crowd.advance(to: Self.now + .seconds(560) + .minutes(26)).map(\.act) == [.close(.real)])
    }

    @Test func `a command without effect is sent again`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        crowd.hear(try Self.order(), by: "station", at: Self.now)
        let first = crowd.advance(to: Self.now + .seconds(28))
        let second = crowd.advance(to: Self.now + .seconds(28) + .minutes(6))
        #expect(first.map(\.act) == second.map(\.act))
        #expect(first[0].reference != second[0].reference)
    }

    @Test func `a command that never has an effect is given up`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        crowd.hear(try Self.order(), by: "station", at: Self.now)
        var sent = 0
        for turn in 1...200 { sent += crowd.advance(to: Self.now + .minutes(Int64(6 * turn))).count }
        #expect(sent == ResponderCrowd.triesLimit)
    }

    @Test func `somebody answers an incident that is in no story`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        crowd.hear(try Self.order(home: "h2"), by: "ma", at: Self.now)
        #expect(crowd.advance(to: Self.now + .seconds(40)).map(\.responder) == ["ma"])
    }

    @Test func `an order that only informs is not answered`() throws {
        var crowd = ResponderCrowd(Self.people, stories: [try Self.sos()])
        crowd.hear(try Self.order(purpose: "takenOver"), by: "station", at: Self.now)
        #expect(crowd.nextDeadline == nil)
    }

    @Test func `being on scene ends the hazard once`() throws {
        let fire = CastStory(story: try #require(Story.named("fire")), home: "h1", at: Self.now)
        var crowd = ResponderCrowd(Self.people, stories: [fire])
        crowd.hear(try Self.order(kind: "fire"), by: "station", at: Self.now)
        let remedy = crowd.see(try Self.view("onScene"), at: Self.now + .minutes(5))
        #expect(remedy.map { $0.step.act } == [.clear(.smoke)])
        #expect(crowd.see(try Self.view("onScene"), at: Self.now + .minutes(6)).isEmpty)
    }
}
