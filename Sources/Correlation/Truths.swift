import SafetyModel

/// Which nodes of an automaton are true: a bit each, so that most states need no heap for it.
///
/// When a node was true last is kept only where some operator looks back at that.
struct Truths: Hashable, Sendable {
    /// The first 64 nodes.
    private var first: UInt64 = 0
    /// The nodes from 64 on, 64 in each word.
    private var others: [UInt64]
    /// When nodes that are looked back at were true last, in milliseconds; `Int64.min` for never.
    private var moments: [Int64]

    /// No node was ever true.
    init(for automaton: Automaton) {
        let nodes = automaton.nodes.count
        others = Array(repeating: 0, count: Self.words(of: nodes))
        moments = Array(repeating: Int64.min, count: automaton.momentCount)
    }

    private static func words(of nodes: Int) -> Int { (nodes - 1) / 64 }

    /// Whether a node is true.
    func isTrue(_ node: Int) -> Bool {
        if node < 64 { return first & (1 &<< UInt64(node)) != 0 }
        return others[node / 64 - 1] & (1 << UInt64(node % 64)) != 0
    }

    /// Whether any node is true.
    var isAnyTrue: Bool { first != 0 || others.contains { $0 != 0 } }

    /// Makes a node true or false.
    mutating func set(_ node: Int, _ isTrue: Bool) {
        let bit: UInt64 = 1 &<< UInt64(node & 63)
        if node < 64 {
            first = isTrue ? first | bit : first & ~bit
        } else {
            others[node / 64 - 1] = isTrue ? others[node / 64 - 1] | bit : others[node / 64 - 1] & ~bit
        }
    }

    /// When a node that is looked back at was true last; `Int64.min` for never.
    func last(_ node: Int, of automaton: Automaton) -> Int64 {
        moments[Int(automaton.momentOfNode[node])]
    }

    /// Remembers when a node that is looked back at was true last.
    mutating func remember(_ node: Int, of automaton: Automaton, _ moment: Int64) {
        moments[Int(automaton.momentOfNode[node])] = moment
    }

    /// Whether every moment lies longer ago than this.
    func isForgotten(after memory: Int64, at now: Int64) -> Bool {
        moments.allSatisfy { $0 == Int64.min || now - $0 > memory }
    }

    /// Whether it fits an automaton; damaged bytes may not.
    func isSound(for automaton: Automaton) -> Bool {
        let nodes = automaton.nodes.count
        let last = others.last ?? first
        let isWithin = nodes % 64 == 0 || last >> UInt64(nodes % 64) == 0
        return others.count == Self.words(of: nodes) && isWithin
            && moments.count == automaton.momentCount
    }
}

extension Truths: ByteCodable {
    func encode(into writer: inout ByteWriter) {
        writer.write(first)
        writer.writeEach(others) { $0.write($1) }
        writer.writeEach(moments) { $0.write($1) }
    }

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        first = try reader.read()
        others = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        moments = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
    }
}
