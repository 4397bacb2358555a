import CSimdjson
import SafetyModel

/// One pass over the tokens of a payload: follows the trie, appends observations, keeps the first failure.
///
/// The tokens' bytes belong to the parser and are valid until its next payload; nothing outlives the pass.
struct PayloadWalk {
    private var topic: CompiledTopic?
    private var quality = Quality.live
    private var firstObservation = 0
    private var deviceTime: WallTime?
    private var isOld = false
    private var failure: String?
    /// Where the open containers stand, by depth; reused for every message.
    private var levels: [Level]

    init() {
        levels = [Level](repeating: Level(), count: JSONParser.depthLimit + 2)
    }

    /// An open container.
    private struct Level {
        var node: Int32 = 0
        var isHistory = false
        var time: WallTime?
        /// The container's token.
        var token = 0
    }

    mutating func begin(_ topic: CompiledTopic, quality: Quality, firstObservation: Int) {
        self.topic = topic
        self.quality = quality
        self.firstObservation = firstObservation
        deviceTime = nil
        isOld = false
        failure = nil
    }

    /// The message's outcome; observations of a message that calls itself old become history.
    mutating func finish(_ observations: inout [Observation]) -> DecodedMessage {
        topic = nil
        if isOld {
            for index in firstObservation..<observations.count where observations[index].quality == .live {
                observations[index].quality = .history
                observations[index].deviceTime = deviceTime
            }
        }
        return DecodedMessage(
            outcome: failure == nil ? .taken : .failed, deviceTime: deviceTime, failure: failure)
    }

    /// Reads all tokens of a document.
    mutating func read(
        _ tokens: UnsafeBufferPointer<JSONToken>, from start: Int32, into observations: inout [Observation]
    ) {
        guard let topic else { return }
        guard tokens[0].type.isContainer else {
            read(tokens[0], at: start, siblings: nil, into: &observations)
            return
        }
        levels[0] = Level(node: start)
        var index = 1
        while index < tokens.count {
            let token = tokens[index]
            let above = levels[Int(token.depth) - 1]
            let node = topic.child(of: above.node, hash: token.key_hash, key: token.keyBytes)
            guard node >= 0 else {
                index = Int(token.end)
                continue
            }
            if token.type.isContainer {
                open(token, index, node, in: tokens, above: above)
                let place = topic.nodes[Int(node)]
                if place.root < 0 {
                    read(token, at: node, siblings: nil, depth: Int(token.depth), into: &observations)
                }
            } else {
                let siblings = UnsafeBufferPointer(
                    rebasing: tokens[(above.token + 1)..<Int(tokens[above.token].end)])
                read(token, at: node, siblings: siblings, depth: Int(token.depth), into: &observations)
            }
            index += 1
        }
    }

    private mutating func open(
        _ token: JSONToken, _ index: Int, _ node: Int32, in tokens: UnsafeBufferPointer<JSONToken>,
        above: Level
    ) {
        var level = Level(node: node, isHistory: above.isHistory, time: above.time, token: index)
        if let topic, topic.nodes[Int(node)].root >= 0 {
            let root = topic.roots[Int(topic.nodes[Int(node)].root)]
            level.node = 0
            level.isHistory = level.isHistory || root.isHistory
            if root.timeHash != 0 {
                let children = UnsafeBufferPointer(rebasing: tokens[(index + 1)..<Int(token.end)])
                let found = children.first { $0.key_hash == root.timeHash && $0.depth == token.depth + 1 }
                level.time = found.flatMap { TimeReading.time(of: $0, format: root.timeFormat) } ?? level.time
            }
        }
        levels[Int(token.depth)] = level
    }

    /// Reads one value at a node by all of the node's rules.
    mutating func read(
        _ token: JSONToken, at node: Int32, siblings: UnsafeBufferPointer<JSONToken>?, depth: Int = 0,
        into observations: inout [Observation]
    ) {
        guard let topic else { return }
        let place = topic.nodes[Int(node)]
        let level = depth > 0 ? levels[depth - 1] : Level()
        if let format = place.time, !level.isHistory, let time = TimeReading.time(of: token, format: format) {
            deviceTime = time
        }
        if place.isOldMarker { isOld = isOld || token.isSet }
        for index in place.readings {
            let rule = topic.readings[Int(index)]
            if rule.second != 0 {
                pair(token, rule, siblings, level, &observations)
                continue
            }
            switch topic.interpret(token, as: rule) {
            case .reading(let reading, let isTest):
                append(reading, rule, level, isTest: isTest, &observations)
            case .unknown: fail(token, topic.paths[Int(index)], rule)
            case .nothing, .notMeant: continue
            }
        }
    }

    private func append(
        _ reading: Reading, _ rule: CompiledReading, _ level: Level, isTest: Bool,
        _ observations: inout [Observation]
    ) {
        if rule.form == .pulse && reading == .flag(false) { return }
        let origin: Quality = level.isHistory ? .history : quality
        observations.append(
            Observation(
                rule.signal, reading, form: rule.form, quality: isTest && !level.isHistory ? .test : origin,
                deviceTime: level.isHistory ? level.time : nil))
    }

    private func pair(
        _ token: JSONToken, _ rule: CompiledReading, _ siblings: UnsafeBufferPointer<JSONToken>?,
        _ level: Level,
        _ observations: inout [Observation]
    ) {
        guard let other = siblings?.first(where: { $0.key_hash == rule.second && $0.depth == token.depth }),
            let first = CompiledTopic.half(token), let second = CompiledTopic.half(other)
        else { return }
        append(.pair(Float(first), Float(second)), rule, level, isTest: false, &observations)
    }

    private mutating func fail(_ token: JSONToken, _ path: String, _ rule: CompiledReading) {
        guard failure == nil else { return }
        let place = path.isEmpty ? "payload" : "payload.\(path)"
        let said = token.shown
        failure =
            "\(place): \(said) says nothing about \(rule.signal.name) that the profile knows; add it to values"
    }
}

extension JSONToken {
    /// Whether it is a flag that is set: true, a number other than 0, `true`, `on`, `1`.
    var isSet: Bool {
        switch type {
        case .boolean: boolean != 0
        case .number: number != 0
        case .text: ["true", "on", "1", "yes"].contains { foldedHash($0) == foldedHash(textBytes) }
        default: false
        }
    }

    /// The value as a failure shows it, at most about 60 bytes.
    var shown: String {
        switch type {
        case .null: "null"
        case .boolean: boolean != 0 ? "true" : "false"
        case .number: "\(number)"
        case .text:
            "\"\(String(decoding: textBytes.prefix(48), as: UTF8.self).escapedForJSON.prefix(56))\""
        case .object: "an object"
        case .array: "a list"
        }
    }
}
