import Foundation
import SafetyModel

/// What an answer page needs of an incident's document.
struct AnswerView: Decodable, Sendable {
    var id: Int64
    var title: String
    var phase: String
    var urgency: String
    var home: Home
    var openedAt: String
    var answeredBy: String?
    /// Whom it is offered to; nil when nobody is asked to take it over.
    var handingOverTo: String?
    var closedAt: String?
    var disposition: String?
    var alarms: [Alarm]
    var timeline: [Entry]

    struct Home: Decodable, Sendable {
        var id: String
        var name: String
        var address: String
    }

    struct Alarm: Decodable, Sendable {
        var message: String?
    }

    struct Entry: Decodable, Sendable {
        var at: String
        var event: String
        var responder: String?
    }

    /// Reads a document; nil when it is not one.
    init?(_ document: some Sequence<UInt8>) {
        guard let view = try? JSONDecoder().decode(Self.self, from: Data(document)) else { return nil }
        self = view
    }

    /// A moment of the document.
    static func time(_ text: String) -> WallTime? {
        let date = try? Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(text)
        return date.map { WallTime(milliseconds: Int64(($0.timeIntervalSince1970 * 1_000).rounded())) }
    }

    /// Whether somebody else asked for help and nobody has come since.
    func wantsHelp(of responder: String) -> Bool {
        guard let asked = timeline.lastIndex(where: { $0.event == "helpRequested" }),
            timeline[asked].responder != responder
        else { return false }
        return !timeline[asked...].contains { entry in
            switch entry.event {
            case "acknowledged", "onScene": entry.responder != timeline[asked].responder
            case "acknowledgementStale", "handOverUnanswered": true
            default: false
            }
        }
    }

    /// Whether it was closed longer ago than a page stays.
    func isOver(at now: WallTime, after patience: Duration) -> Bool {
        guard let closedAt else { return false }
        guard let closed = Self.time(closedAt) else { return true }
        return now.milliseconds - closed.milliseconds > patience.components.seconds * 1_000
    }
}

/// Who lives in a home, for the page.
struct AnswerHome: Decodable, Sendable {
    var residents: [Resident] = []

    struct Resident: Decodable, Sendable {
        var name: String
        var telephone: String?
        var conditions: [String]?
    }
}

/// A responder's name, for the page.
struct AnswerName: Decodable, Sendable {
    var id: String
    var name: String
}
