import Foundation
import SafetyCore
import SafetyModel
import SafetySimulator
import SiteConfiguration

/// Where virtual homes come from: a gateway's own configuration, or a generator.
enum DemoCommunity {
    /// Who answers in a site.
    static func people(of installation: Installation) -> [VirtualResponder] {
        installation.site.community.responders.map {
            VirtualResponder(id: $0.id, name: $0.name, role: $0.role)
        }
    }

    /// Reads `responder token` lines; comments begin with `#`.
    static func tokens(in path: String) throws -> [String: String] {
        var tokens: [String: String] = [:]
        for line in try String(contentsOfFile: path, encoding: .utf8).split(whereSeparator: \.isNewline) {
            let words = line.split(separator: " ")
            if words.count == 2, !words[0].hasPrefix("#") { tokens[String(words[0])] = String(words[1]) }
        }
        return tokens
    }

    /// The machine's own time zone around a moment.
    static func localCalendar(around now: WallTime) -> CivilCalendar {
        CivilCalendar(timeZone: TimeZone.current.identifier, around: now) ?? .utc
    }
}
