import AsyncHTTPClient
import Escalation
import Foundation
import GatewayPorts
import NIOCore
import NIOHTTP1
public import SafetyModel

/// Posts orders into a chat group through its robot.
///
/// All makers allow about twenty messages a minute; the queue keeps a quarter of them for life safety.
struct RobotCarrier: OrderCarrier {
    let url: String
    let robot: RobotMessage
    let settings: RobotSettings
    let composer: MessageComposer
    let courier: HTTPCourier
    /// Milliseconds since 1970 by the wall clock.
    let now: @Sendable () -> Int64

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        let message = delivery.message
        let facts = composer.facts(of: message)
        let title = composer.text(.title, of: message, facts: facts).onOneLine
        let text = composer.text(.long, of: message, facts: facts)
        let moment = now()
        var request = HTTPClientRequest(url: robot.url(url, at: moment))
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/json; charset=utf-8")
        request.headers.add(name: "User-Agent", value: "anju")
        let mention = RobotMention(of: message.order, by: settings)
        let bytes = robot.bytes(title: title, text: text, mentioning: mention, at: moment)
        request.body = .bytes(ByteBuffer(bytes: bytes))
        switch await courier.send(request, deadline: delivery.deadline) {
        case .answered(let status, let body): return robot.result(status: status, body: body)
        case .nothing(let result): return result
        }
    }

    func shutdown() async { await courier.shutdown() }
}

extension QueuedChannel {
    /// A channel to a robot in a chat group.
    ///
    /// - Throws: when its URL or its secret cannot be read.
    public convenience init(
        _ settings: ChannelSettings, robot: RobotSettings, in surroundings: ChannelSurroundings,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) throws(ChannelSetupError) {
        try self.init(
            settings, robot: robot, in: surroundings,
            rate: SendingRate(RobotMessage.perMinuteLimit, per: .seconds(60)), now: now)
    }

    convenience init(
        _ settings: ChannelSettings, robot: RobotSettings, in surroundings: ChannelSurroundings,
        rate: SendingRate?, now: @escaping @Sendable () -> Int64
    ) throws(ChannelSetupError) {
        let url = try SecretFile.text(of: robot.urlFile)
        _ = try WebhookTarget(url)
        var secret: String?
        if let path = robot.secretFile { secret = try SecretFile.text(of: path) }
        let limits = ChannelLimits(inFlightLimit: 8, rate: rate)
        let carrier = RobotCarrier(
            url: url,
            robot: RobotMessage(maker: robot.maker, usesMarkdown: robot.usesMarkdown, secret: secret),
            settings: robot,
            composer: MessageComposer(audience: settings.audience, surroundings: surroundings),
            courier: HTTPCourier(
                connectionLimit: limits.inFlightLimit, connectPatience: settings.timeout),
            now: now)
        self.init(name: settings.name, timeout: settings.timeout, limits: limits, carrier: carrier)
    }
}
