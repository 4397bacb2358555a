import DeviceProfiles
import SafetyModel
import SafetySimulator

/// What a virtual day consists of, read from the command line and the site.
struct DemoPlan {
    var homes: [HomeBlueprint]
    var people: [VirtualResponder]
    /// The tokens of those who may answer, by responder id.
    var tokens: [String: String]
    /// The gateway whose incidents are watched; nil means that the homes only speak.
    var gateway: String?
    var calendar: CivilCalendar
    var stories: [Story]
    var scale: Double
    var duration: Duration
    var seed: UInt64
    var keepsOn: Bool
    /// How the site reads its messages, for counting observations; nil without a site.
    var directory: TopicDirectory?

    /// Expects no confirmation by rules that the site does not have.
    mutating func forget(rulesExcept known: [String]) {
        for index in stories.indices {
            guard let rule = stories[index].expectation.confirmedBy, !known.contains(rule) else { continue }
            stories[index].expectation.confirmedBy = nil
        }
    }

    /// Whether a status message says that the gateway is away.
    static func saysOffline(_ payload: [UInt8]) -> Bool { text(payload).contains("offline") }

    /// Whether a status message says that the gateway is there.
    static func saysOnline(_ payload: [UInt8]) -> Bool { text(payload).contains("online") }

    private static func text(_ payload: [UInt8]) -> String { String(decoding: payload, as: UTF8.self) }
}

/// Why a virtual day could not be lived to its end.
enum DemoFailure: Error, CustomStringConvertible {
    case connectionLost
    case gatewayGone
    case gatewayNeverCame
    case refused(String)

    var description: String {
        switch self {
        case .connectionLost: "The connection to the broker broke."
        case .gatewayGone: "The gateway went offline."
        case .gatewayNeverCame: "The gateway did not report itself within a minute."
        case .refused(let reason): "The broker cannot be used: \(reason)"
        }
    }
}
