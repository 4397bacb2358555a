/// Knows messages that the broker delivers again after a reconnect.
///
/// libmosquitto shows no DUP flag, so a message is known by its key: packet id, topic and payload. The broker
/// sends its
/// unacknowledged messages first after a reconnect and in their old order, and what we took in is a head of
/// that
/// order. So only the messages before the first unknown one are compared: two equal presses stay two, also
/// when the
/// second comes with a packet id that was used before.
public struct DeliveryWindow {
    /// The most keys remembered; the oldest are forgotten.
    ///
    /// Twice the in-flight window of the shipped broker.
    public static let keyLimit = 2_000

    private var ring: [UInt64]
    private var next = 0
    /// The keys to compare with; empty when no redelivery is expected.
    private var expected: Set<UInt64> = []

    /// - Parameter recentKeys: keys of messages that are in the journal, oldest first; the last `keyLimit`
    /// count.
    public init(recentKeys: [UInt64] = []) {
        ring = Array(recentKeys.suffix(Self.keyLimit))
        ring.reserveCapacity(Self.keyLimit)
    }

    /// The remembered keys, oldest first.
    public var keys: [UInt64] {
        ring.count < Self.keyLimit ? ring : Array(ring[next...] + ring[..<next])
    }

    /// Whether the broker may still be re-sending.
    public var isExpectingRedelivery: Bool { !expected.isEmpty }

    /// A connection was accepted.
    ///
    /// - Parameter isSessionPresent: false means that the broker forgot us, so nothing can come again.
    public mutating func connected(isSessionPresent: Bool) {
        expected = isSessionPresent ? Set(ring) : []
    }

    /// Nothing came for a while: what comes from now on is new.
    public mutating func settled() { expected = [] }

    /// Whether this message was taken in before.
    public func contains(_ key: UInt64) -> Bool {
        !expected.isEmpty && expected.contains(key)
    }

    /// Remembers a message that was taken in; it is new, so the broker has no more old ones.
    public mutating func remember(_ key: UInt64) {
        if !expected.isEmpty { expected = [] }
        if ring.count < Self.keyLimit {
            ring.append(key)
        } else {
            ring[next] = key
            next = (next + 1) % Self.keyLimit
        }
    }
}

/// Hashes bytes: stable across processes, for keys that are stored; not against an adversary.
enum ByteHash {
    /// Mixes eight bytes at a time into `seed`.
    static func of(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0x9e37_79b9_7f4a_7c15) -> UInt64 {
        var hash = seed ^ UInt64(bytes.count)
        var place = 0
        while place + 8 <= bytes.count {
            hash = mix(
                hash ^ UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: place, as: UInt64.self)))
            place += 8
        }
        var rest: UInt64 = 0
        while place < bytes.count {
            rest = rest << 8 | UInt64(bytes[place])
            place += 1
        }
        return mix(hash ^ rest)
    }

    /// The idempotence key of a message; never 0.
    static func deliveryKey(packetID: Int32, content: UInt64) -> UInt64 {
        max(1, mix(content ^ UInt64(UInt32(bitPattern: packetID)) << 32))
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        let product = (value ^ 0xa076_1d64_78bd_642f).multipliedFullWidth(by: 0xe703_7ed1_a0b4_28db)
        return product.high ^ product.low
    }
}
