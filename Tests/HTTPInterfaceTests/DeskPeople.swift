import Foundation
import GatewayPorts
import SafetyModel
import Synchronization

@testable import HTTPInterface

/// People with a console for tests; everybody's password is `right`.
enum DeskPeople {
    /// Cheap, so that tests are quick; only `check` refuses such a hash.
    static let hash: ScryptHash = {
        var hash = ScryptHash(
            costLog: 4, blockSize: 8, parallelism: 1, salt: Array(repeating: 7, count: 16), key: [])
        hash.key = hash.derive("right") ?? []
        return hash
    }()

    static let all = [
        DeskUser(id: "look", name: "Look", role: .viewer, password: hash),
        DeskUser(id: "zhang", name: "Zhang", role: .dispatcher, responder: "centre-1", password: hash),
        DeskUser(id: "tech", name: "Tech", role: .technician, password: hash),
        DeskUser(id: "boss", name: "Boss", role: .administrator, password: hash),
    ]
}

/// A signed-in browser.
struct Browser: Sendable {
    let client: RawClient
    let cookie: String
    let csrf: String

    /// Signs in; nil when that fails.
    static func signIn(_ user: String, _ client: RawClient, password: String = "right") async -> Browser? {
        let answer = await client.request(
            "POST", "/api/v1/session", body: #"{"user":"\#(user)","password":"\#(password)"}"#)
        guard answer.status == 200, let header = answer.headers["set-cookie"],
            let cookie = header.split(separator: ";").first, let csrf = answer.json["csrf"] as? String
        else { return nil }
        return Browser(client: client, cookie: String(cookie), csrf: csrf)
    }

    /// A request with its cookie and its word.
    func request(
        _ method: String, _ path: String, headers: [String] = [], body: String? = nil
    ) async -> RawClient.Answer {
        await client.request(
            method, path, headers: ["Cookie: \(cookie)", "X-CSRF-Token: \(csrf)"] + headers, body: body)
    }
}

/// The desk's record in memory.
final class FakeRecord: DeskRecord {
    struct State: Sendable {
        var acts: [AuditedAct] = []
        var notes: [ShiftNote] = []
        var checks: [DutyCheck] = []
        var fails = false
    }

    private let state = Mutex(State())

    var now: State { state.withLock { $0 } }
    var outcomes: [String] { now.acts.map { "\($0.user) \($0.act) \($0.subject) \($0.outcome)" } }
    func set(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

    private func change<Result>(_ body: (inout State) -> Result) throws(JournalError) -> Result {
        guard !now.fails else { throw .failed("no disk") }
        return state.withLock { body(&$0) }
    }

    func append(_ act: AuditedAct) throws(JournalError) -> AuditEntry {
        try change { state in
            state.acts.append(act)
            return AuditEntry(number: Int64(state.acts.count), act: act, hash: "")
        }
    }

    func audit(before: Int64?, limit: Int) throws(JournalError) -> [AuditEntry] {
        try change { state in
            let entries = zip(1..., state.acts).map { AuditEntry(number: $0, act: $1, hash: "") }
            return Array(entries.filter { $0.number < before ?? .max }.reversed().prefix(limit))
        }
    }

    func write(note text: String, by user: String, at time: WallTime) throws(JournalError) -> ShiftNote {
        try change { state in
            let note = ShiftNote(number: Int64(state.notes.count + 1), at: time, by: user, text: text)
            state.notes.insert(note, at: 0)
            return note
        }
    }

    func notes(limit: Int) throws(JournalError) -> [ShiftNote] { try change { $0.notes } }

    func ask(by user: String, at time: WallTime, answerBy: WallTime) throws(JournalError) -> DutyCheck {
        try change { state in
            let number = Int64(state.checks.count + 1)
            let check = DutyCheck(number: number, askedAt: time, by: user, answerBy: answerBy)
            state.checks.append(check)
            return check
        }
    }

    func answer(_ check: Int64, by user: String, at time: WallTime) throws(JournalError) -> DutyCheck? {
        try change { state in
            guard let place = state.checks.firstIndex(where: { $0.number == check }) else { return nil }
            state.checks[place].answeredAt = time
            state.checks[place].answeredBy = user
            return state.checks[place]
        }
    }

    func dutyChecks(limit: Int) throws(JournalError) -> [DutyCheck] { try change { $0.checks } }
}

/// Links whose token says what it means.
struct FakeKeys: AnswerKeys {
    func linkToken(incident: Int64, order: String, responder: String) -> String {
        "\(incident).\(order).\(responder)"
    }

    func meaning(ofLinkToken token: String) -> AnswerKey? {
        let parts = token.split(separator: ".")
        guard parts.count == 3, let incident = Int64(parts[0]) else { return nil }
        return AnswerKey(incident: incident, order: String(parts[1]), responder: String(parts[2]))
    }

    func replyCode(incident: Int64, responder: String) -> String { "1234" }
}
