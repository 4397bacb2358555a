import GatewayPorts
import HTTPTypes

/// One thing that the interface answers: a method on a path, who may ask for it, and what it is.
///
/// The table below is the whole interface; the API's description is tested against it.
struct Endpoint: Sendable {
    var method: HTTPRequest.Method
    /// Its path; a segment in braces takes any one segment.
    var path: String
    var access: Access
    var action: Action

    init(_ method: HTTPRequest.Method, _ path: String, _ access: Access, _ action: Action) {
        self.method = method
        self.path = path
        self.access = access
        self.action = action
    }

    /// Who may ask for it.
    enum Access: Hashable, Sendable {
        /// Anybody.
        case open
        /// Whoever may look: every user, and the API's token.
        case read
        /// Dispatchers, responders with a token of their own for themselves, and the API's token.
        case answer
        /// Dispatchers, and the API's token.
        case dispatch
        /// Technicians, and the API's token.
        case maintain
        /// Programs with the API's token: never a person.
        case relay
        /// Administrators only: people, never a token.
        case administer
        /// Whoever has a session.
        case session
    }

    /// What it is.
    enum Action: Hashable, Sendable {
        case health, metrics, description, fullHealth, events
        case openSession, showSession, closeSession
        case incidents, incident, homes, home, devices, responders, visits, report, notes, dutyChecks, audit
        case answer(AnswerWord)
        case openIncident, recordVisit, shelve, unshelve, startWalkTest, endWalkTest
        case writeNote, askDuty, answerDuty, reply
        case answerPage, answerAct
    }

    /// What a person can do to an incident, as it stands in the path.
    enum AnswerWord: String, CaseIterable, Sendable {
        case acknowledge
        case onScene = "on-scene"
        case needHelp = "need-help"
        case close
        case handOver = "hand-over"
        case note
    }

    /// Every endpoint, in the order of the contract.
    static let all: [Endpoint] =
        [
            Endpoint(.get, "/healthz", .open, .health),
            Endpoint(.get, "/metrics", .open, .metrics),
            Endpoint(.get, "/api/v1/openapi.json", .open, .description),
            Endpoint(.post, "/api/v1/session", .open, .openSession),
            Endpoint(.get, "/api/v1/session", .session, .showSession),
            Endpoint(.delete, "/api/v1/session", .session, .closeSession),
            Endpoint(.get, "/api/v1/incidents", .read, .incidents),
            Endpoint(.get, "/api/v1/incidents/{id}", .read, .incident),
            Endpoint(.get, "/api/v1/homes", .read, .homes),
            Endpoint(.get, "/api/v1/homes/{home}", .read, .home),
            Endpoint(.get, "/api/v1/devices", .read, .devices),
            Endpoint(.get, "/api/v1/responders", .read, .responders),
            Endpoint(.get, "/api/v1/visits", .read, .visits),
            Endpoint(.get, "/api/v1/reports/{report}", .read, .report),
            Endpoint(.get, "/api/v1/health", .read, .fullHealth),
            Endpoint(.get, "/api/v1/notes", .read, .notes),
            Endpoint(.get, "/api/v1/duty-checks", .read, .dutyChecks),
            Endpoint(.get, "/api/v1/audit", .administer, .audit),
            Endpoint(.get, "/api/v1/events", .read, .events),
            Endpoint(.post, "/api/v1/incidents", .dispatch, .openIncident),
        ]
        + AnswerWord.allCases.map {
            Endpoint(.post, "/api/v1/incidents/{id}/\($0.rawValue)", .answer, .answer($0))
        } + [
            Endpoint(.post, "/api/v1/homes/{home}/visits", .dispatch, .recordVisit),
            Endpoint(.post, "/api/v1/homes/{home}/shelves", .maintain, .shelve),
            Endpoint(.delete, "/api/v1/homes/{home}/shelves/{kind}", .maintain, .unshelve),
            Endpoint(.post, "/api/v1/homes/{home}/walk-test", .maintain, .startWalkTest),
            Endpoint(.delete, "/api/v1/homes/{home}/walk-test", .maintain, .endWalkTest),
            Endpoint(.post, "/api/v1/notes", .dispatch, .writeNote),
            Endpoint(.post, "/api/v1/duty-checks", .administer, .askDuty),
            Endpoint(.post, "/api/v1/duty-checks/{id}/answer", .dispatch, .answerDuty),
            Endpoint(.post, "/api/v1/replies", .relay, .reply),
            Endpoint(.get, "/a/{token}", .open, .answerPage),
            Endpoint(.post, "/a/{token}", .open, .answerAct),
        ]
}

/// Where a request goes.
struct Route: Sendable {
    let endpoint: Endpoint
    /// The segments that stand for names in braces, percent-decoded, in order.
    let parameters: [String]

    /// What a path means.
    ///
    /// - Returns: nil where there is nothing.
    /// - Throws: 405 where another method is answered.
    static func find(_ method: HTTPRequest.Method, _ path: Substring) throws(Problem) -> Route? {
        let segments = Self.segments(of: path)
        var allowed: [String] = []
        for (endpoint, pattern) in patterns {
            guard let parameters = match(segments, pattern) else { continue }
            if endpoint.method == method || endpoint.method == .get && method == .head {
                return Route(endpoint: endpoint, parameters: parameters)
            }
            allowed += endpoint.method == .get ? ["GET", "HEAD"] : [endpoint.method.rawValue]
        }
        guard allowed.isEmpty else { throw .methodNotAllowed(allowed.joined(separator: ", ")) }
        return nil
    }

    private static let patterns = Endpoint.all.map { ($0, segments(of: $0.path[...])) }

    private static func segments(of path: Substring) -> [Substring] {
        Array(path.split(separator: "/", omittingEmptySubsequences: false).dropFirst())
    }

    private static func match(_ segments: [Substring], _ pattern: [Substring]) -> [String]? {
        guard segments.count == pattern.count else { return nil }
        var parameters: [String] = []
        for (segment, wanted) in zip(segments, pattern) {
            if wanted == "{token}", !segment.isEmpty {
                // A link that was mangled on its way is answered like any wrong one.
                parameters.append(PlainText.decoded(segment) ?? "")
            } else if wanted.hasPrefix("{") {
                guard let text = PlainText.decoded(segment), !text.isEmpty, PlainText.isPlain(text) else {
                    return nil
                }
                parameters.append(text)
            } else if segment != wanted {
                return nil
            }
        }
        return parameters
    }

    /// The parameter as a number.
    ///
    /// - Throws: 404 when it is none.
    func number() throws(Problem) -> Int64 {
        guard let text = parameters.first, let number = DecimalText.number(text) else { throw .notFound }
        return number
    }

    /// The parameter as a text.
    func text(_ index: Int = 0) -> String { index < parameters.count ? parameters[index] : "" }
}

/// Numbers as they stand in paths and queries.
enum DecimalText {
    /// A positive number of digits only, or nil.
    static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text), number > 0
        else { return nil }
        return number
    }
}
