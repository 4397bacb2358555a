/// Topics that were heard and belong to no device: what `discover` lists, instead of a log line for each
/// message.
public struct UnknownTopics: Hashable, Sendable {
    /// The most topics listed; messages of further ones only count in `unlisted`.
    public static let topicLimit = 256
    /// The most bytes kept of a topic's name.
    public static let nameLimit = 200

    /// One topic and how often it was heard.
    public struct Entry: Hashable, Sendable {
        /// The full topic.
        public var topic: String
        /// How many there are.
        public var count: Int
    }

    /// Messages on all unknown topics.
    public private(set) var total = 0
    /// Messages on topics beyond `topicLimit`.
    public private(set) var unlisted = 0
    private var entries: [Entry] = []
    private var places: [UInt64: Int] = [:]

    /// Starts empty, or with the defaults.
    public init() {}

    /// The listed topics, the loudest first, equal ones by name.
    ///
    /// - Parameter limit: how many.
    public func loudest(_ limit: Int = topicLimit) -> [Entry] {
        Array(entries.sorted { ($1.count, $0.topic) < ($0.count, $1.topic) }.prefix(limit))
    }

    mutating func count(_ topic: UnsafeRawBufferPointer, hash: UInt64) {
        total += 1
        if let place = places[hash] {
            entries[place].count += 1
        } else if entries.count < Self.topicLimit {
            places[hash] = entries.count
            entries.append(Entry(topic: TopicName.printable(topic), count: 1))
        } else {
            unlisted += 1
        }
    }
}

/// Names of topics as they may stand in lists and messages.
enum TopicName {
    /// Valid UTF-8 without control characters, cut at `UnknownTopics.nameLimit` bytes.
    static func printable(_ topic: UnsafeRawBufferPointer) -> String {
        let text = String(decoding: topic.prefix(UnknownTopics.nameLimit), as: UTF8.self)
        return String(
            text.map { $0.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? "\u{FFFD}" : $0 })
    }
}
