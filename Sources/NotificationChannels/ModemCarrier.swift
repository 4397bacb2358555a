import Dispatch
import Escalation
import Foundation
import GatewayPorts
public import SafetyModel
import Synchronization

/// Sends orders as text messages through gammu-smsd and waits until the modem has sent them.
///
/// An order lies in the outbox under one name for all its tries: a try that timed out goes on in the modem,
/// and the next one finds it there or sent.
final class ModemCarrier: OrderCarrier {
    private let spool: ModemSpool
    private let composer: MessageComposer
    private let lastSweep = Mutex(Date.distantPast)

    /// How often the folders are looked at.
    private static let lookInterval = 0.2
    private static let sweepInterval = 60.0

    init(spool: ModemSpool, composer: MessageComposer) {
        self.spool = spool
        self.composer = composer
    }

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        await OwnThread.run("anju-modem") { [self] in carryBlocking(delivery) }
    }

    func shutdown() async {}

    private func carryBlocking(_ delivery: OrderDelivery) -> DeliveryReport.Result {
        let message = delivery.message
        guard let number = TelephoneNumber(message.order.address) else {
            return .rejected(reason: "the address is no telephone number")
        }
        sweepNowAndThen()
        let facts = composer.facts(of: message)
        let text = composer.shortText(
            of: message, facts: facts, takesReplies: spool.settings.inbox != nil)
        let name = spool.name(for: message.order, to: number, gateway: message.gateway)
        if let reason = spool.put(text, as: name) { return .failed(reason: reason) }
        while !delivery.isOver {
            switch spool.fate(of: name) {
            case .sent: return .delivered
            case .failed: return .failed(reason: "the modem could not send it")
            case .gone: return .failed(reason: "somebody took it out of the outbox")
            case .waiting: Thread.sleep(forTimeInterval: Self.lookInterval)
            }
        }
        return .failed(reason: "timed out")
    }

    private func sweepNowAndThen() {
        let now = Date()
        let isDue = lastSweep.withLock { last in
            guard now.timeIntervalSince(last) >= Self.sweepInterval else { return false }
            last = now
            return true
        }
        if isDue { spool.sweep(at: now) }
    }
}

extension QueuedChannel {
    /// A channel to a modem behind gammu-smsd.
    public convenience init(
        _ settings: ChannelSettings, modem: ModemSettings, in surroundings: ChannelSurroundings
    ) {
        let composer = MessageComposer(audience: settings.audience, surroundings: surroundings)
        self.init(
            name: settings.name, timeout: settings.timeout, limits: ChannelLimits(inFlightLimit: 32),
            carrier: ModemCarrier(spool: ModemSpool(settings: modem), composer: composer))
    }
}
