public import SafetyModel

/// All virtual homes together, in one order of time.
public struct VirtualCommunity: Sendable {
    private var homes: [VirtualHome]
    private var agenda = Agenda<Int>()
    /// When each home is written down for; an older entry of it is passed over.
    private var planned: [Instant]
    /// Messages made so far.
    public private(set) var messageCount = 0

    /// Homes that begin to live at a moment, with the stories written into their day.
    public init(
        _ blueprints: [HomeBlueprint], stories: [CastStory], seed: UInt64, calendar: CivilCalendar,
        beginsAt begin: Instant
    ) {
        homes = blueprints.map { VirtualHome($0, seed: seed, calendar: calendar, beginsAt: begin) }
        planned = homes.map { _ in Instant(milliseconds: .max) }
        for index in homes.indices { plan(index) }
        for story in stories {
            for step in story.story.acts { schedule(step.act, for: story.home, at: story.at + step.after) }
        }
    }

    /// When one of them says something next.
    public var nextDeadline: Instant { agenda.next ?? Instant(milliseconds: .max) }

    /// Lets something happen in a home; a home that is not here is left out.
    public mutating func schedule(_ act: HomeAct, for home: String, at moment: Instant) {
        guard let index = homes.firstIndex(where: { $0.blueprint.id == home }) else { return }
        homes[index].schedule(act, at: moment)
        if homes[index].nextDeadline < planned[index] { plan(index) }
    }

    private mutating func plan(_ index: Int) {
        planned[index] = homes[index].nextDeadline
        agenda.add(index, at: planned[index])
    }

    /// Lives until a moment; messages come in the order of their times.
    public mutating func advance(to now: Instant, into messages: inout [SimulatedMessage]) {
        let before = messages.count
        while let due = agenda.takeDue(by: now) {
            guard planned[due.entry] == due.at else { continue }
            homes[due.entry].advance(to: due.at, into: &messages)
            plan(due.entry)
        }
        messageCount += messages.count - before
    }

    /// What the bridges say when they are stopped.
    public func farewells(at now: Instant) -> [SimulatedMessage] { homes.map { $0.farewell(at: now) } }
}
