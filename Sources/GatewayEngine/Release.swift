import Escalation
public import GatewayPorts
public import SafetyCore
import SafetyModel

/// What leaves the gateway after a commit, in commit order.
public struct Release: Sendable {
    /// Orders to send, life safety first.
    public var orders: [OrderMessage] = []
    /// Homes whose incidents changed, with their retained documents.
    public var homes: [HomeStatement] = []
    /// Homes in which all is well, said again after a start because the broker may keep something else; they
    /// may wait for everything else.
    public var settledHomes: [HomeStatement] = []
    /// Incidents that changed, for what their homes are told.
    public var standings: [IncidentStanding] = []
    /// Whether the standings only repeat, after a start, what their homes were told before.
    public var isRepetition = false
    /// What became of commands.
    public var answers: [StepOutcome.Answer] = []
    /// What became of records of visits.
    public var visitAnswers: [StepOutcome.VisitReply] = []
    /// What became of commands of people at a desk.
    public var deskAnswers: [StepOutcome.DeskReply] = []
    /// What those who watch the board are told.
    var change = BoardChange()
    /// False in degraded mode: what is in it is not on disk yet.
    public var isRecorded = true

    /// Whether there is nothing in it.
    public var isEmpty: Bool {
        orders.isEmpty && homes.isEmpty && answers.isEmpty && visitAnswers.isEmpty && deskAnswers.isEmpty
            && settledHomes.isEmpty
    }

    /// Puts the orders in the order of sending, and adds the statements of homes, each once.
    mutating func arrange(homes: [HomeIndex], statement: (HomeIndex) -> HomeStatement) {
        orders.sort { ($0.order.urgency, $0.order.id) < ($1.order.urgency, $1.order.id) }
        var last: HomeIndex?
        for home in homes.sorted() where home != last {
            last = home
            self.homes.append(statement(home))
        }
    }

    /// One home's retained document.
    public struct HomeStatement: Sendable {
        /// The home's id.
        public var home: String
        /// The JSON document, UTF-8.
        public var document: [UInt8]
    }
}

/// Takes releases and sends them on its way; must not block.
public protocol ReleaseTaker: AnyObject, Sendable {
    func take(_ release: Release)
}
