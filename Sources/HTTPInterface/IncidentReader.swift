import Foundation
import GatewayPorts
import NIOCore

/// Incidents from the board, without ever waiting for a disk on Swift's cooperative threads.
struct IncidentReader: Sendable {
    private let looker: Looker
    private let pageByteLimit: Int

    init(looker: Looker, limits: HTTPLimits) {
        self.looker = looker
        pageByteLimit = limits.pageByteLimit
    }

    /// Which incidents a list shows.
    enum Phases: String, CaseIterable { case open, closed, all }

    /// A page: `{"incidents": [...], "next": ...}`.
    ///
    /// Open incidents of all homes come most pressing first while they fit on one page. Everything else comes
    /// from the record, newest first; `next` is then the value of `before` for the next page, or null after
    /// the last.
    func page(_ phases: Phases, matching query: IncidentQuery) async throws(Problem) -> ByteBuffer {
        if phases == .open, query.isUnrestricted {
            let open = try await looker.look { board in board.openIncidents() }
            if open.count <= query.limit, open.reduce(0, { $0 + $1.count }) <= pageByteLimit {
                return Self.page(open[...], next: nil)
            }
        }
        var query = query
        query.openOnly = phases == .open
        query.closedOnly = phases == .closed
        let found = try await record(query)
        let shown = Self.prefix(of: found, byteLimit: pageByteLimit)
        let isLast = shown.count == found.count && found.count < query.limit
        return Self.page(shown, next: isLast ? nil : shown.last.flatMap(Self.number))
    }

    /// One incident's document, or nil; while the record cannot be read, open incidents are still found.
    func incident(_ number: Int64) async throws(Problem) -> ByteBuffer? {
        var query = IncidentQuery()
        query.number = number
        query.limit = 1
        var failure: Problem?
        do {
            if let found = try await record(query).first { return ByteBuffer(bytes: found) }
        } catch {
            failure = error
        }
        // What has just opened is told before the record holds it.
        let open = try await looker.look { board in board.openIncidents() }
        if let found = open.first(where: { Self.number($0) == number }) { return ByteBuffer(bytes: found) }
        if let failure { throw failure }
        return nil
    }

    private func record(_ query: IncidentQuery) async throws(Problem) -> [[UInt8]] {
        try await looker.read { (board) throws(JournalError) in try board.incidents(matching: query) }
    }

    private static func prefix(of documents: [[UInt8]], byteLimit: Int) -> ArraySlice<[UInt8]> {
        var byteCount = 0
        let end = documents.firstIndex { document in
            byteCount += document.count
            return byteCount > byteLimit
        }
        return documents[..<max(end ?? documents.count, min(1, documents.count))]
    }

    private static func page(_ documents: ArraySlice<[UInt8]>, next: Int64?) -> ByteBuffer {
        var bytes = ByteBuffer()
        bytes.reserveCapacity(documents.reduce(64) { $0 + $1.count + 1 })
        bytes.writeString("{\"incidents\":[")
        for (place, document) in documents.enumerated() {
            if place > 0 { bytes.writeString(",") }
            bytes.writeBytes(document)
        }
        bytes.writeString("],\"next\":\(next.map(String.init) ?? "null")}")
        return bytes
    }

    /// The incident's number as its document names it.
    static func number(_ document: [UInt8]) -> Int64? { marks(document)?.id }

    /// What paging and entity tags need of an incident's document.
    static func marks(_ document: some Sequence<UInt8>) -> IncidentMarks? {
        try? JSONDecoder().decode(IncidentMarks.self, from: Data(document))
    }
}

/// What tells one state of an incident from another.
struct IncidentMarks: Decodable {
    var id: Int64
    /// Counts its changes.
    var revision: Int64?

    /// The entity tag of the document.
    var tag: String? { revision.map { "\"\($0)\"" } }
}

extension IncidentQuery {
    /// Whether every incident is wanted.
    var isUnrestricted: Bool {
        home == nil && before == nil && kind == nil && urgency == nil && from == nil && to == nil
    }
}
