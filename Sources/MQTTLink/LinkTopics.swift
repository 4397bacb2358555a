public import Escalation
public import GatewayPorts
import SafetyModel

/// The gateway's own topics: `anju/<gateway>/...`.
public struct LinkTopics: Hashable, Sendable {
    public var gateway: String
    public init(gateway: String) { self.gateway = gateway }

    /// Retained: whether the gateway is there.
    public var status: String { "anju/\(gateway)/status" }
    /// What the link subscribes to for commands of people.
    public var commandFilter: String { "\(commandPrefix)+" }
    /// Where a responder sends commands, up to his id.
    public var commandPrefix: String { "anju/\(gateway)/commands/" }

    /// Where a responder hears what became of his commands.
    public func answers(to responder: String) -> String { "anju/\(gateway)/answers/\(responder)" }

    /// Says that the gateway is there, or (as the last will) not.
    public func statusPayload(isOnline: Bool, version: String) -> [UInt8] {
        let state = isOnline ? "online" : "offline"
        return Array(
            "{\"state\":\"\(state)\",\"gateway\":\(JSONText.quoted(gateway)),\"version\":\(JSONText.quoted(version))}"
                .utf8)
    }

    /// What a responder is told about a command that was taken in and committed.
    public func answer(_ answer: CommandAnswer, to command: PersonCommand) -> Publication {
        let reference = JSONText.quoted(command.reference)
        let start =
            "{\"incident\":\(command.incident.number),\"act\":\"\(command.act.name)\",\"reference\":\(reference)"
        let rest =
            switch answer {
            case .accepted(let phase): ",\"result\":\"accepted\",\"phase\":\"\(phase.name)\"}"
            case .refused(let why): ",\"result\":\"refused\",\"reason\":\"\(why.rawValue)\"}"
            }
        return Publication(topic: answers(to: command.responder), payload: Array((start + rest).utf8))
    }

    /// What a responder is told about a command that could not be understood or was not allowed.
    func answer(_ problem: CommandProblem, to responder: String) -> Publication {
        let text =
            "{\"result\":\"error\",\"error\":\(JSONText.quoted(problem.text)),"
            + "\"reference\":\(JSONText.quoted(problem.reference))}"
        return Publication(topic: answers(to: responder), payload: Array(text.utf8))
    }
}

/// Strings as JSON.
enum JSONText {
    /// With quotes; control characters escaped.
    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 32:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
