import Foundation
import HTTPTypes
import Hummingbird
import SafetyModel

/// Who is let in: bearer tokens, sessions with their cookie, and where a browser's request comes from.
struct Doorkeeper: Sendable {
    let gate: TokenGate
    let sessions: SessionRegister
    let site: SiteNames

    static let cookie = "anju_session"
    static let csrfHeader = HTTPField.Name("X-CSRF-Token")

    /// Who asks.
    ///
    /// - Throws: 401, 429; 403 for a request that another page may have sent; 421 for a name of this gateway
    ///   that it does not know, when a browser asks.
    func caller(_ request: Request, from address: String) throws(Problem) -> Caller {
        if let authorization = request.headers[.authorization] {
            switch gate.judge(authorization, from: address) {
            case .api: return .api
            case .responder(let id): return .responder(id)
            case .missing: throw .unauthorized
            case .wrong: throw .wrongToken
            case .tooManyWrong: throw .tooManyWrongTokens
            }
        }
        guard let word = try Self.sessionWord(request) else { throw .unauthorized }
        try site.check(request)
        guard let ticket = sessions.find(word) else { throw .sessionOver }
        if ![.get, .head].contains(request.method) {
            guard let name = Self.csrfHeader, let given = request.headers[name],
                Secrets.areEqual(ticket.csrf, given)
            else {
                throw Problem(
                    .forbidden, "X-CSRF-Token must be the session's `csrf`.", reason: "csrf")
            }
        }
        return .user(ticket.user, session: ticket.token)
    }

    /// The cookie's word; two cookies of the name mean that somebody else set one.
    private static func sessionWord(_ request: Request) throws(Problem) -> String? {
        var words: [Substring] = []
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0] == cookie { words.append(parts[1]) }
            }
        }
        guard words.count <= 1 else { throw .sessionOver }
        guard let word = words.first, word.utf8.count <= 64 else { return nil }
        return String(word)
    }

    /// Why a caller may not ask for an endpoint.
    static func forbidden(_ caller: Caller, _ endpoint: Endpoint) -> Problem {
        switch caller {
        case .responder where endpoint.access == .read:
            Problem(.forbidden, "A responder's token acts; it does not read.", reason: "role")
        case .responder: Problem(.forbidden, "A responder's token acts on incidents only.", reason: "role")
        case .api: Problem(.forbidden, "Only a signed-in administrator may do this.", reason: "role")
        case .user(let user, _):
            Problem(.forbidden, "The role \(user.role.name) does not allow this.", reason: "role")
        }
    }

    /// The header that hands a session's word to the browser.
    func cookie(_ word: String, for request: Request) -> String {
        "\(Self.cookie)=\(word); Path=/; HttpOnly; SameSite=Strict" + secure(request)
    }

    /// The header that takes it back.
    func noCookie(for request: Request) -> String {
        "\(Self.cookie)=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" + secure(request)
    }

    private func secure(_ request: Request) -> String { site.isEncrypted(request) ? "; Secure" : "" }
}

/// Under which names the gateway is reached, so that a foreign page cannot ask in a browser's name.
struct SiteNames: Sendable {
    let settings: HTTPSettings

    /// Whether TLS protects a request, here or in front of here.
    func isEncrypted(_ request: Request) -> Bool {
        if settings.certificateFile != nil { return true }
        guard let url = settings.publicURL, url.hasPrefix("https://") else { return false }
        return request.head.authority == Self.authority(of: url)
    }

    /// Refuses a browser's request to a name that is none of ours, and one that another page sent.
    ///
    /// - Throws: 421 for a foreign `Host`, 403 for a foreign `Origin`.
    func check(_ request: Request) throws(Problem) {
        guard let host = request.head.authority, isOurs(host) else {
            throw Problem(
                .misdirectedRequest,
                "The gateway is not known under this name; set http.public_url, or use its address.",
                reason: "host")
        }
        guard let origin = request.headers[.origin] else { return }
        guard Self.authority(of: origin) == host.lowercased() else {
            throw Problem(.forbidden, "The request comes from another page.", reason: "origin")
        }
    }

    /// A name can be made to mean this machine by whoever owns it; an address cannot.
    private func isOurs(_ authority: String) -> Bool {
        let host = Self.host(authority)
        if host == "localhost" || Self.isAddress(host) { return true }
        if host == settings.host.lowercased() { return true }
        return settings.publicURL.flatMap(Self.authority).map(Self.host) == host
    }

    static func isAddress(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            return host.dropFirst().dropLast().allSatisfy { $0.isHexDigit || ":.".contains($0) }
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts.allSatisfy { UInt8($0) != nil }
    }

    /// The host of `host:port`, in small letters.
    static func host(_ authority: String) -> String {
        let text = authority.lowercased()
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") { return String(text[...end]) }
        return String(text.prefix { $0 != ":" })
    }

    /// `host:port` of an origin or address, as `Host` says it; nil when it is none.
    static func authority(of url: String) -> String? {
        for scheme in ["https://", "http://"] where url.lowercased().hasPrefix(scheme) {
            let rest = url.dropFirst(scheme.count).prefix { $0 != "/" }
            return rest.isEmpty ? nil : rest.lowercased()
        }
        return nil
    }
}
