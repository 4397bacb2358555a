import Foundation
public import GatewayPorts
public import SafetyModel

/// What the HTTP interface meets: the gateway's doors, and who it is.
public struct HTTPDoors: Sendable {
    /// Where people's acts go.
    public var desk: any CommandDesk
    /// Where one looks.
    public var board: any StatusBoard
    /// The desk's own record; without one nothing is audited, and there are no notes and duty checks.
    public var record: (any DeskRecord)?
    /// What links to answer pages mean; without it there are none.
    public var keys: (any AnswerKeys)?
    /// Takes what somebody's number sent as a text message.
    ///
    /// It gives the words that go back to the number, nil when none do. Without it no provider of text
    /// messages can bring replies.
    public var reply: (@Sendable (_ sender: String, _ text: String) async -> String?)?
    /// Who may sign in.
    public var users: [DeskUser] = []
    /// The gateway's id.
    public var gateway = ""
    /// The language of pages: `zh-Hans` or `en`.
    public var language = "en"
    /// The time of day as the gateway knows it.
    public var now: @Sendable () -> WallTime = {
        WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
    }

    /// The two doors that must be there.
    public init(desk: any CommandDesk, board: any StatusBoard) {
        self.desk = desk
        self.board = board
    }
}
