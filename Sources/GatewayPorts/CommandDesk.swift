public import Escalation
public import SafetyModel

/// The door to ask: commands of people, answered after the commit.
public protocol CommandDesk: Sendable {
    /// Hands a command in and waits until it is on disk (or the gateway says it cannot be).
    func submit(_ command: PersonCommand) async -> CommandAnswer

    /// Hands the record of a visit in and waits until it is on disk (or the gateway says it cannot be).
    ///
    /// - Parameter visit: `by` is whoever the caller has proved to be, `origin` the way it came.
    func submit(_ visit: VisitRecord) async -> VisitAnswer

    /// Hands in what a person at a desk does to a home, and waits until it is on disk (or the gateway says it
    /// cannot be).
    func submit(_ command: DeskCommand) async -> DeskAnswer

    /// The responder whose token this is, or nil. Compares in constant time.
    func responder(withToken token: String) -> String?
}
