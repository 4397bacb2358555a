import SafetyModel
import SafetySimulator
import Testing

/// The stories of the demonstration: each has a home, publishes its hazard, and is told to whom it should be.
struct StoryTests {
    static let homes = (1...36).map { HomeBlueprint.generated(number: $0, seed: 1) }
    static let begin = VirtualHomeTests.begin
    static let calendar = VirtualHomeTests.calendar

    static func cast(_ stories: [Story] = Story.all) -> [CastStory] {
        CastStory.cast(stories, among: homes, beginsAt: begin, calendar: calendar).cast
    }

    static func day(_ stories: [CastStory]) -> [SimulatedMessage] {
        var community = VirtualCommunity(
            homes, stories: stories, seed: 1, calendar: calendar, beginsAt: begin)
        var messages: [SimulatedMessage] = []
        community.advance(to: begin + .hours(25), into: &messages)
        return messages
    }

    @Test func `every story has a home of its own and a moment within a day`() {
        let cast = Self.cast()
        #expect(cast.count == Story.all.count)
        #expect(Set(cast.map(\.home)).count == cast.count)
        for story in cast { #expect(story.at > Self.begin && story.at <= Self.begin + .hours(24)) }
    }

    @Test func `a story that no home can play is named`() {
        let bare = [HomeBlueprint(id: "h", name: "h", devices: [])]
        let result = CastStory.cast(Story.all, among: bare, beginsAt: Self.begin, calendar: Self.calendar)
        #expect(result.unplaced.map(\.id) == Story.all.map(\.id))
    }

    @Test(arguments: [
        ("gas", #""gas":true"#), ("fire", #""smoke":true"#), ("false-alarm", #""smoke":true"#),
        ("sos", #""action":"emergency""#), ("fall", #""fall_down_status":"fall""#),
    ])
    func `a story publishes its hazard at its moment and nowhere else`(id: String, word: String) throws {
        let story = try #require(Story.named(id))
        let cast = Self.cast([story])
        let hazards = Self.day(cast).filter(\.beginsHazard)
        #expect(hazards.map(\.at) == cast.map(\.at))
        #expect(hazards.map(\.home) == cast.map(\.home))
        #expect(hazards.allSatisfy { $0.payload.contains(word) })
    }

    @Test func `a mains device falls silent in its story`() throws {
        let story = try #require(Story.named("silent"))
        let cast = Self.cast([story])
        let gas = Self.day(cast).filter { $0.topic == "homes/\(cast[0].home)/zigbee2mqtt/kitchen_gas" }
        #expect(gas.allSatisfy { $0.at <= cast[0].at })
    }

    @Test func `a day without stories begins no hazard`() {
        #expect(Self.day([]).allSatisfy { !$0.beginsHazard })
    }

    @Test func `a story in one home changes no other home`() throws {
        let story = try #require(Story.named("fire"))
        let cast = Self.cast([story])
        let quiet = Self.day([]).filter { $0.home != cast[0].home }
        let told = Self.day(cast).filter { $0.home != cast[0].home }
        #expect(quiet == told)
    }

    @Test func `generated homes have ids that sort and the basic kit`() {
        #expect(Self.homes[0].id == "home-0001")
        #expect(Self.homes.allSatisfy { $0.has([.smoke, .gas, .button, .door, .motion]) })
        #expect(Self.homes == (1...36).map { HomeBlueprint.generated(number: $0, seed: 1) })
    }
}
