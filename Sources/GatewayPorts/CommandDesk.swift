public import Escalation

/// The door to ask: commands of people, answered after the commit.
public protocol CommandDesk: Sendable {
    /// Hands a command in and waits until it is on disk (or the gateway says it cannot be).
    func submit(_ command: PersonCommand) async -> CommandAnswer

    /// The responder whose token this is, or nil. Compares in constant time.
    func responder(withToken token: String) -> String?
}
