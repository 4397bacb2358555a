import SafetyModel

/// Builds the flat arrays of a `CompiledTopic` from a rule.
struct TopicCompiler {
    let rule: TopicRule
    var nodes = [CompiledTopic.Node()]
    var edges: [CompiledTopic.Slot] = []
    var endings: [CompiledTopic.Ending] = []
    var readings: [CompiledReading] = []
    var words: [WordMeaning] = []
    var roots: [CompiledRoot] = []
    var paths: [String] = []

    init(_ rule: TopicRule) { self.rule = rule }

    mutating func build() {
        for root in rule.roots {
            let place = node(at: root.path)
            nodes[place].root = Int32(roots.count)
            roots.append(
                CompiledRoot(
                    isHistory: root.isHistory, timeHash: root.time.map { foldedHash($0.path) } ?? 0,
                    timeFormat: root.time?.format ?? .automatic))
        }
        if let time = rule.time { nodes[node(at: time.path)].time = time.format }
        if !rule.oldMarker.isEmpty { nodes[node(at: rule.oldMarker)].isOldMarker = true }
        for key in rule.ignoredKeys { _ = node(at: key) }
        addReadings()
    }

    /// Readings of one node stand side by side, in the order of the profile.
    private mutating func addReadings() {
        let places = rule.readings.map { $0.path.isEmpty ? 0 : node(at: $0.path) }
        for place in nodes.indices {
            let first = Int32(readings.count)
            for (index, reading) in rule.readings.enumerated() where places[index] == place {
                readings.append(compiled(reading))
                paths.append(reading.path)
            }
            nodes[place].readings = first..<Int32(readings.count)
        }
    }

    private mutating func compiled(_ reading: ReadingRule) -> CompiledReading {
        let first = Int32(words.count)
        words += reading.values.map { WordMeaning($0.text, $0.meaning) }
        let usualWords = reading.knowsOnlyValues ? UsualWords.nothing : UsualWords.words(for: reading.signal)
        words += usualWords.map { usual in
            guard reading.isInverted, usual.isInvertible, case .reading(.flag(let isOn)) = usual.meaning
            else {
                return usual
            }
            var turned = usual
            turned.meaning = .reading(.flag(!isOn))
            return turned
        }
        let range = first..<Int32(words.count)
        return CompiledReading(
            signal: reading.signal, shape: reading.signal.shape, form: reading.form, accepts: reading.accepts,
            otherwise: reading.otherwise, isInverted: reading.isInverted, scale: reading.scale,
            transform: reading.transform, second: reading.second.isEmpty ? 0 : foldedHash(reading.second),
            words: range, whenTrue: meaning(of: "true", in: range), whenFalse: meaning(of: "false", in: range)
        )
    }

    private func meaning(of word: String, in range: Range<Int32>) -> ValueMeaning.Meaning? {
        let hash = foldedHash(word)
        return words[Int(range.lowerBound)..<Int(range.upperBound)].first { $0.hash == hash }?.meaning
    }

    /// The node of a path, made where it is missing.
    private mutating func node(at path: String) -> Int {
        var place: Int32 = 0
        for key in path.split(separator: ".", omittingEmptySubsequences: false) {
            if key == "*" {
                if nodes[Int(place)].wildcard < 0 { nodes[Int(place)].wildcard = added() }
                place = nodes[Int(place)].wildcard
            } else if key.last == "*" {
                place = ending(String(key.dropLast()), of: place)
            } else {
                place = child(foldedHash(key), of: place)
            }
        }
        return Int(place)
    }

    private mutating func child(_ hash: UInt64, of node: Int32) -> Int32 {
        if let edge = edges.first(where: { $0.node == node && $0.hash == hash }) { return edge.child }
        edges.append(CompiledTopic.Slot(hash: hash, node: node, child: added()))
        return edges[edges.count - 1].child
    }

    private mutating func ending(_ prefix: String, of node: Int32) -> Int32 {
        let bytes = Array(prefix.utf8)
        if let known = endings.first(where: { $0.node == node && $0.prefix == bytes }) { return known.child }
        nodes[Int(node)].hasEndings = true
        endings.append(CompiledTopic.Ending(node: node, prefix: bytes, child: added()))
        return endings[endings.count - 1].child
    }

    private mutating func added() -> Int32 {
        nodes.append(CompiledTopic.Node())
        return Int32(nodes.count - 1)
    }
}
