import SafetyModel
import SafetySimulator
import Testing

/// A day is good only when every expected incident came as it should and no other did.
struct DayJudgeTests {
    typealias Crowd = ResponderCrowdTests

    static func sosDay(
        answeredBy: String = "\"station\"", disposition: String = "\"real\"", isClosed: Bool = true,
        turns: [String] = ["ma", "lin", "station"]
    ) throws -> DayBook {
        var book = DayBook()
        let now = Crowd.now
        _ = book.see(try Crowd.board("calling"), at: now)
        for (index, responder) in turns.enumerated() {
            var order = try Crowd.order()
            order.orderedAt = "2026-11-22T06:0\(index):00Z"
            _ = book.hear(order, by: responder)
        }
        _ = book.see(try Crowd.board("acknowledged", by: answeredBy), at: now + .seconds(150))
        _ = book.see(try Crowd.board("onScene", by: answeredBy), at: now + .seconds(600))
        guard isClosed else { return book }
        _ = book.see(
            try Crowd.board("closed", by: answeredBy, disposition: disposition), at: now + .minutes(30))
        return book
    }

    static func faults(_ book: DayBook, _ stories: [CastStory]? = nil) throws -> [String] {
        DayJudge.faults(in: book, stories: try stories ?? [Crowd.sos()], people: Crowd.people)
    }

    @Test func `a day as it should be has no faults`() throws {
        #expect(try Self.faults(Self.sosDay()).isEmpty)
    }

    @Test func `an incident that did not come is a fault`() throws {
        let faults = try Self.faults(DayBook())
        #expect(faults.count == 1)
        #expect(faults[0].hasPrefix("h1: no sos incident came"))
    }

    @Test func `an incident that nobody expected is a fault`() throws {
        let faults = try Self.faults(Self.sosDay(), [])
        #expect(faults == ["h1: an unexpected sos incident (#4) was opened"])
    }

    @Test func `a wrong disposition, a wrong person, an open incident, a wrong turn are faults`() throws {
        #expect(try Self.faults(Self.sosDay(disposition: "\"falseAlarm\"")).count == 1)
        #expect(try Self.faults(Self.sosDay(answeredBy: "\"ma\"")).count == 1)
        #expect(
            try Self.faults(Self.sosDay(isClosed: false)) == ["h1: sos incident #4 is onScene, not closed"])
        #expect(try Self.faults(Self.sosDay(turns: ["lin", "ma", "station"])).count == 1)
        #expect(try Self.faults(Self.sosDay(turns: ["ma", "station"])).count == 1)
    }

    @Test func `who must be told at once is told at the moment of opening`() throws {
        var book = DayBook()
        _ = book.see(try Crowd.board("calling", kind: "fire"), at: Crowd.now)
        for responder in ["ma", "lin", "station"] {
            _ = book.hear(try Crowd.order(kind: "fire"), by: responder)
        }
        let fire = CastStory(story: try #require(Story.named("fire")), home: "h1", at: Crowd.now)
        let faults = try Self.faults(book, [fire])
        #expect(faults.contains("h1: fire incident #4: no centre was told at the moment of opening"))
        #expect(!faults.contains { $0.contains("no neighbour was told") })
    }

    @Test func `orders that arrive before their incident are not lost`() throws {
        var book = DayBook()
        #expect(book.hear(try Crowd.order(), by: "ma") == nil)
        _ = book.see(try Crowd.board("calling"), at: Crowd.now)
        #expect(book.incidents[0].calls.map(\.responder) == ["ma"])
    }

    @Test func `incidents of before are passed over`() throws {
        var book = DayBook()
        book.passOver(try Crowd.board("calling"))
        #expect(book.see(try Crowd.board("acknowledged"), at: Crowd.now).isEmpty)
        #expect(book.incidents.isEmpty)
    }
}
