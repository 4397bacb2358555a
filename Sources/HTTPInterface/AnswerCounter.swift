import Escalation
import Foundation
import GatewayPorts
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore
import SafetyModel

/// A responder's answer page: what happened where, and buttons, without an account and without JavaScript.
///
/// Looking never acts, so that a messenger's preview is harmless; each act is a form with a word that works
/// once. A wrong link and one that is over look the same.
struct AnswerCounter: Sendable {
    let keys: (any AnswerKeys)?
    let looker: Looker
    let incidents: IncidentReader
    let commands: CommandCounter
    let audit: AuditWriter
    let bodies: BodyReader
    let language: String
    let now: @Sendable () -> WallTime
    let limits: HTTPLimits
    private let nonces: Nonces
    private let asked: RequestRate
    private let wrong: RequestRate

    init(
        keys: (any AnswerKeys)?, looker: Looker, incidents: IncidentReader, commands: CommandCounter,
        audit: AuditWriter, bodies: BodyReader, language: String, now: @escaping @Sendable () -> WallTime,
        limits: HTTPLimits
    ) {
        self.keys = keys
        self.looker = looker
        self.incidents = incidents
        self.commands = commands
        self.audit = audit
        self.bodies = bodies
        self.language = language
        self.now = now
        self.limits = limits
        nonces = Nonces(limit: limits.nonceLimit)
        asked = RequestRate(limit: limits.answerPageLimit, window: limits.failureWindow)
        wrong = RequestRate(limit: limits.wrongLinkLimit, window: limits.failureWindow)
    }

    func answer(
        _ route: Route, _ query: Substring, _ request: Request, from address: String
    ) async throws(Problem) -> Response {
        let words = AnswerWords(language: chosenLanguage(query))
        let link = route.text()
        let key = keys?.meaning(ofLinkToken: link)
        // A right link waits for nobody's wrong ones: behind one proxy all people have one address.
        let isLetIn = key.map { asked.count("\($0.order) \($0.responder)") } ?? !wrong.isOver(address)
        guard isLetIn else {
            return page(.tooManyRequests, AnswerPage.notice(words.tooMany, words), [.retryAfter: "60"])
        }
        guard let key, let view = try await view(of: key) else {
            if key == nil { wrong.count(address) }
            return page(.notFound, AnswerPage.notice(words.over, words))
        }
        guard route.endpoint.action == .answerAct else {
            return try await show(view, key, link, words, .ok)
        }
        return try await act(view, key, link, words, request, address)
    }

    /// The incident of a link, or nil when there is none any more.
    private func view(of key: AnswerKey) async throws(Problem) -> AnswerView? {
        guard let document = try await incidents.incident(key.incident),
            let view = AnswerView(document.readableBytesView),
            !view.isOver(at: now(), after: limits.answerPagePatience)
        else { return nil }
        return view
    }

    private func act(
        _ view: AnswerView, _ key: AnswerKey, _ link: String, _ words: AnswerWords, _ request: Request,
        _ address: String
    ) async throws(Problem) -> Response {
        if let origin = request.headers[.origin], origin != "null" {
            guard SiteNames.authority(of: origin) == request.head.authority?.lowercased() else {
                throw Problem(.forbidden, "The request comes from another page.", reason: "origin")
            }
        }
        let form = try await bodies.form(of: request, known: ["act", "disposition", "nonce", "lang"])
        guard let act = Self.act(form) else { throw .unprocessable("act is none of the page's.") }
        guard nonces.use(form.text("nonce") ?? "", for: link) else {
            return try await show(view, key, link, words, .conflict, notice: words.again)
        }
        let command = PersonCommand(
            incident: IncidentID(key.incident), responder: key.responder, act: act, origin: "link",
            reference: key.order)
        var outcome = "done"
        var refusal: Problem?
        do throws(Problem) { _ = try await commands.phase(after: command) } catch {
            outcome = error.reason ?? "\(error.status.code)"
            refusal = error
        }
        await audit.write(
            "incident.\(form.text("act") ?? "")", on: "incident:\(key.incident)", by: "link:\(key.responder)",
            from: address, outcome: outcome)
        if let refusal {
            let notice = refusal.status == .serviceUnavailable ? words.notTaken : words.refused
            let newest = try await self.view(of: key) ?? view
            return try await show(newest, key, link, words, refusal.status, notice: notice)
        }
        let segment = link.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let back = "/a/\(segment)" + (words.language == language ? "" : "?lang=\(words.language)")
        return Response(status: .seeOther, headers: [.location: back])
    }

    private static func act(_ form: Query) -> PersonCommand.Act? {
        switch form.text("act") {
        case "acknowledge": return .acknowledge
        case "on-scene": return .onScene
        case "need-help": return .needHelp
        case "close": return form.text("disposition").flatMap { Disposition(name: $0) }.map { .close($0) }
        default: return nil
        }
    }

    private func show(
        _ view: AnswerView, _ key: AnswerKey, _ link: String, _ words: AnswerWords,
        _ status: HTTPResponse.Status, notice: String? = nil
    ) async throws(Problem) -> Response {
        let home = view.home.id
        let found = try await looker.look { board in (board.home(home), board.responders()) }
        let decoder = JSONDecoder()
        let residents = found.0.flatMap { try? decoder.decode(AnswerHome.self, from: Data($0)) }
        var names: [String: String] = [:]
        for document in found.1 {
            guard let one = try? decoder.decode(AnswerName.self, from: Data(document)) else { continue }
            names[one.id] = one.name
        }
        let content = AnswerPage(
            view: view, responder: key.responder, residents: residents?.residents ?? [], names: names,
            words: words, now: now(), nonce: nonces.issue(for: link), notice: notice)
        return page(status, content.html)
    }

    private func page(
        _ status: HTTPResponse.Status, _ html: String, _ more: HTTPFields = [:]
    ) -> Response {
        var headers = more
        headers[.contentType] = "text/html; charset=utf-8"
        headers[.contentSecurityPolicy] = AnswerPage.policy
        return Response(
            status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: html)))
    }

    private func chosenLanguage(_ query: Substring) -> String {
        let chosen = try? Query(query, known: ["lang"], valueLimit: 16).text("lang")
        return chosen == "en" || chosen == "zh-Hans" ? chosen ?? language : language
    }
}
