/// Finds the topic that floods, in bounded memory and without asking for the topic's name per message.
///
/// Each bucket votes for one topic: its messages count up, others of the bucket count down. A topic that
/// makes most of
/// its bucket's traffic stands with nearly its true rate.
struct FloodWatch {
    /// The most topics that are watched as floods at once; further ones are counted with their devices'
    /// messages.
    static let floodsLimit = 16
    /// Buckets, a power of two.
    private static let bucketCount = 4_096

    /// What to do with a message.
    enum Verdict {
        case ordinary, beginsFlood
        case overLimit(repeatsLast: Bool)
    }

    /// A topic that floods now.
    struct Flood {
        var topicHash: UInt64
        var topic: String
        var lastContent: UInt64 = 0
        /// Messages of the running second.
        var count = 0
        var second: Int64
    }

    private struct Bucket {
        var topicHash: UInt64 = 0
        var count = 0
        var second: Int64 = -1
    }

    private let limit: Int
    private var buckets = [Bucket](repeating: Bucket(), count: bucketCount)
    private(set) var floods: [Flood] = []

    /// - Parameter limit: messages a second on one topic.
    init(limit: Int) { self.limit = max(1, limit) }

    /// Counts a message.
    mutating func count(topicHash: UInt64, content: UInt64, second: Int64) -> Verdict {
        if !floods.isEmpty, let place = floods.firstIndex(where: { $0.topicHash == topicHash }) {
            return countFlooding(place, content, second)
        }
        let place = Int(truncatingIfNeeded: topicHash & UInt64(Self.bucketCount - 1))
        if buckets[place].second != second {
            buckets[place] = Bucket(topicHash: topicHash, count: 1, second: second)
        } else if buckets[place].topicHash == topicHash {
            buckets[place].count += 1
        } else if buckets[place].count == 0 {
            buckets[place].topicHash = topicHash
            buckets[place].count = 1
        } else {
            buckets[place].count -= 1
        }
        let isAbove = buckets[place].count > limit && buckets[place].topicHash == topicHash
        return isAbove && floods.count < Self.floodsLimit ? .beginsFlood : .ordinary
    }

    /// Watches a topic from now on.
    mutating func begin(topicHash: UInt64, topic: String, content: UInt64, second: Int64) {
        floods.append(
            Flood(topicHash: topicHash, topic: topic, lastContent: content, count: limit + 1, second: second))
    }

    /// Topics whose last second was below the limit, or that fell silent; they are ordinary again.
    mutating func ended(second: Int64) -> [String] {
        if floods.isEmpty { return [] }
        let calm = floods.filter { second - $0.second > 1 || (second > $0.second && $0.count <= limit) }
        floods.removeAll { flood in calm.contains { $0.topicHash == flood.topicHash } }
        return calm.map(\.topic)
    }

    private mutating func countFlooding(_ place: Int, _ content: UInt64, _ second: Int64) -> Verdict {
        if floods[place].second != second {
            floods[place].second = second
            floods[place].count = 0
        }
        floods[place].count += 1
        let repeatsLast = floods[place].lastContent == content
        floods[place].lastContent = content
        return floods[place].count > limit ? .overLimit(repeatsLast: repeatsLast) : .ordinary
    }
}
