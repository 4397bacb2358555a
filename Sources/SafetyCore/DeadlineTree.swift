import SafetyModel

/// The earliest deadline over all homes: a tournament tree, so that one home's change costs the logarithm of
/// the homes.
struct DeadlineTree: Hashable, Sendable {
    /// Nodes of a complete binary tree, the root at 1; the leaves are the homes.
    private var nodes: [Int64]
    private let leafStart: Int

    private static let never = Int64.max

    init(homes: Int) {
        var width = 1
        while width < homes { width *= 2 }
        leafStart = width
        nodes = Array(repeating: Self.never, count: width * 2)
    }

    /// The earliest deadline of all.
    var earliest: Instant? { nodes[1] == Self.never ? nil : Instant(milliseconds: nodes[1]) }

    /// A home whose deadline is the earliest; the one with the lowest index where several are equal.
    var earliestHome: Int {
        var node = 1
        while node < leafStart {
            node *= 2
            if nodes[node] != nodes[node / 2] { node += 1 }
        }
        return node - leafStart
    }

    /// Sets or removes the deadline of a home.
    mutating func set(_ deadline: Instant?, home: Int) {
        var node = leafStart + home
        let value = deadline?.milliseconds ?? Self.never
        if nodes[node] == value { return }
        nodes[node] = value
        while node > 1 {
            node /= 2
            let smaller = min(nodes[node * 2], nodes[node * 2 + 1])
            if nodes[node] == smaller { return }
            nodes[node] = smaller
        }
    }
}
