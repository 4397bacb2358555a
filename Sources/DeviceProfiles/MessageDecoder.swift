import CSimdjson
public import SafetyModel

/// What became of a message.
public enum DecodeOutcome: Hashable, Sendable {
    /// Its observations were appended; possibly none.
    case taken
    /// A known topic with nothing to say: requests, logs, lists.
    case ignored
    /// No device speaks there.
    case unknownTopic
    /// A value could not be read; the other values' observations were appended all the same.
    case failed
}

/// A message as its profile understands it; its observations were appended by the decoder.
public struct DecodedMessage: Hashable, Sendable {
    /// Taken, ignored, unknown or failed.
    public var outcome: DecodeOutcome
    /// Which device spoke; nil for an unknown topic.
    public var device: DeviceIndex?
    /// The message's own time, where it gives one.
    public var deviceTime: WallTime?
    /// What could not be read, where, and what to do, at most `failureLimit` bytes; nil unless it failed.
    public var failure: String?

    /// The most bytes of a failure's text.
    public static let failureLimit = 200
}

/// Turns MQTT messages into observations; one thread, no allocation for an ordinary message.
///
/// Topic and payload bytes need to be valid only during the call.
public final class MessageDecoder {
    let directory: TopicDirectory
    private let payloadLimit: Int
    private let parser: JSONParser
    var walk: PayloadWalk

    /// - Parameter payloadLimit: the most bytes of a payload; a longer one is a failure.
    public init(directory: TopicDirectory, payloadLimit: Int) {
        self.directory = directory
        self.payloadLimit = payloadLimit
        parser = JSONParser(payloadLimit: payloadLimit)
        walk = PayloadWalk()
    }

    /// Decodes one message and appends its observations.
    public func decode(
        topic: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, isRetained: Bool,
        into observations: inout [Observation]
    ) -> DecodedMessage {
        guard let route = directory.route(of: topic) else { return DecodedMessage(outcome: .unknownTopic) }
        let key = UnsafeRawBufferPointer(rebasing: topic[route.key])
        var message = decode(
            payload, as: route.topic, key: key, isRetained: isRetained, into: &observations)
        if message.outcome != .unknownTopic { message.device = route.device }
        return message
    }

    /// Decodes a payload by one topic rule of a profile, without a binding.
    ///
    /// - Parameter key: the topic's level at `{key}`; empty for an exact template.
    public func decode(
        _ payload: UnsafeRawBufferPointer, profile: Int, rule: Int, key: String, isRetained: Bool,
        into observations: inout [Observation]
    ) -> DecodedMessage {
        var key = key
        return key.withUTF8 {
            decode(
                payload, as: directory.profiles[profile][rule], key: UnsafeRawBufferPointer($0),
                isRetained: isRetained, into: &observations)
        }
    }

    private func decode(
        _ payload: UnsafeRawBufferPointer, as topic: CompiledTopic, key: UnsafeRawBufferPointer,
        isRetained: Bool,
        into observations: inout [Observation]
    ) -> DecodedMessage {
        if topic.format == .ignored { return DecodedMessage(outcome: .ignored) }
        guard payload.count <= payloadLimit else {
            return DecodedMessage(outcome: .failed, failure: JSONFailure(code: 2, offset: 0).text)
        }
        let start = key.isEmpty ? 0 : topic.child(of: 0, hash: foldedHash(key), key: key)
        guard start >= 0 else { return DecodedMessage(outcome: .unknownTopic) }
        if start > 0, !topic.hasReadings(below: start) { return DecodedMessage(outcome: .ignored) }
        let quality: Quality = isRetained ? .retained : .live
        walk.begin(topic, quality: quality, firstObservation: observations.count)
        if topic.format == .text || (topic.format == .any && !payload.beginsLikeJSON) {
            if payload.isEmpty { return DecodedMessage(outcome: .ignored) }
            let token = JSONToken(text: payload)
            walk.read(token, at: start, siblings: nil, into: &observations)
        } else {
            if let failure = parser.parse(payload) {
                return DecodedMessage(outcome: .failed, failure: failure.text)
            }
            guard parser.tokens[0].type.isContainer || topic.format == .any else {
                return DecodedMessage(
                    outcome: .failed,
                    failure: "payload is a single JSON value, expected an object like {\"battery\": 80}")
            }
            walk.read(parser.tokens, from: start, into: &observations)
        }
        return walk.finish(&observations)
    }
}

extension JSONType {
    var isContainer: Bool { self == .object || self == .array }
}

extension UnsafeRawBufferPointer {
    /// Whether the first byte that is no blank opens an object or an array.
    var beginsLikeJSON: Bool {
        let first = first { $0 > 0x20 && $0 != 0xEF && $0 != 0xBB && $0 != 0xBF }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}

extension JSONToken {
    /// A plain text as if it were a JSON text.
    init(text bytes: UnsafeRawBufferPointer) {
        self.init()
        kind = UInt8(JSONType.text.rawValue)
        text = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        text_length = UInt32(bytes.count)
        end = 1
    }
}
