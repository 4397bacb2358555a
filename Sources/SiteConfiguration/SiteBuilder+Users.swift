import Foundation
import SafetyModel

/// Who may sign in at the console: compared across files, and the files themselves kept secret.
extension SiteBuilder {
    mutating func gatherUsers() {
        for file in files where !file.users.isEmpty { checkSecrecy(of: file) }
        var firstPlace: Place?
        for (draft, file, place) in once("user", \.users, id: \.user.id, mark: \.mark) {
            firstPlace = firstPlace ?? place
            users.append(draft.user)
            if let responder = draft.responder { checkResponder(responder, in: file) }
        }
        checkCount(users.count, Limits.userLimit, "users")
        checkUse(from: firstPlace)
    }

    private mutating func checkResponder(_ responder: Marked<String>, in file: FileDraft) {
        guard responderPlaces[responder.value] == nil else { return }
        problems.error(
            at: file.place(responder.mark), "There is no responder `\(responder.value.quoted)`",
            why: "What this user does on incidents would stand under a name that nobody has",
            fix: nearestWord(to: responder.value, among: responders.map(\.id)).map { "Did you mean `\($0)`?" }
                ?? "Add the responder, or remove the key.")
    }

    /// - Parameter first: where the first user stands; nil where there is none.
    private mutating func checkUse(from first: Place?) {
        if settings.settings.http == nil, let first {
            problems.warning(
                at: first, "Nobody can sign in: anju.yaml has no `http`", why: "The console is served there",
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
