public import Escalation
public import GatewayEngine
public import GatewayPorts
import SafetyCore
public import SafetyModel
import Synchronization

/// Sends what the gate releases on its way: publications to the link's queue, orders to their channels,
/// answers to whoever asked.
///
/// Never blocks.
public final class ReleaseDispatcher: ReleaseTaker, Sendable {
    private let gateway: String
    private let outbound = Mutex(Outbound())
    private let routes = Mutex(Routes())
    /// Turns the answer to a command that came over MQTT into a publication.
    private let answer: @Sendable (CommandAnswer, PersonCommand) -> Publication
    /// The same for the record of a visit.
    private let visitAnswer: @Sendable (VisitAnswer, VisitRecord) -> Publication

    /// What waits for the link.
    private struct Outbound {
        var publications: [Publication] = []
        /// Statements that may wait for everything else, the next one last.
        var settled: [Publication] = []
        /// Topics about which something newer was said since.
        var superseded: Set<String> = []

        mutating func add(_ more: [Publication]) {
            publications.append(contentsOf: more)
            if publications.count > outboundLimit {
                publications.removeFirst(publications.count - outboundLimit)
            }
        }
    }

    private struct Routes {
        var channels: [String: any NotificationChannel] = [:]
        /// What homes themselves are told.
        var tellHomes: @Sendable ([IncidentStanding], Bool) -> [Publication] = { _, _ in [] }
        var wake: @Sendable () -> Void = {}
        var report: @Sendable (DeliveryReport) -> Void = { _ in }
        var resolve: @Sendable (PersonCommand, CommandAnswer) -> Void = { _, _ in }
        var resolveVisit: @Sendable (VisitRecord, VisitAnswer) -> Void = { _, _ in }
        var resolveDesk: @Sendable (DeskCommand, DeskAnswer) -> Void = { _, _ in }
    }

    /// The name of the channel that the link itself is.
    public static let brokerChannel = SafetyMachine.brokerChannel
    /// Publications that wait for the link; beyond it the core's retries carry what is dropped.
    public static let outboundLimit = 50_000

    /// Statements of homes in which all is well that go out in one turn of the link.
    static let settledLimit = 256

    /// Makes one from its parts.
    public init(
        gateway: String, answer: @escaping @Sendable (CommandAnswer, PersonCommand) -> Publication,
        visitAnswer: @escaping @Sendable (VisitAnswer, VisitRecord) -> Publication
    ) {
        self.gateway = gateway
        self.answer = answer
        self.visitAnswer = visitAnswer
    }

    /// Uses these channels from now on, by name.
    public func use(_ channels: [any NotificationChannel]) {
        let byName = Dictionary(channels.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        routes.withLock { $0.channels = byName }
    }

    /// Tells homes from now on what their incidents mean for them; the closure must not block.
    public func tellHomes(_ tell: @escaping @Sendable ([IncidentStanding], Bool) -> [Publication]) {
        routes.withLock { $0.tellHomes = tell }
    }

    /// Hands what a channel publishes to the link; never blocks.
    public func publish(_ publications: [Publication]) {
        let wake = routes.withLock { $0.wake }
        outbound.withLock { $0.add(publications) }
        wake()
    }

    func connect(
        wake: @escaping @Sendable () -> Void, report: @escaping @Sendable (DeliveryReport) -> Void,
        resolve: @escaping @Sendable (PersonCommand, CommandAnswer) -> Void,
        resolveVisit: @escaping @Sendable (VisitRecord, VisitAnswer) -> Void = { _, _ in },
        resolveDesk: @escaping @Sendable (DeskCommand, DeskAnswer) -> Void = { _, _ in }
    ) {
        routes.withLock {
            $0.wake = wake
            $0.report = report
            $0.resolve = resolve
            $0.resolveVisit = resolveVisit
            $0.resolveDesk = resolveDesk
        }
    }

    /// Takes one outcome after its commit; never blocks.
    public func take(_ release: Release) {
        let routes = routes.withLock { $0 }
        var publications: [Publication] = []
        for message in release.orders {
            if message.order.channel == Self.brokerChannel {
                publications.append(publication(of: message))
            } else if let channel = routes.channels[message.order.channel] {
                channel.send(message, report: routes.report)
            } else {
                routes.report(
                    DeliveryReport(
                        order: message.order.id, attempt: message.order.attempt,
                        result: .rejected(reason: "no channel \(message.order.channel)")))
            }
        }
        publications += routes.tellHomes(release.standings, release.isRepetition)
        publications += release.homes.map(statement(of:))
        for answered in release.answers {
            if answered.command.origin == Self.brokerChannel {
                publications.append(answer(answered.answer, answered.command))
            } else {
                routes.resolve(answered.command, answered.answer)
            }
        }
        for answered in release.visitAnswers {
            if answered.visit.origin == Self.brokerChannel {
                publications.append(visitAnswer(answered.answer, answered.visit))
            } else {
                routes.resolveVisit(answered.visit, answered.answer)
            }
        }
        for reply in release.deskAnswers { routes.resolveDesk(reply.command, reply.answer) }
        let settled = release.settledHomes.map(statement(of:))
        guard !publications.isEmpty || !settled.isEmpty else { return }
        let closings = release.orders.filter { $0.order.purpose == .closed && $0.order.attempt == 1 }
            .map(\.order.id.incident)
        outbound.withLock { queue in
            if !closings.isEmpty { Self.standDown(Set(closings), in: &queue) }
            if !settled.isEmpty {
                queue.settled = settled.reversed()
                queue.superseded.removeAll()
            } else if !queue.settled.isEmpty {
                for publication in publications where publication.isRetained {
                    queue.superseded.insert(publication.topic)
                }
            }
            queue.add(publications)
        }
        routes.wake()
    }

    /// Orders of a closed incident that never left call nobody any more; that it is closed is said instead.
    private static func standDown(_ closed: Set<IncidentID>, in queue: inout Outbound) {
        queue.publications.removeAll { waiting in
            waiting.order.map { closed.contains($0.id.incident) } ?? false
        }
    }

    /// Takes what waits for the link: what may wait only when nothing else does, and a portion at a time.
    func takeOutbound() -> [Publication] {
        outbound.withLock { queue in
            var taken: [Publication] = []
            swap(&taken, &queue.publications)
            guard taken.isEmpty, !queue.settled.isEmpty else { return taken }
            for publication in queue.settled.suffix(Self.settledLimit).reversed()
            where !queue.superseded.contains(publication.topic) { taken.append(publication) }
            queue.settled.removeLast(min(Self.settledLimit, queue.settled.count))
            if queue.settled.isEmpty { queue.superseded.removeAll() }
            return taken
        }
    }

    private func statement(of home: Release.HomeStatement) -> Publication {
        Publication(
            topic: "anju/\(gateway)/incidents/\(home.home)", payload: home.document, isRetained: true)
    }

    private func publication(of message: OrderMessage) -> Publication {
        Publication(
            topic: "anju/\(gateway)/orders/\(message.order.responder)", payload: message.document,
            order: Publication.OrderAttempt(id: message.order.id, attempt: message.order.attempt))
    }
}
