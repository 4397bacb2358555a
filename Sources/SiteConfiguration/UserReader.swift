import Foundation
import SafetyModel

/// Reads the `users` section of a file: who may sign in at the console.
struct UserReader {
    let log: ProblemLog

    static let keys = ["user", "name", "role", "responder", "password"]
    static let roles = DeskRole.allCases.map(\.name)

    func read(_ node: YAMLNode) -> [UserDraft] {
        log.elements(of: node, "users", limit: Limits.userLimit).compactMap(readUser)
    }

    private func readUser(_ node: YAMLNode) -> UserDraft? {
        let slips = ["id": "user", "hash": "password"]
        guard let table = Table(node, "a user", keys: Self.keys, slips: slips, log: log) else { return nil }
        table.require("user", fix: "Write `user: zhang`.")
        table.require(
            "role", why: "It says what the person may do",
            fix: "Write one of \(Self.roles.joined(separator: ", ")).")
        table.require(
            "password", why: "Nobody could sign in", fix: "Run `anju password` and copy the line it prints.")
        let role = table.word("role", of: Self.roles, DeskRole.init(name:))
        let password = readPassword(table)
        guard let id = table.identifier("user"), let role, let password else { return nil }
        let responder = table.identifier("responder").map {
            Marked(value: $0, mark: table.mark(of: "responder"))
        }
        return UserDraft(
            user: DeskUser(
                id: id, name: table.text("name") ?? id, role: role, responder: responder?.value,
                password: password),
            mark: table.mark(of: "user"), responder: responder)
    }

    /// The hash; what stands there is never shown, since it may be a password in the clear.
    private func readPassword(_ table: Table) -> ScryptHash? {
        guard let text = table.text("password") else { return nil }
        let mark = table.mark(of: "password")
        guard let hash = ScryptHash(phc: text) else {
            log.error(
                at: mark, "`password` is not a line of `anju password`",
                why: "Passwords never stand in files, only what scrypt makes of them",
                fix: "Run `anju password` and copy the line it prints; change a password that stood here.")
            return nil
        }
        guard let weakness = hash.weakness else { return hash }
        log.error(
            at: mark, "`password` \(Self.words(for: weakness))", why: Self.reason(of: weakness),
            fix: "Run `anju password` and copy the line it prints.")
        return nil
    }

    private static func words(for weakness: ScryptHash.Weakness) -> String {
        switch weakness {
        case .tooCheap: "was hashed with too little work"
        case .tooDear: "was hashed with more work or memory than this gateway spends"
        case .unfitSalt: "has a salt that is not 16 to 64 bytes"
        case .unfitKey: "has a hash that is not 32 bytes"
        }
    }

    private static func reason(of weakness: ScryptHash.Weakness) -> String {
        switch weakness {
        case .tooDear: "Checking it would take memory and time from the alarms"
        default: "Whoever gets the file could guess the password"
        }
    }
}

/// A user as the file says it.
struct UserDraft: Sendable {
    var user: DeskUser
    var mark: Mark
    var responder: Marked<String>?
}

extension ScryptHash {
    /// Reads `$scrypt$ln=15,r=8,p=3$<salt>$<hash>`, salt and hash in base64 without padding; nil when it is
    /// not of that form.
    init?(phc text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 5, parts[0].isEmpty, parts[1] == "scrypt" else { return nil }
        var figures: [Substring: UInt8] = [:]
        for pair in parts[2].split(separator: ",", omittingEmptySubsequences: false) {
            let words = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard words.count == 2, figures[words[0]] == nil, let figure = UInt8(words[1]) else { return nil }
            figures[words[0]] = figure
        }
        guard figures.count == 3, let cost = figures["ln"], let block = figures["r"],
            let parallelism = figures["p"], let salt = Self.bytes(parts[3]), let key = Self.bytes(parts[4])
        else { return nil }
        self.init(costLog: cost, blockSize: block, parallelism: parallelism, salt: salt, key: key)
    }

    private static func bytes(_ text: Substring) -> [UInt8]? {
        guard !text.contains("=") else { return nil }
        let padding = String(repeating: "=", count: (4 - text.utf8.count % 4) % 4)
        return Data(base64Encoded: text + padding).map { Array($0) }
    }
}
