/// One thing that is wrong in the files: where, what, why it matters, and what to write instead.
public struct Diagnostic: Hashable, Sendable {
    /// Where it is wrong.
    public var place: Place
    /// Whether it refuses the configuration.
    public var severity: Severity
    /// What is wrong, without a full stop at the end.
    public var what: String
    /// Why it matters; empty where the reader would only be bored.
    public var why: String
    /// What to write instead.
    public var fix: String

    /// Makes one; `why` and `fix` may be empty.
    public init(_ severity: Severity, at place: Place, what: String, why: String = "", fix: String = "") {
        self.place = place
        self.severity = severity
        self.what = what
        self.why = why
        self.fix = fix
    }

    /// How bad it is: errors refuse the change, warnings let it pass.
    public enum Severity: String, Sendable {
        /// The configuration is refused.
        case error
        /// The configuration may pass.
        case warning
    }

    /// The line that `anju check` prints.
    ///
    /// Its form is `file:line:column: error: what. why. fix.`
    public var text: String {
        let sentences = [what, why, fix].filter { !$0.isEmpty }.map(Self.sentence).joined(separator: " ")
        return "\(place.text): \(severity.rawValue): \(sentences)"
    }

    private static func sentence(_ text: String) -> String {
        text.hasSuffix(".") || text.hasSuffix("?") ? text : text + "."
    }
}

/// A position in a file of the configuration.
public struct Place: Hashable, Comparable, Sendable {
    /// The file as the technician would name it from where he stands.
    public var file: String
    /// From 1; 0 means the file as a whole.
    public var line: Int
    /// From 1, in characters; 0 means the file as a whole.
    public var column: Int

    /// A place in a file; without a line it means the file as a whole.
    public init(file: String, line: Int = 0, column: Int = 0) {
        self.file = file
        self.line = line
        self.column = column
    }

    init(file: String, at mark: Mark) {
        self.init(file: file, line: Int(mark.line), column: Int(mark.column))
    }

    /// As editors understand it: `file:line:column`; a whole file is its first character.
    public var text: String { "\(file):\(max(line, 1)):\(max(column, 1))" }

    /// By file, then line, then column.
    public static func < (a: Place, b: Place) -> Bool {
        (a.file, a.line, a.column) < (b.file, b.line, b.column)
    }
}

/// A position within a file, from 1.
struct Mark: Hashable, Sendable {
    var line: Int32
    var column: Int32
}

/// Collects the problems of one file; whoever reads goes on after each.
///
/// Not `Sendable`: one file is read on one thread.
final class ProblemLog {
    /// The file that is read.
    let file: String
    private(set) var diagnostics: [Diagnostic] = []
    /// Problems beyond `problemLimit`, which are counted only.
    private(set) var dropped = 0

    /// The most problems that are kept of one file: beyond it the rest follows from the first.
    static let problemLimit = 200

    init(file: String) { self.file = file }

    /// Adds an error at a mark.
    func error(at mark: Mark, _ what: String, why: String = "", fix: String = "") {
        add(Diagnostic(.error, at: Place(file: file, at: mark), what: what, why: why, fix: fix))
    }

    /// Adds a warning at a mark.
    func warning(at mark: Mark, _ what: String, why: String = "", fix: String = "") {
        add(Diagnostic(.warning, at: Place(file: file, at: mark), what: what, why: why, fix: fix))
    }

    /// Adds a problem that already knows its place.
    func add(_ diagnostic: Diagnostic) {
        guard diagnostics.count < Self.problemLimit else {
            dropped += 1
            return
        }
        diagnostics.append(diagnostic)
    }
}
