import AsyncHTTPClient
import Escalation
import Foundation
import GatewayPorts
import NIOCore
import NIOHTTP1
public import SafetyModel

/// Asks a provider by HTTP to send a text or to make a telephone ring.
///
/// Placeholders of the request are the facts of the order and `{message}`, `{number}` and `{secret}`; what
/// they bring is escaped for the place where it stands.
struct ProviderCarrier: OrderCarrier {
    let settings: ProviderSettings
    let secret: String
    let composer: MessageComposer
    let courier: HTTPCourier

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        let message = delivery.message
        guard let number = TelephoneNumber(message.order.address) else {
            return .rejected(reason: "the address is no telephone number")
        }
        switch await courier.send(request(for: message, to: number), deadline: delivery.deadline) {
        case .answered(let status, let body): return result(status: status, body: body)
        case .nothing(let result): return result
        }
    }

    func shutdown() async { await courier.shutdown() }

    /// What an answer means: the status, and the value at the success path where there is one.
    func result(status: Int, body: [UInt8]) -> DeliveryReport.Result {
        let overHTTP = WebhookSender.result(ofStatus: status)
        guard overHTTP == .delivered, let path = settings.successPath else { return overHTTP }
        guard let value = JSONPath.text(at: path, in: body) else {
            return .failed(reason: "the answer has no \(path)")
        }
        return settings.successValues.contains(value)
            ? .delivered : .failed(reason: "answered \(value.onOneLine.cut(toBytes: 64))")
    }

    private func request(for message: OrderMessage, to number: TelephoneNumber) -> HTTPClientRequest {
        let facts = composer.facts(of: message)
        let text =
            settings.service == .textMessage
            ? composer.shortText(of: message, facts: facts, takesReplies: settings.takesReplies)
            : composer.text(.spoken, of: message, facts: facts).onOneLine
        let fact: @Sendable (Substring) -> String? = { name in
            switch name {
            case "message": text
            case "number": number.text
            case "secret": secret
            default: facts.text(name)
            }
        }
        var request = HTTPClientRequest(url: settings.url.filled { fact($0).map(PercentEncoding.encode) })
        request.method = HTTPMethod(rawValue: settings.method)
        request.headers.add(name: "User-Agent", value: "anju")
        for header in settings.headers {
            request.headers.add(name: header.name, value: header.text.filled(fact).onOneLine)
        }
        switch settings.body {
        case .none: break
        case .json(let template):
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/json; charset=utf-8")
            request.body = .bytes(ByteBuffer(string: template.filled { fact($0).map(Self.inJSON) }))
        case .form(let fields):
            request.headers.replaceOrAdd(name: "Content-Type", value: "application/x-www-form-urlencoded")
            let pairs = fields.map {
                PercentEncoding.encode($0.name) + "=" + PercentEncoding.encode($0.text.filled(fact))
            }
            request.body = .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
        }
        return request
    }

    /// A text as it stands between the quotes of a JSON text.
    static func inJSON(_ text: String) -> String {
        var json = JSONText()
        json.value(text)
        return String(decoding: json.bytes.dropFirst().dropLast(), as: UTF8.self)
    }
}

extension QueuedChannel {
    /// A channel to a provider of text messages or telephone calls.
    ///
    /// - Throws: when its URL cannot be used or its secret cannot be read.
    public convenience init(
        _ settings: ChannelSettings, provider: ProviderSettings, in surroundings: ChannelSurroundings
    ) throws(ChannelSetupError) {
        _ = try WebhookTarget(provider.url.filled { _ in "a" })
        var secret = ""
        if let path = provider.secretFile { secret = try SecretFile.text(of: path) }
        let limits = ChannelLimits(inFlightLimit: 32)
        let carrier = ProviderCarrier(
            settings: provider, secret: secret,
            composer: MessageComposer(audience: settings.audience, surroundings: surroundings),
            courier: HTTPCourier(
                connectionLimit: limits.inFlightLimit, connectPatience: settings.timeout))
        self.init(name: settings.name, timeout: settings.timeout, limits: limits, carrier: carrier)
    }
}
