import SafetyModel

/// Reads `http` of `anju.yaml`: where the interface and the console are reached, and how safely.
extension SettingsReader {
    static let httpKeys = [
        "host", "port", "token_file", "public_url", "certificate_file", "key_file", "allow_plain_http",
        "console_folder",
    ]

    mutating func readHTTP(_ node: YAMLNode) {
        guard let table = Table(node, "`http`", keys: Self.httpKeys, log: log) else { return }
        var http = HTTPSettings()
        http.host = table.text("host") ?? http.host
        http.port = table.count("port", in: 1...65_535).map { UInt16($0) } ?? http.port
        http.tokenFile = file(table, "token_file", isSecret: true)
        http.certificateFile = file(table, "certificate_file")
        http.keyFile = file(table, "key_file", isSecret: true)
        http.allowsPlainHTTP = table.flag("allow_plain_http") ?? false
        http.publicURL = publicURL(table)
        http.consoleFolder = table.text("console_folder", limit: 1_024).map { Paths.absolute($0, in: folder) }
        checkReach(http, table)
        if http.tokenFile == nil {
            log.warning(
                at: table.mark, "The HTTP interface has no `token_file`",
                why: "No program can read incidents or act on them there; users can still sign in",
                fix: "Write `token_file: ...`.")
        }
        draft.settings.http = http
    }

    /// What leaves this machine is encrypted, unless somebody says in so many words that it is not.
    private func checkReach(_ http: HTTPSettings, _ table: Table) {
        if (http.certificateFile == nil) != (http.keyFile == nil) {
            log.error(
                at: table.mark, "`certificate_file` and `key_file` of `http` belong together",
                fix: "Write both or neither.")
        }
        let isEncrypted = http.certificateFile != nil && http.keyFile != nil
        if !Paths.isLoopback(http.host), !isEncrypted, !http.allowsPlainHTTP {
            log.error(
                at: table.mark(of: "host"), "The HTTP interface would be reachable from outside without TLS",
                why: "Passwords and tokens would travel in the clear",
                fix: "Write `certificate_file` and `key_file`, or `host: 127.0.0.1` behind a TLS proxy; "
                    + "`allow_plain_http: true` only where nobody else is on the network.")
        }
        if http.allowsPlainHTTP, !isEncrypted, !Paths.isLoopback(http.host) {
            log.warning(
                at: table.mark(of: "allow_plain_http"), "The HTTP interface is reachable without TLS",
                why: "Whoever listens on the network reads passwords and can act as a dispatcher",
                fix: "Write `certificate_file` and `key_file`.")
        }
    }

    /// The address that links in orders begin with.
    private func publicURL(_ table: Table) -> String? {
        guard var text = table.text("public_url", limit: 200) else {
            log.warning(
                at: table.mark, "`http` has no `public_url`",
                why: "Orders carry no link; responders answer with a code by SMS instead",
                fix: "Write `public_url: https://...`, the address at which their telephones reach this "
                    + "gateway.")
            return nil
        }
        let mark = table.mark(of: "public_url")
        while text.hasSuffix("/") { text.removeLast() }
        guard let host = Paths.host(ofURL: text), !text.contains("?"), !text.contains("#") else {
            log.error(
                at: mark, "`public_url` is no address that a telephone can open",
                why: "Links in orders would lead nowhere",
                fix: "Write `public_url: https://anju.example.org`.")
            return nil
        }
        if text.split(separator: "/", omittingEmptySubsequences: false).count > 3 {
            log.error(
                at: mark, "`public_url` has a path", why: "The console is served at the root",
                fix: "Write only the scheme, the host and the port.")
            return nil
        }
        if text.hasPrefix("http://"), !Paths.isLoopback(host) {
            log.warning(
                at: mark, "Links in orders are not encrypted",
                why: "Whoever listens could answer an alarm in a responder's place",
                fix: "Write `https://`.")
        }
        return text
    }
}
