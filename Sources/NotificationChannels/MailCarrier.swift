import CCurl
import Escalation
import Foundation
import GatewayPorts
import NIOCore
public import SafetyModel

/// Hands orders as mails to a server, with libcurl, each on a thread of its own.
///
/// With `starttls` and `tls` nothing is said before the server has shown a certificate of its name that a
/// known authority signed. "Delivered" means that the server took the mail in.
struct MailCarrier: OrderCarrier {
    let settings: MailSettings
    let password: String?
    let composer: MessageComposer
    /// Milliseconds since 1970 by the wall clock.
    let now: @Sendable () -> Int64

    func carry(_ delivery: OrderDelivery) async -> DeliveryReport.Result {
        await OwnThread.run("anju-mail") { carryBlocking(delivery) }
    }

    func shutdown() async {}

    private func carryBlocking(_ delivery: OrderDelivery) -> DeliveryReport.Result {
        let message = delivery.message
        guard MailMessage.isAddress(message.order.address) else {
            return .rejected(reason: "the address is no mail address")
        }
        let left = (delivery.deadline - .now()).nanoseconds / 1_000_000
        guard left > 0 else { return .failed(reason: "timed out") }
        let facts = composer.facts(of: message)
        let host = settings.sender.split(separator: "@").last.map(String.init) ?? "localhost"
        let gateway = message.gateway.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        let mail = MailMessage(
            sender: settings.sender, recipient: message.order.address,
            subject: composer.text(.title, of: message, facts: facts),
            text: composer.text(.long, of: message, facts: facts),
            id: "\(message.order.id.text).\(message.order.orderedAt.milliseconds).\(gateway)@\(host)",
            sentAt: now(), isPressing: message.order.urgency == .lifeSafety)
        return MailTransfer(settings: settings, password: password, patience: Int(left)).send(mail)
    }
}

/// One conversation with a mail server.
private struct MailTransfer {
    let settings: MailSettings
    let password: String?
    /// In milliseconds, everything included.
    let patience: Int

    /// What libcurl reads the message from.
    private final class Source {
        var rest: ArraySlice<UInt8>

        init(_ bytes: [UInt8]) { rest = bytes[...] }
    }

    /// Once, before any thread uses the library.
    private static let isReady = curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK

    func send(_ mail: MailMessage) -> DeliveryReport.Result {
        guard Self.isReady, let handle = curl_easy_init() else { return .failed(reason: "no memory") }
        defer { curl_easy_cleanup(handle) }
        let recipients = curl_slist_append(nil, "<\(mail.recipient)>")
        defer { curl_slist_free_all(recipients) }
        let source = Source(mail.bytes)
        configure(handle)
        _ = curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(mail.sender)>")
        _ = curl_set_pointer(handle, CURLOPT_MAIL_RCPT, recipients)
        _ = curl_set_number(handle, CURLOPT_UPLOAD, 1)
        let reader: curl_reader = { buffer, size, count, source in
            guard let buffer, let source else { return 0 }
            let from = Unmanaged<Source>.fromOpaque(source).takeUnretainedValue()
            let part = from.rest.prefix(size * count)
            UnsafeMutableRawBufferPointer(start: buffer, count: size * count).copyBytes(from: part)
            from.rest = from.rest.dropFirst(part.count)
            return part.count
        }
        // The pointer is valid as long as the source, which lives until the conversation is over. libcurl
        // copies the texts that it is given, the list of recipients is freed after it.
        return withExtendedLifetime(source) {
            _ = curl_set_reader(handle, reader, Unmanaged.passUnretained(source).toOpaque())
            let code = curl_easy_perform(handle)
            return Self.result(code, status: curl_response_code(handle))
        }
    }

    private func configure(_ handle: UnsafeMutableRawPointer) {
        let scheme = settings.security == .tls ? "smtps" : "smtp"
        let host = settings.host.contains(":") ? "[\(settings.host)]" : settings.host
        _ = curl_set_text(handle, CURLOPT_URL, "\(scheme)://\(host):\(settings.port)/anju")
        _ = curl_set_text(handle, CURLOPT_PROTOCOLS_STR, scheme)
        // No signal handlers in a program of many threads.
        _ = curl_set_number(handle, CURLOPT_NOSIGNAL, 1)
        _ = curl_set_number(handle, CURLOPT_TIMEOUT_MS, patience)
        _ = curl_set_number(handle, CURLOPT_CONNECTTIMEOUT_MS, patience)
        _ = curl_set_text(handle, CURLOPT_PROXY, "")
        if settings.security != .none {
            _ = curl_set_number(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
            if let file = settings.authorityFile { _ = curl_set_text(handle, CURLOPT_CAINFO, file) }
        }
        guard let user = settings.user, let password else { return }
        _ = curl_set_text(handle, CURLOPT_USERNAME, user)
        _ = curl_set_text(handle, CURLOPT_PASSWORD, password)
    }

    /// What a conversation's end means: 5xx and a server that is not whom it should be are final here.
    private static func result(_ code: CURLcode, status: Int) -> DeliveryReport.Result {
        switch code {
        case CURLE_OK: .delivered
        case CURLE_OPERATION_TIMEDOUT: .failed(reason: "timed out")
        case CURLE_COULDNT_CONNECT: .failed(reason: "connection refused")
        case CURLE_COULDNT_RESOLVE_HOST: .failed(reason: "name lookup failed")
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE:
            .rejected(reason: "the server's certificate is not trusted")
        case CURLE_USE_SSL_FAILED: .rejected(reason: "the server offers no TLS")
        case CURLE_LOGIN_DENIED: .rejected(reason: "the server refuses the login")
        default:
            (500..<600).contains(status)
                ? .rejected(reason: "answered \(status)")
                : .failed(reason: status > 0 ? "answered \(status)" : "failed (libcurl \(code.rawValue))")
        }
    }
}

extension QueuedChannel {
    /// A channel to a mail server.
    ///
    /// - Throws: when the password cannot be read.
    public convenience init(
        _ settings: ChannelSettings, mail: MailSettings, in surroundings: ChannelSurroundings,
        now: @escaping @Sendable () -> Int64 = WallClock.milliseconds
    ) throws(ChannelSetupError) {
        var password: String?
        if let path = mail.passwordFile { password = try SecretFile.text(of: path) }
        let carrier = MailCarrier(
            settings: mail, password: password,
            composer: MessageComposer(audience: settings.audience, surroundings: surroundings), now: now)
        self.init(
            name: settings.name, timeout: settings.timeout, limits: ChannelLimits(inFlightLimit: 8),
            carrier: carrier)
    }
}
