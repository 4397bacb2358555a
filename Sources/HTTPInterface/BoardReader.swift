import Foundation
import GatewayPorts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SafetyModel

/// What is known now, as the API shows it.
struct BoardReader: Sendable {
    let looker: Looker
    /// For the metrics.
    let scraper: Looker
    let incidents: IncidentReader
    let now: @Sendable () -> WallTime
    let limits: HTTPLimits

    private static let usualPageCount: Int64 = 100
    /// The most entries of one page.
    static let pageLimit: Int64 = 1_000

    func health() -> Response {
        let health = looker.board.health()
        return JSONAnswer.response(health.isHealthy ? .ok : .serviceUnavailable, HealthDocument(health))
    }

    func fullHealth() -> Response {
        JSONAnswer.response(.ok, HealthDocument(looker.board.health(), now: now()))
    }

    func metrics(_ own: [Metric]) async throws(Problem) -> Response {
        let text = MetricsText.text(try await scraper.look { $0.metrics() } + own)
        return Response(
            status: .ok, headers: [.contentType: MetricsText.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    func incidentList(_ text: Substring) async throws(Problem) -> Response {
        let known = ["state", "home", "kind", "urgency", "from", "to", "limit", "before"]
        let parameters = try Query(text, known: known, valueLimit: limits.valueLimit)
        let phases = try parameters.word("state", IncidentReader.Phases.self) ?? .open
        var query = IncidentQuery()
        query.home = parameters.text("home")
        query.kind = parameters.text("kind")
        query.urgency = parameters.text("urgency")
        query.from = try parameters.time("from")
        query.to = try parameters.time("to")
        query.before = try parameters.number("before")
        query.limit = try limit(parameters)
        return JSONAnswer.response(.ok, try await incidents.page(phases, matching: query))
    }

    func incident(_ number: Int64, _ request: Request) async throws(Problem) -> Response {
        guard let document = try await incidents.incident(number) else { throw .notFound }
        let tag = IncidentReader.marks(document.readableBytesView)?.tag
        if let tag, request.headers[.ifNoneMatch] == tag {
            return Response(status: .notModified, headers: [.eTag: tag])
        }
        var response = JSONAnswer.response(.ok, document)
        if let tag { response.headers[.eTag] = tag }
        return response
    }

    func homes(_ text: Substring) async throws(Problem) -> Response {
        let known = ["search", "area", "building", "limit", "after"]
        let parameters = try Query(text, known: known, valueLimit: limits.valueLimit)
        var query = HomeQuery()
        query.search = parameters.text("search")
        query.area = parameters.text("area")
        query.building = parameters.text("building")
        query.after = parameters.text("after")
        query.limit = try limit(parameters)
        let wanted = query
        let page = try await looker.look { $0.homes(matching: wanted) }
        return JSONAnswer.list("homes", page)
    }

    func home(_ id: String) async throws(Problem) -> Response {
        guard let document = try await looker.look({ $0.home(id) }) else { throw .notFound }
        return JSONAnswer.response(.ok, ByteBuffer(bytes: document))
    }

    func devices(_ text: Substring) async throws(Problem) -> Response {
        let known = ["state", "home", "limit", "after"]
        let parameters = try Query(text, known: known, valueLimit: limits.valueLimit)
        var query = DeviceQuery()
        let state = try parameters.word("state", DeviceState.self)
        query.troubleOnly = state == .trouble
        query.neverHeardOnly = state == .neverHeard
        query.home = parameters.text("home")
        query.after = parameters.text("after")
        query.limit = try limit(parameters)
        let wanted = query
        let page = try await looker.look { $0.devices(matching: wanted) }
        return JSONAnswer.list("devices", page)
    }

    private enum DeviceState: String, CaseIterable { case all, trouble, neverHeard }
    private enum VisitState: String, CaseIterable { case due, overdue, done, all }
    private enum ReportFormat: String, CaseIterable { case json, csv }

    func responders(_ text: Substring) async throws(Problem) -> Response {
        _ = try Query(text, known: [], valueLimit: limits.valueLimit)
        let documents = try await looker.look { $0.responders() }
        return JSONAnswer.list("responders", DocumentPage(documents: documents))
    }

    func visits(_ text: Substring) async throws(Problem) -> Response {
        let parameters = try Query(text, known: ["state", "colour"], valueLimit: limits.valueLimit)
        var query = VisitQuery()
        let state = try parameters.word("state", VisitState.self) ?? .all
        query.state = VisitQuery.State(rawValue: state.rawValue)
        query.colour = parameters.text("colour")
        let wanted = query
        let documents = try await looker.look { $0.visits(matching: wanted) }
        return JSONAnswer.list("visits", DocumentPage(documents: documents))
    }

    /// A report over a span of at most `ReportSpan.longest`; the last 30 days when nothing is said.
    func report(_ name: String, _ text: Substring) async throws(Problem) -> Response {
        guard let kind = ReportKind(rawValue: name) else { throw .notFound }
        let parameters = try Query(text, known: ["from", "to", "format"], valueLimit: limits.valueLimit)
        let format = try parameters.word("format", ReportFormat.self) ?? .json
        let to = try parameters.time("to") ?? now()
        let from = try parameters.time("from") ?? WallTime(milliseconds: to.milliseconds - ReportSpan.usual)
        guard from < to, to.milliseconds - from.milliseconds <= ReportSpan.longest else {
            throw .unprocessable("from must be before to, by at most 366 days.")
        }
        let bytes = try await looker.read { (board) throws(JournalError) in
            format == .json
                ? try board.report(kind, from: from, to: to) : try board.reportCSV(kind, from: from, to: to)
        }
        guard format == .csv else { return JSONAnswer.response(.ok, ByteBuffer(bytes: bytes)) }
        return Response(
            status: .ok,
            headers: [
                .contentType: "text/csv; charset=utf-8",
                .contentDisposition: "attachment; filename=\"\(kind.rawValue).csv\"",
            ], body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private enum ReportSpan {
        static let usual: Int64 = 30 * 86_400_000
        static let longest: Int64 = 366 * 86_400_000
    }

    private func limit(_ parameters: Query) throws(Problem) -> Int {
        Int(try parameters.number("limit", atMost: Self.pageLimit) ?? Self.usualPageCount)
    }
}

extension JSONAnswer {
    /// `{"<name>": [...], "next": ...}` of ready-made documents.
    static func list(_ name: String, _ page: DocumentPage) -> Response {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(page.documents.reduce(64) { $0 + $1.count + 1 })
        bytes.writeString("{\"\(name)\":[")
        for (place, document) in page.documents.enumerated() {
            if place > 0 { bytes.writeString(",") }
            bytes.writeBytes(document)
        }
        var json = JSONText()
        if let next = page.next { json.value(next) } else { json.null() }
        bytes.writeString("],\"next\":")
        bytes.writeBytes(json.bytes)
        if let counts = page.counts {
            bytes.writeString(
                ",\"counts\":{\"devices\":\(counts.devices),\"trouble\":\(counts.trouble),"
                    + "\"neverHeard\":\(counts.neverHeard)}")
        }
        bytes.writeString("}")
        return response(.ok, bytes)
    }
}
