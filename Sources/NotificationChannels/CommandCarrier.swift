import Escalation
import Foundation
import GatewayPorts
import NIOCore
public import SafetyModel

/// Runs a program of this machine for each order: no shell, the order on its standard input, an end in time.
///
/// Exit code 0 is delivered, 75 (EX_TEMPFAIL) and a program that was ended failed, any other rejected. The
/// program gets `ANJU_ADDRESS`, `ANJU_RESPONDER`, `ANJU_PURPOSE`, `ANJU_URGENCY` and `ANJU_MESSAGE`, a bare
/// `PATH`, and nothing else of the gateway's environment.
struct CommandCarrier: OrderCarrier {
    let arguments: [String]
    let composer: MessageComposer

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        await OwnThread.run("anju-command") { carryBlocking(delivery) }
    }

    func shutdown() async {}

    private func carryBlocking(_ delivery: OrderDelivery) -> DeliveryReport.Result {
        let message = delivery.message
        let facts = composer.facts(of: message)
        let order = message.order
        let environment = [
            "PATH": "/usr/local/bin:/usr/bin:/bin", "ANJU_ADDRESS": order.address.onOneLine,
            "ANJU_RESPONDER": order.responder, "ANJU_PURPOSE": order.purpose.name,
            "ANJU_URGENCY": order.urgency.name,
            "ANJU_MESSAGE": composer.text(.long, of: message, facts: facts),
        ]
        let run = ProgramRun(arguments: arguments, environment: environment)
        switch run.run(input: document(of: message, facts), isOver: { delivery.isOver }) {
        case .exited(0): return .delivered
        case .exited(75): return .failed(reason: "the program ended with 75")
        case .exited(let code): return .rejected(reason: "the program ended with \(code)")
        case .ended: return .failed(reason: "the program took too long and was ended")
        case .killed(let signal): return .failed(reason: "the program ended by signal \(signal)")
        case .notStarted(let reason): return .rejected(reason: "the program cannot be started: \(reason)")
        }
    }

    /// The order's document: with the incident in it for one person, without it for a group, bare for all.
    private func document(of message: OrderMessage, _ facts: OrderFacts) -> [UInt8] {
        switch composer.audience {
        case .private: return OrderEvent.document(of: message)
        case .group: return message.document
        case .public:
            var json = JSONText()
            json.object { json in
                json.key("order")
                json.value(message.order.id.text)
                json.key("purpose")
                json.value(message.order.purpose.name)
                json.key("urgency")
                json.value(message.order.urgency.name)
                json.key("kind")
                json.value(facts[.kind])
                json.key("attempt")
                json.value(message.order.attempt)
            }
            return json.bytes
        }
    }
}

extension QueuedChannel {
    /// A channel to a program of this machine.
    public convenience init(
        _ settings: ChannelSettings, command: CommandSettings, in surroundings: ChannelSurroundings
    ) {
        let composer = MessageComposer(audience: settings.audience, surroundings: surroundings)
        self.init(
            name: settings.name, timeout: settings.timeout, limits: ChannelLimits(inFlightLimit: 8),
            carrier: CommandCarrier(arguments: command.arguments, composer: composer))
    }
}
