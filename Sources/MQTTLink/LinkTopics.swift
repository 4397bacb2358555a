public import Escalation
public import GatewayPorts
public import SafetyModel

/// The gateway's own topics: `anju/<gateway>/...`.
public struct LinkTopics: Hashable, Sendable {
    /// The gateway's id.
    public var gateway: String
    /// Makes one from its parts.
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
        var json = JSONText()
        json.object { json in
            json.key("state")
            json.value(isOnline ? "online" : "offline")
            json.key("gateway")
            json.value(gateway)
            json.key("version")
            json.value(version)
        }
        return json.bytes
    }

    /// What a responder is told about a command that was taken in and committed.
    public func answer(_ answer: CommandAnswer, to command: PersonCommand) -> Publication {
        var json = JSONText()
        json.object { json in
            json.key("incident")
            json.value(command.incident.number)
            json.key("act")
            json.value(command.act.name)
            json.key("reference")
            json.value(command.reference)
            json.key("result")
            switch answer {
            case .accepted(let phase):
                json.value("accepted")
                json.key("phase")
                json.value(phase.name)
            case .refused(let why):
                json.value("refused")
                json.key("reason")
                json.value(why.rawValue)
            }
        }
        return Publication(topic: answers(to: command.responder), payload: json.bytes)
    }

    /// What a responder is told about the record of a visit that was taken in and committed.
    public func answer(_ answer: VisitAnswer, to visit: VisitRecord) -> Publication {
        var json = JSONText()
        json.object { json in
            json.key("visit")
            json.object { json in
                json.key("home")
                json.value(visit.home)
                json.key("way")
                json.value(visit.way.name)
                json.key("result")
                json.value(visit.result.name)
            }
            json.key("reference")
            json.value(visit.reference)
            json.key("result")
            switch answer {
            case .recorded: json.value("recorded")
            case .refused(let why):
                json.value("refused")
                json.key("reason")
                json.value(why.rawValue)
            }
        }
        return Publication(topic: answers(to: visit.by), payload: json.bytes)
    }

    /// What a responder is told about a command that could not be understood or was not allowed.
    func answer(_ problem: CommandProblem, to responder: String) -> Publication {
        var json = JSONText()
        json.object { json in
            json.key("result")
            json.value("error")
            json.key("error")
            json.value(problem.text)
            json.key("reference")
            json.value(problem.reference)
        }
        return Publication(topic: answers(to: responder), payload: json.bytes)
    }
}
