import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Synchronization

/// A gateway's two doors with answers that a test sets.
final class FakeGateway: CommandDesk, StatusBoard {
    struct State: Sendable {
        var answer: CommandAnswer = .accepted(phase: .acknowledged)
        /// Whether commands and looks into the record never come back.
        var hangs = false
        var recordFails = false
        var isHealthy = true
        /// Documents by number; those of `closed` are closed.
        var incidents: [Int64: String] = [:]
        var closed: Set<Int64> = []
        var metrics: [Metric] = []
        var commands: [PersonCommand] = []
        var queries: [IncidentQuery] = []
        var tokenChecks = 0
        /// Who stands in a responder's place and is none.
        var ghosts: Set<String> = []
        /// How the gateway is, where that is not only well or not.
        var health: GatewayHealth?
        /// Whether every token is right, of a responder of the same name.
        var knowsEverybody = false
        var held: [CheckedContinuation<CommandAnswer, Never>] = []
        var deskAnswer: DeskAnswer = .ended
        var visitAnswer: VisitAnswer = .recorded
        var deskCommands: [DeskCommand] = []
        var visits: [VisitRecord] = []
        /// Homes' documents by id.
        var homes: [String: String] = [:]
        var responders: [String] = []
        var homeQueries: [HomeQuery] = []
        var reports: [(from: WallTime, to: WallTime)] = []
        var takers: [Int: @Sendable (BoardChange) -> Void] = [:]
        var takerCount = 0
    }

    private let state = Mutex(State())
    private let lookGate = NSCondition()

    /// Responders' tokens.
    static let tokens = ["wang-token": "wang", "li-token": "li"]

    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    var now: State { state.withLock { $0 } }

    /// Lets everything that hangs come back.
    func release() {
        let held = state.withLock { state in
            state.hangs = false
            defer { state.held = [] }
            return state.held
        }
        for continuation in held { continuation.resume(returning: .accepted(phase: .acknowledged)) }
        lookGate.lock()
        lookGate.broadcast()
        lookGate.unlock()
    }

    func submit(_ command: PersonCommand) async -> CommandAnswer {
        await withCheckedContinuation { continuation in
            let answer: CommandAnswer? = state.withLock { state in
                state.commands.append(command)
                if state.hangs {
                    state.held.append(continuation)
                    return nil
                }
                return state.answer
            }
            if let answer { continuation.resume(returning: answer) }
        }
    }

    func responder(withToken token: String) -> String? {
        let knowsEverybody = state.withLock { state in
            state.tokenChecks += 1
            return state.knowsEverybody
        }
        return Self.tokens[token] ?? (knowsEverybody ? token : nil)
    }

    func openIncidents() -> [[UInt8]] {
        state.withLock { state in
            state.incidents.keys.filter { !state.closed.contains($0) }.sorted()
                .compactMap { state.incidents[$0] }.map { Array($0.utf8) }
        }
    }

    func incidents(matching query: IncidentQuery) throws(JournalError) -> [[UInt8]] {
        lookGate.lock()
        while state.withLock({ $0.hangs }) { lookGate.wait() }
        lookGate.unlock()
        let found: [[UInt8]]? = state.withLock { state in
            state.queries.append(query)
            guard !state.recordFails else { return nil }
            let numbers = state.incidents.keys.sorted(by: >).filter { number in
                let isClosed = state.closed.contains(number)
                return query.number.map { $0 == number } ?? true && query.before.map { number < $0 } ?? true
                    && !(query.openOnly && isClosed) && !(query.closedOnly && !isClosed)
            }
            return numbers.prefix(query.limit).compactMap { state.incidents[$0] }.map { Array($0.utf8) }
        }
        guard let found else { throw .failed("disk I/O error at 0xdeadbeef") }
        return found
    }

    func isResponder(_ id: String) -> Bool { !now.ghosts.contains(id) }

    func health() -> GatewayHealth {
        if let health = now.health { return health }
        return GatewayHealth(
            isLinkUp: now.isHealthy, isStoreAvailable: true, isSiteCurrent: true, version: "1.2.3",
            openIncidents: 2, troubles: now.isHealthy ? [] : ["the broker is away"])
    }

    func metrics() -> [Metric] { now.metrics }

    func submit(_ command: DeskCommand) async -> DeskAnswer {
        state.withLock { state in
            state.deskCommands.append(command)
            return state.deskAnswer
        }
    }

    func submit(_ visit: VisitRecord) async -> VisitAnswer {
        state.withLock { state in
            state.visits.append(visit)
            return state.visitAnswer
        }
    }

    func homes(matching query: HomeQuery) -> DocumentPage {
        state.withLock { state in
            state.homeQueries.append(query)
            let ids = state.homes.keys.sorted()
            return DocumentPage(
                documents: ids.compactMap { state.homes[$0] }.map { Array($0.utf8) }, next: ids.last)
        }
    }

    func home(_ id: String) -> [UInt8]? { now.homes[id].map { Array($0.utf8) } }

    func devices(matching query: DeviceQuery) -> DocumentPage {
        DocumentPage(documents: query.troubleOnly ? [] : [Array(#"{"id":"smoke-1"}"#.utf8)])
    }

    func responders() -> [[UInt8]] { now.responders.map { Array($0.utf8) } }

    func visits(matching query: VisitQuery) -> [[UInt8]] {
        [Array("{\"state\":\"\(query.state?.rawValue ?? "all")\"}".utf8)]
    }

    func report(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8] {
        state.withLock { $0.reports.append((from, to)) }
        return Array("{\"kind\":\"\(kind.rawValue)\"}".utf8)
    }

    func reportCSV(_ kind: ReportKind, from: WallTime, to: WallTime) throws(JournalError) -> [UInt8] {
        Array("a,b\r\n".utf8)
    }

    func subscribe(_ taker: @escaping @Sendable (BoardChange) -> Void) -> BoardSubscription {
        let number = state.withLock { state in
            state.takerCount += 1
            state.takers[state.takerCount] = taker
            return state.takerCount
        }
        return BoardSubscription { [self] in state.withLock { $0.takers[number] = nil } }
    }

    /// Tells everybody who subscribed.
    func change(_ change: BoardChange) {
        for taker in now.takers.values { taker(change) }
    }

    /// Tells everybody that an incident changed.
    func change(_ document: String) {
        change(BoardChange(incidents: [.init(number: 1, home: "h1", document: Array(document.utf8))]))
    }
}
