import GatewayPorts
import HTTPTypes
import Hummingbird
import NIOCore
import SafetyModel

/// Shift notes, duty checks and the audit: what lies in the desk's record.
struct NoteCounter: Sendable {
    let record: (any DeskRecord)?
    let looker: Looker
    let audit: AuditWriter
    let events: EventHub
    let now: @Sendable () -> WallTime
    let limits: HTTPLimits
    let watch = DutyWatch()

    private static let shownCount = 200

    /// What a request's body may say.
    struct Body: Decodable {
        var text: String?
    }

    func notes() async throws(Problem) -> Response {
        let notes = try await read { (record) throws(JournalError) in
            try record.notes(limit: Self.shownCount)
        }
        return JSONAnswer.list("notes", DocumentPage(documents: notes.map(DeskDocument.bytes)))
    }

    /// The newest duty checks, newest first.
    func checks() async throws(Problem) -> [DutyCheck] {
        try await read { (record) throws(JournalError) in try record.dutyChecks(limit: Self.shownCount) }
    }

    func dutyChecks() async throws(Problem) -> Response {
        let checks = try await checks()
        let now = now()
        return JSONAnswer.list(
            "dutyChecks", DocumentPage(documents: checks.map { DeskDocument.bytes($0, at: now) }))
    }

    func entries(_ text: Substring) async throws(Problem) -> Response {
        let parameters = try Query(text, known: ["before", "limit"], valueLimit: limits.valueLimit)
        let before = try parameters.number("before")
        let limit = Int(try parameters.number("limit", atMost: BoardReader.pageLimit) ?? 100)
        let entries = try await read { (record) throws(JournalError) in
            try record.audit(before: before, limit: limit)
        }
        let next = entries.count == limit ? entries.last.flatMap { $0.number > 1 ? $0.number : nil } : nil
        return JSONAnswer.list(
            "entries",
            DocumentPage(documents: entries.map(DeskDocument.bytes), next: next.map(String.init)))
    }

    func write(_ body: Body, by caller: Caller, from address: String) async throws(Problem) -> Response {
        let text = try PlainText.checked(body.text, "text", limit: DeskLimits.noteLimit)
        let (time, author) = (now(), caller.author)
        let note = try await read { (record) throws(JournalError) in
            try record.write(note: text, by: author, at: time)
        }
        let document = DeskDocument.bytes(note)
        events.publish("note", document)
        await audit.write(
            "note.write", on: "note:\(note.number)", by: caller.name, from: address, outcome: "done")
        return JSONAnswer.response(.created, ByteBuffer(bytes: document))
    }

    func askDuty(by caller: Caller, from address: String) async throws(Problem) -> Response {
        let (time, author) = (now(), caller.author)
        let span = limits.dutyPatience.components.seconds * 1_000
        let end = WallTime(milliseconds: time.milliseconds + span)
        let check = try await read { (record) throws(JournalError) in
            try record.ask(by: author, at: time, answerBy: end)
        }
        watch.add(check)
        return await told(check, "duty.ask", .created, by: caller, from: address)
    }

    func answerDuty(
        _ number: Int64, by caller: Caller, from address: String
    ) async throws(Problem) -> Response {
        let (time, author) = (now(), caller.author)
        let check = try await read { (record) throws(JournalError) in
            try record.answer(number, by: author, at: time)
        }
        guard let check else { throw .notFound }
        watch.remove(number)
        return await told(check, "duty.answer", .ok, by: caller, from: address)
    }

    private func told(
        _ check: DutyCheck, _ act: String, _ status: HTTPResponse.Status, by caller: Caller,
        from address: String
    ) async -> Response {
        let time = now()
        let document = DeskDocument.bytes(check, at: time)
        events.publish("duty", document)
        await audit.write(
            act, on: "dutyCheck:\(check.number)", by: caller.name, from: address,
            outcome: check.state(at: time).rawValue)
        return JSONAnswer.response(status, ByteBuffer(bytes: document))
    }

    private func read<Found: Sendable>(
        _ body: @escaping @Sendable (any DeskRecord) throws(JournalError) -> Found
    ) async throws(Problem) -> Found {
        guard let record else { throw .unavailable("The desk's record cannot be used now.") }
        return try await looker.read { (_) throws(JournalError) in try body(record) }
    }
}

/// Notes, duty checks and audit entries in JSON.
enum DeskDocument {
    static func bytes(_ note: ShiftNote) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.key("id")
            json.value(note.number)
            json.key("at")
            json.value(note.at)
            json.key("by")
            json.value(note.by)
            json.key("text")
            json.value(note.text)
        }
        return json.bytes
    }

    static func bytes(_ check: DutyCheck, at now: WallTime) -> [UInt8] {
        var json = JSONText()
        json.object { json in
            json.key("id")
            json.value(check.number)
            json.key("askedAt")
            json.value(check.askedAt)
            json.key("by")
            json.value(check.by)
            json.key("answerBy")
            json.value(check.answerBy)
            json.key("answeredAt")
            if let time = check.answeredAt { json.value(time) } else { json.null() }
            json.key("answeredBy")
            if let user = check.answeredBy { json.value(user) } else { json.null() }
            json.key("state")
            json.value(check.state(at: now).rawValue)
        }
        return json.bytes
    }

    static func bytes(_ entry: AuditEntry) -> [UInt8] {
        let act = entry.act
        var json = JSONText()
        json.object { json in
            json.key("number")
            json.value(entry.number)
            json.key("at")
            json.value(act.at)
            json.key("user")
            json.value(act.user)
            json.key("address")
            json.value(act.address)
            json.key("act")
            json.value(act.act)
            json.key("subject")
            json.value(act.subject)
            json.key("outcome")
            json.value(act.outcome)
            json.key("hash")
            json.value(entry.hash)
        }
        return json.bytes
    }
}
