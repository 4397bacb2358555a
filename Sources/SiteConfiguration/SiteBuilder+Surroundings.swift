import Foundation
import SafetyModel

/// What stands outside the files: who may answer, secrets, the broker.
extension SiteBuilder {
    /// Without a way to answer, every incident calls for ever.
    mutating func checkCommands() {
        checkTokens()
        let isAnswerable = settings.settings.http.map { $0.tokenFile != nil || !users.isEmpty } ?? false
        guard settings.settings.responderTokensFile == nil, !isAnswerable,
            !settings.channels.contains(where: { $0.channel.takesReplies && !$0.isAnsweredByHTTP })
        else { return }
        problems.warning(
            at: place(settings.mark), "Nobody can acknowledge or close an incident",
            why:
                "There is neither `commands: {tokens_file: ...}` nor `http: {token_file: ...}`, nor replies by SMS",
            fix: "Write one of them.")
    }

    /// Each line of the tokens' file is `responder-id token` of a known responder; tokens are never shown.
    private mutating func checkTokens() {
        guard let path = settings.settings.responderTokensFile,
            case .success(let bytes) = FileBytes.read(path, limit: 1_000_000)
        else { return }
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            let place = Place(file: path, line: index + 1, column: 1)
            if words.count != 2 {
                problems.error(
                    at: place, "This line is not `responder-id token`",
                    why: "Its responder could not answer alarms",
                    fix: "Write the id, a space and the token.")
            } else if responderPlaces[String(words[0])] == nil {
                problems.warning(
                    at: place, "There is no responder `\(String(words[0]).quoted)`",
                    why: "The token opens nothing",
                    fix: nearestWord(to: String(words[0]), among: responders.map(\.id)).map {
                        "Did you mean `\($0)`?"
                    }
                        ?? "Add the responder, or remove the line.")
            }
        }
    }

    /// Files that are read at start: there, readable, and secret where they hold secrets.
    mutating func checkFiles() {
        for file in settings.files {
            let path = file.path
            guard case .success = FileBytes.read(path, limit: 16_000_000) else {
                problems.error(
                    at: place(file.mark), "The file \(path.quoted) cannot be read",
                    why: "The gateway needs it at start",
                    fix: "Create it, and give the gateway's user the right to read it.")
                continue
            }
            guard file.isSecret else { continue }
            let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
            let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
            let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
            guard mode & 0o007 != 0 else { continue }
            problems.error(
                at: place(file.mark),
                "Everybody on this machine may read or change the secret in \(path.quoted)",
                why: "Its permissions are \(String(mode & 0o777, radix: 8))", fix: "Run `chmod 640 \(path)`.")
        }
    }

    mutating func checkBroker() {
        let broker = settings.settings.broker
        if !Paths.isLoopback(broker.host), broker.authorityFile == nil {
            problems.warning(
                at: place(settings.brokerMark), "The broker \(broker.host.quoted) is reached without TLS",
                why: "Whoever listens reads alarms and passwords, and can forge both",
                fix: "Write `ca_file: ...`.")
        }
        guard let file = settings.brokerFile else {
            problems.warning(
                at: place(settings.brokerMark), "Nobody can know here how the broker behaves",
                why: "With mosquitto's defaults it loses messages while the gateway is down",
                fix:
                    "Use config/mosquitto/anju.conf, and write `broker_config: path` in `mqtt`."
            )
            return
        }
        switch FileBytes.read(file.value, limit: 1_000_000) {
        case .failure(let fault):
            problems.error(
                at: place(file.mark),
                "The broker's file \(file.value.quoted) cannot be read: \(fault.reason)",
                why: "Its settings decide what is lost", fix: "Correct `broker_config`, or remove it.")
        case .success(let bytes):
            problems.add(BrokerFile(bytes, name: file.value).check())
        }
    }
}
