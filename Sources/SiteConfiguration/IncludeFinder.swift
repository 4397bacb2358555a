import Foundation
import SafetyModel

/// Finds the files that `anju.yaml` includes.
struct IncludeFinder {
    let settings: SettingsDraft
    let mainFile: String
    let folder: String
    private(set) var files: [File] = []
    private(set) var diagnostics: [Diagnostic] = []

    /// A file to read.
    struct File: Sendable {
        /// As diagnostics name it.
        var name: String
        var path: String
        /// Whether it came with the program: its profiles may be replaced.
        var isShipped = false
    }

    init(settings: SettingsDraft, mainFile: String, folder: String) {
        self.settings = settings
        self.mainFile = mainFile
        self.folder = folder
    }

    /// Finds every file once, in the order of the globs, sorted within each.
    mutating func find() {
        var known: Set<String> = [mainFile]
        if let includes = settings.includes {
            for include in includes { add(include, to: &known) }
        } else {
            for glob in SettingsDraft.usualIncludes {
                add(Paths.files(matching: glob, in: folder), to: &known)
            }
        }
        if files.count > Limits.fileLimit {
            report(
                settings.mark, "The configuration has \(files.count) files, more than \(Limits.fileLimit)",
                fix: "Put several homes into one file.")
            files.removeLast(files.count - Limits.fileLimit)
        }
        addShippedProfiles()
        refuseSpreadsheets()
    }

    private mutating func add(_ include: Marked<String>, to known: inout Set<String>) {
        let found = Paths.files(matching: include.value, in: folder)
        if Paths.isFolder(include.value, in: folder) {
            report(
                include.mark, "`\(include.value.quoted)` is a folder",
                fix: "Write `\(include.value.quoted)/*.yaml`.")
            return
        }
        add(found, to: &known)
        guard found.isEmpty else { return }
        let isGlob = include.value.contains("*") || include.value.contains("?")
        report(
            include.mark,
            isGlob
                ? "No file matches `\(include.value.quoted)`" : "There is no file `\(include.value.quoted)`",
            severity: isGlob ? .warning : .error, fix: "Correct the name, or remove it from `includes`.")
    }

    private mutating func add(_ names: [String], to known: inout Set<String>) {
        for name in names {
            let path = Paths.absolute(name, in: folder)
            guard known.insert(path).inserted else { continue }
            files.append(File(name: path.hasPrefix("./") ? String(path.dropFirst(2)) : path, path: path))
        }
    }

    /// The profiles that come with the program are there without being included.
    private mutating func addShippedProfiles() {
        guard let shipped = ProfileFiles.shippedFolder() else { return }
        let known = Set(files.map { URL(fileURLWithPath: $0.path).standardizedFileURL.path })
        for name in Paths.files(matching: "*.yaml", in: shipped) {
            let path = Paths.absolute(name, in: shipped)
            guard !known.contains(URL(fileURLWithPath: path).standardizedFileURL.path) else { continue }
            files.append(File(name: path, path: path, isShipped: true))
        }
    }

    /// Homes in a spreadsheet would silently not be protected.
    private mutating func refuseSpreadsheets() {
        for name in Paths.files(matching: "homes/*.csv", in: folder) {
            diagnostics.append(
                Diagnostic(
                    .error, at: Place(file: Paths.absolute(name, in: folder)),
                    what: "Spreadsheets cannot be read by this version of anju",
                    why: "Its homes would not be protected",
                    fix: "Write the homes as YAML and move this file away."))
        }
    }

    private mutating func report(
        _ mark: Mark, _ what: String, severity: Diagnostic.Severity = .error, fix: String
    ) {
        diagnostics.append(
            Diagnostic(
                severity, at: Place(file: mainFile, at: mark), what: what,
                why: "What it should say would be missing", fix: fix))
    }
}
