import Foundation

/// The plan of the house: which targets there are and who may know whom.
///
/// Read from the table of `ModuleMap.md`, so that the page that people read and the law that is tested are
/// one.
struct Plan: Sendable {
    /// In the order of the table.
    var rooms: [Room] = []

    struct Room: Hashable, Sendable {
        var name: String
        /// Targets that it may name, with everything below them.
        var below: [String]
        /// Modules of others that it may import.
        var modules: [String]
    }

    /// Reads the rows `| ring | target | may depend on | other modules | ... |` of a page.
    init(markdown: String) {
        for line in markdown.split(separator: "\n") where line.hasPrefix("|") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            guard cells.count >= 4, let name = Self.names(in: cells[1]).first else { continue }
            rooms.append(
                Room(name: name, below: Self.names(in: cells[2]), modules: Self.names(in: cells[3])))
        }
    }

    private static func names(in cell: String) -> [String] {
        Words("`([A-Za-z0-9]+)`").matches(in: cell).map { $0[1] }
    }

    func room(_ name: String) -> Room? { rooms.first { $0.name == name } }

    /// All targets that a target may know: those that the plan names and those below them, sorted.
    func known(to name: String) -> [String] {
        var found: [String] = []
        var open = room(name)?.below ?? []
        while let next = open.popLast() {
            guard !found.contains(next) else { continue }
            found.append(next)
            open += room(next)?.below ?? []
        }
        return found.sorted()
    }

    /// A target that is below itself, if there is one.
    var circle: String? { rooms.map(\.name).first { known(to: $0).contains($0) } }

    /// Modules that stand for a product of a package in `Package.swift`.
    static let libraries = ["swift-collections": ["OrderedCollections", "DequeModule", "HeapModule"]]
}

/// What `Package.swift` says, read from its text.
struct PackageText: Sendable {
    var targets: [Target] = []
    /// Names of the test targets, in order.
    var tests: [String] = []

    struct Target: Hashable, Sendable {
        var name: String
        /// Targets of this package.
        var targets: [String]
        /// Products of other packages.
        var products: [String]
    }

    /// Packages that are fetched and that no target names.
    var unusedPackages: [String] = []

    init(_ text: String) {
        let fetched = Words("\\.package\\(url: \"[^\"]*/([\\w.-]+)\"").matches(in: text).map { $0[1] }
        unusedPackages = fetched.filter { !text.contains("package: \"\($0)\"") }
        let products = Self.products(namedIn: text)
        for piece in Self.calls(in: text) {
            guard let name = Words("\"([A-Za-z0-9]+)\"").matches(in: piece.text).first?[1] else { continue }
            if piece.isTest {
                tests.append(name)
            } else {
                targets.append(Self.target(name, piece.text, products))
            }
        }
    }

    private static func target(_ name: String, _ text: String, _ constants: [[String]]) -> Target {
        var rest = text
        let found = Words("\\.product\\(\\s*name:\\s*\"([A-Za-z0-9]+)\"[^)]*\\)").matches(in: text)
        for match in found { rest = rest.replacingOccurrences(of: match[0], with: "") }
        let named = constants.filter { Words("\\b\($0[1])\\b").isFound(in: rest) }
        let list = rest.components(separatedBy: rest.hasPrefix("room(") ? "room(" : "dependencies:")
        let inner = Words("\\[([^\\]]*)\\]").matches(in: list.count > 1 ? list[1] : "").first?[1] ?? ""
        let names = Words("\"([A-Za-z0-9]+)\"").matches(in: inner).map { $0[1] }
        return Target(name: name, targets: names, products: found.map { $0[1] } + named.map { $0[2] })
    }

    /// Constants such as `let logging = Target.Dependency.product(name: "Logging", ...)`.
    private static func products(namedIn text: String) -> [[String]] {
        Words("let (\\w+) = Target\\.Dependency\\.product\\(name: \"(\\w+)\"").matches(in: text)
    }

    /// The calls that make targets, each with its whole text.
    private static func calls(in text: String) -> [(text: String, isTest: Bool)] {
        guard let start = text.range(of: "targets: [\n") else { return [] }
        var found: [(text: String, isTest: Bool)] = []
        var call = ""
        var depth = 0
        for line in text[start.upperBound...].split(separator: "\n") {
            let code = line.trimmingCharacters(in: .whitespaces)
            if code.hasPrefix("//") { continue }
            if depth == 0, code.hasPrefix("]") { break }
            call += code + "\n"
            depth += code.count { $0 == "(" } - code.count { $0 == ")" }
            if depth == 0 {
                found.append((call, call.hasPrefix("check(") || call.hasPrefix(".testTarget(")))
                call = ""
            }
        }
        return found
    }
}
