import Foundation
import SafetyModel

/// Who may sign in at the console: compared across files, and the files themselves kept secret.
extension SiteBuilder {
    mutating func gatherUsers() {
        var known: [String: Place] = [:]
        for file in files where !file.users.isEmpty {
            checkSecrecy(of: file)
            for draft in file.users {
                let place = file.place(draft.mark)
                if let first = known[draft.user.id] {
                    reportTwice("user", draft.user.id, at: place, first: first)
                    continue
                }
                known[draft.user.id] = place
                users.append(draft.user)
                if let responder = draft.responder { checkResponder(responder, in: file) }
            }
        }
        if users.count > Limits.userLimit {
            problems.error(
                at: place(settings.mark), "There are more than \(Limits.userLimit) users", fix: "Remove some."
            )
        }
        checkUse(of: known)
    }

    private mutating func checkResponder(_ responder: Marked<String>, in file: FileDraft) {
        guard responderPlaces[responder.value] == nil else { return }
        problems.error(
            at: file.place(responder.mark), "There is no responder `\(responder.value.quoted)`",
            why: "What this user does on incidents would stand under a name that nobody has",
            fix: nearestWord(to: responder.value, among: responders.map(\.id)).map { "Did you mean `\($0)`?" }
                ?? "Add the responder, or remove the key.")
    }

    private mutating func checkUse(of known: [String: Place]) {
        if settings.settings.http == nil, let user = users.first, let place = known[user.id] {
            problems.warning(
                at: place, "Nobody can sign in: anju.yaml has no `http`", why: "The console is served there",
                fix: "Write `http: {port: 8080}` in anju.yaml, or remove the users.")
        }
        if settings.settings.http != nil, !users.isEmpty,
            !users.contains(where: { $0.role == .administrator })
        {
            problems.warning(
                at: place(settings.mark), "No user is an administrator",
                why: "Nobody could read the audit or ask for a duty check",
                fix: "Give one user `role: administrator`.")
        }
    }

    /// Hashes can be guessed at by whoever can read them.
    private mutating func checkSecrecy(of file: FileDraft) {
        let resolved = URL(fileURLWithPath: file.file).resolvingSymlinksInPath().path
        let attributes = try? FileManager.default.attributesOfItem(atPath: resolved)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        guard mode & 0o007 != 0 else { return }
        problems.error(
            at: Place(file: file.file, line: 1, column: 1),
            "Everybody on this machine may read or change the users in this file",
            why:
                "Its permissions are \(String(mode & 0o777, radix: 8)), and passwords can be guessed from it",
            fix: "Run `chmod 640 \(file.file)`.")
    }
}
