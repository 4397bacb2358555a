import Foundation
import SafetyModel

/// Reads one file into a draft; whatever is wrong with it becomes a diagnostic.
struct FileReader: Sendable {
    /// The file as diagnostics name it.
    var name: String
    var path: String
    var folder = ""
    /// Whether it is `anju.yaml`, which holds the settings.
    var isMain = false
    /// Whether it came with the program and was not included.
    var isShipped = false

    func read() -> FileDraft {
        let log = ProblemLog(file: name)
        var draft = FileDraft(file: name)
        draft.isShipped = isShipped
        switch FileBytes.read(path, limit: YAMLReader.fileSizeLimit) {
        case .failure(let fault):
            draft.isReadable = false
            log.error(
                at: Mark(line: 1, column: 1), "The file cannot be read: \(fault.reason)",
                why: isMain ? "Without it there is no gateway" : "What it says would be missing",
                fix: isMain
                    ? "Name it with `--config`, and check its permissions."
                    : "Check its name and its permissions.")
        case .success(let bytes):
            draft.hash = bytes.withUnsafeBytes { fnv1a($0) }
            if let root = YAMLReader.read(bytes, log: log) {
                readSections(root, into: &draft, log)
            } else if isMain, log.diagnostics.isEmpty {
                log.error(
                    at: Mark(line: 1, column: 1), "The file is empty", fix: "Write `gateway: some-id` first.")
            }
        }
        draft.diagnostics = log.diagnostics
        if log.dropped > 0 {
            draft.diagnostics.append(
                Diagnostic(
                    .error, at: Place(file: name),
                    what: "\(log.dropped) more problems in this file are not shown",
                    fix: "Correct the first ones and check again."))
        }
        return draft
    }

    private func readSections(_ root: YAMLNode, into draft: inout FileDraft, _ log: ProblemLog) {
        if root.isAbsent, !isMain { return }
        if isMain {
            var reader = SettingsReader(log: log, folder: folder)
            draft.settings = reader.read(root)
        }
        let keys = isMain ? nil : FileDraft.sections
        guard
            let table = isMain
                ? Table(silent: root, log: log) : Table(root, "this file", keys: keys, log: log)
        else { return }
        if let node = table["homes"] { draft.homes = HomeReader(log: log).read(node) }
        if let node = table["responders"] { draft.responders = ResponderReader(log: log).read(node) }
        if let node = table["groups"] { draft.groups = DutyReader(log: log).readGroups(node) }
        if let node = table["rosters"] { draft.rosters = DutyReader(log: log).readRosters(node) }
        if let node = table["plans"] { draft.plans = PlanReader(log: log).read(node) }
        if let node = table["rules"] { draft.rules = RuleReader(log: log).read(node) }
        if let node = table["messages"] { draft.templates = TemplateReader(log: log).read(node) }
        if let node = table["users"] { draft.users = UserReader(log: log).read(node) }
        if let node = table["profiles"] { draft.profiles = ProfileReader(log: log).readLayers(node) }
    }
}

/// FNV-1a over bytes: tells files apart, nothing more.
func fnv1a(_ bytes: UnsafeRawBufferPointer, from start: UInt64 = 0xcbf2_9ce4_8422_2325) -> UInt64 {
    bytes.reduce(start) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
}

/// The bytes of a regular file, bounded.
enum FileBytes {
    /// Why a file could not be read.
    struct Fault: Error {
        var reason: String
    }

    /// Reads a regular file of at most `limit` bytes; a folder, pipe or device is refused, never waited for.
    static func read(_ path: String, limit: Int) -> Result<Data, Fault> {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return .failure(Fault(reason: "there is no such file"))
        }
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: resolved) else {
            return .failure(Fault(reason: "it may not be looked at"))
        }
        guard !isFolder.boolValue, attributes[.type] as? FileAttributeType == .typeRegular else {
            return .failure(Fault(reason: "it is not a regular file"))
        }
        let size = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard size <= limit else {
            return .failure(Fault(reason: "it has more than \(limit / 1_000_000) MB"))
        }
        guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: resolved)) else {
            return .failure(Fault(reason: "permission denied"))
        }
        return .success(bytes)
    }
}
