import SafetyModel

/// Collects the problems between files.
struct SiteProblems: Sendable {
    private(set) var diagnostics: [Diagnostic] = []
    private var dropped = 0

    /// The most problems that are kept: beyond it a common cause is likely.
    static let problemLimit = 2_000

    mutating func add(_ more: [Diagnostic]) {
        for diagnostic in more { add(diagnostic) }
    }

    mutating func add(_ diagnostic: Diagnostic) {
        guard diagnostics.count < Self.problemLimit else {
            dropped += 1
            return
        }
        diagnostics.append(diagnostic)
    }

    mutating func error(at place: Place, _ what: String, why: String = "", fix: String = "") {
        add(Diagnostic(.error, at: place, what: what, why: why, fix: fix))
    }

    mutating func warning(at place: Place, _ what: String, why: String = "", fix: String = "") {
        add(Diagnostic(.warning, at: place, what: what, why: why, fix: fix))
    }

    /// Everything in the order of places; says how much was left out.
    func sorted(mainFile: String) -> [Diagnostic] {
        var all = diagnostics.enumerated().sorted {
            ($0.element.place, $0.offset) < ($1.element.place, $1.offset)
        }
        .map(\.element)
        if dropped > 0 {
            all.append(
                Diagnostic(
                    .error, at: Place(file: mainFile), what: "\(dropped) more problems are not shown",
                    fix: "Correct the first ones and check again."))
        }
        return all
    }
}

/// Things of several homes that are reported once, with the first home and how many there are.
struct HomeTally<Key: Hashable & Sendable>: Sendable {
    /// One key's homes.
    struct Entry: Sendable {
        var key: Key
        /// The index of the first home.
        var first: Int
        var count: Int

        /// "the home 3-2-501", or "12 homes (first 3-2-501)".
        func homes(_ community: Community) -> String {
            if first == 0 {
                return count == 1 ? "the gateway itself" : "the gateway itself and \(count - 1) homes"
            }
            let id = community.homes[first].id
            return count == 1 ? "the home \(id)" : "\(count) homes (first \(id))"
        }
    }

    /// In the order of first appearance.
    private(set) var entries: [Entry] = []
    private var places: [Key: Int] = [:]

    mutating func count(_ key: Key, home: Int) {
        if let place = places[key] {
            entries[place].count += 1
        } else {
            places[key] = entries.count
            entries.append(Entry(key: key, first: home, count: 1))
        }
    }
}
