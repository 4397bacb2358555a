public import SafetyModel

/// A story with its home and its moment.
public struct CastStory: Sendable {
    /// What happens.
    public var story: Story
    /// The home's id.
    public var home: String
    /// When it begins, in virtual time.
    public var at: Instant

    /// A story in a home at a moment.
    public init(story: Story, home: String, at: Instant) {
        self.story = story
        self.home = home
        self.at = at
    }

    /// Gives each story a home of its own: spread over the community, the same for the same list.
    ///
    /// - Returns: the stories that found a home, and those for which no home has the devices.
    public static func cast(
        _ stories: [Story], among homes: [HomeBlueprint], beginsAt begin: Instant, calendar: CivilCalendar
    ) -> (cast: [CastStory], unplaced: [Story]) {
        var taken: [String] = []
        var cast: [CastStory] = []
        var unplaced: [Story] = []
        for (index, story) in stories.enumerated() {
            let first = homes.count * index / max(1, stories.count)
            let inOrder = homes[first...] + homes[..<first]
            let free = inOrder.first { $0.has(story.needs) && !taken.contains($0.id) }
            guard let home = free else {
                unplaced.append(story)
                continue
            }
            taken.append(home.id)
            let moment = story.moment(after: begin, calendar: calendar)
            cast.append(CastStory(story: story, home: home.id, at: moment))
        }
        return (cast.sorted { $0.at < $1.at }, unplaced)
    }
}
