import SafetyModel

/// A topic rule ready for the hot path: paths as a trie, words as hashes, everything in flat arrays.
final class CompiledTopic: Sendable {
    let format: TopicRule.Format
    /// Node 0 is the payload itself.
    let nodes: [Node]
    let readings: [CompiledReading]
    let words: [WordMeaning]
    let roots: [CompiledRoot]
    /// Paths as the profile writes them, for failures; index = reading.
    let paths: [String]
    private let slots: [Slot]
    private let endings: [Ending]

    init(_ rule: TopicRule) {
        var builder = TopicCompiler(rule)
        builder.build()
        format = rule.format
        nodes = builder.nodes
        readings = builder.readings
        words = builder.words
        roots = builder.roots
        paths = builder.paths
        slots = Slot.table(of: builder.edges)
        endings = builder.endings
    }

    /// One place in a payload.
    struct Node: Sendable {
        var readings: Range<Int32> = 0..<0
        /// The child for keys without one of their own; -1 for none.
        var wildcard: Int32 = -1
        /// An index of `roots`: the place is a container in which the readings begin anew; -1 for none.
        var root: Int32 = -1
        var time: TimeField.Format?
        var isOldMarker = false
        var hasEndings = false
    }

    /// The child of a node for a key, whose bytes are valid during the call; -1 for none.
    func child(of node: Int32, hash: UInt64, key: UnsafeRawBufferPointer) -> Int32 {
        let mask = slots.count - 1
        var place = Slot.place(node: node, hash: hash) & mask
        while slots[place].child >= 0 {
            if slots[place].hash == hash && slots[place].node == node { return slots[place].child }
            place = (place + 1) & mask
        }
        let here = nodes[Int(node)]
        if here.hasEndings {
            for ending in endings where ending.node == node && ending.matches(key) { return ending.child }
        }
        return here.wildcard
    }

    /// Whether a level's node says anything: it has readings or leads on.
    func hasReadings(below node: Int32) -> Bool {
        !nodes[Int(node)].readings.isEmpty || nodes[Int(node)].wildcard >= 0
            || slots.contains { $0.node == node }
    }

    /// One edge of the trie in an open-addressing table; `child` is -1 in an empty slot.
    struct Slot: Sendable {
        var hash: UInt64
        var node: Int32
        var child: Int32

        static func place(node: Int32, hash: UInt64) -> Int {
            Int(
                truncatingIfNeeded: ((hash ^ UInt64(UInt32(bitPattern: node))) &* 0x9e37_79b9_7f4a_7c15) >> 32
            )
        }

        static func table(of edges: [Slot]) -> [Slot] {
            var size = 4
            while size < edges.count * 2 { size *= 2 }
            var table = [Slot](repeating: Slot(hash: 0, node: -1, child: -1), count: size)
            for edge in edges {
                var at = place(node: edge.node, hash: edge.hash) & (size - 1)
                while table[at].child >= 0 { at = (at + 1) & (size - 1) }
                table[at] = edge
            }
            return table
        }
    }

    /// A key with any ending: `occupancy_*`.
    struct Ending: Sendable {
        var node: Int32
        var prefix: [UInt8]
        var child: Int32

        func matches(_ key: UnsafeRawBufferPointer) -> Bool {
            key.count > prefix.count && key.starts(with: prefix)
        }
    }
}

/// A reading rule whose words stand in `CompiledTopic.words`.
struct CompiledReading: Sendable {
    var signal: Signal
    var shape: Signal.Shape
    var form: Observation.Form
    var accepts: ReadingRule.ValueKind
    var otherwise: ReadingRule.Otherwise
    var isInverted: Bool
    var scale: Double
    var transform: ReadingRule.Transform
    /// The folded hash of the sibling key of a pair's second half; 0 for none.
    var second: UInt64
    var words: Range<Int32>
    /// What plain true and false mean, looked up once.
    var whenTrue: ValueMeaning.Meaning?
    var whenFalse: ValueMeaning.Meaning?
}

/// A container in which the readings begin anew.
struct CompiledRoot: Sendable {
    var isHistory: Bool
    /// The folded hash of the time's key inside the container; 0 for none.
    var timeHash: UInt64
    var timeFormat: TimeField.Format
}
