public import SafetyModel

/// Which device speaks on which topics: one line of the site.
public struct TopicBinding: Hashable, Sendable {
    /// The device that speaks.
    public var device: DeviceIndex
    /// What stands for `{base}`: `homes/h1/zigbee2mqtt`.
    public var base: String
    /// What stands for `{device}`: the friendly name.
    public var name: String
    /// An index of the profiles.
    public var profile: Int32

    /// A binding of one device.
    public init(device: DeviceIndex, base: String, name: String, profile: Int32) {
        self.device = device
        self.base = base
        self.name = name
        self.profile = profile
    }
}

/// Finds the device and the reading of a topic without a heap object per topic.
///
/// Topics lie in one flat byte store behind an open-addressing table; a device costs about 200 bytes.
public struct TopicDirectory: Sendable {
    /// Topics that two bindings claim: the first keeps it.
    public private(set) var conflicts: [Conflict] = []
    /// Compiled rules by profile.
    let profiles: [[CompiledTopic]]
    /// The rules that take a level or everything below their stem, by profile.
    private let endings: [[TopicTemplate.Ending]]
    private var entries: [Entry] = []
    private var slots: [UInt32] = []
    private var bytes: [UInt8] = []

    /// The most topic rules of one profile; `check` refuses more.
    public static let ruleLimit = 32

    /// Compiles the profiles and stores the topics of all bindings.
    public init(profiles: [DeviceProfile], bindings: [TopicBinding]) {
        self.profiles = profiles.map { $0.topics.prefix(Self.ruleLimit).map(CompiledTopic.init) }
        endings = profiles.map { $0.topics.prefix(Self.ruleLimit).map(\.template.ending) }
        reserve(profiles, bindings)
        let parts = profiles.map { $0.topics.prefix(Self.ruleLimit).map { TemplateParts($0.template) } }
        var topic: [UInt8] = []
        for binding in bindings where parts.indices.contains(Int(binding.profile)) {
            add(binding, parts[Int(binding.profile)], &topic)
        }
    }

    /// A topic that two bindings claim.
    public struct Conflict: Hashable, Sendable {
        /// The whole topic.
        public var topic: String
        /// The device that keeps it.
        public var keeper: DeviceIndex
        /// The device that also claims it.
        public var other: DeviceIndex
    }

    /// How many topics and stems are known.
    public var count: Int { entries.count }

    /// The memory of the topics in bytes.
    public var byteSize: Int {
        entries.capacity * MemoryLayout<Entry>.stride + slots.capacity * 4 + bytes.capacity
    }

    /// A topic or, with `stemRules`, the stem of a rule that takes what is below it.
    private struct Entry {
        var hash: UInt32
        var offset: UInt32
        var length: UInt16
        /// The rule of an exact topic.
        var rule: UInt8
        var isStem: Bool
        var device: Int32
        var profile: Int32
        /// One bit a rule of the profile that has this stem.
        var stemRules: UInt32
    }

    /// Where a topic leads.
    struct Route {
        var device: DeviceIndex
        var topic: CompiledTopic
        /// Where in the topic's bytes the `{key}` level stands; empty for an exact topic.
        var key: Range<Int>
    }

    /// The route of a topic; nil for an unknown one.
    func route(of topic: UnsafeRawBufferPointer) -> Route? {
        if let found = entry(of: topic, isStem: false) {
            return Route(
                device: DeviceIndex(Int(found.device)), topic: profiles[Int(found.profile)][Int(found.rule)],
                key: 0..<0)
        }
        var end = topic.count
        while let slash = topic[..<end].lastIndex(of: UInt8(ascii: "/")) {
            let stem = UnsafeRawBufferPointer(rebasing: topic[..<slash])
            if let found = entry(of: stem, isStem: true),
                let rule = stemRule(of: found, isLastLevel: end == topic.count)
            {
                return Route(
                    device: DeviceIndex(Int(found.device)), topic: profiles[Int(found.profile)][rule],
                    key: (slash + 1)..<topic.count)
            }
            end = slash
        }
        return nil
    }

    private func stemRule(of entry: Entry, isLastLevel: Bool) -> Int? {
        let kinds = endings[Int(entry.profile)]
        return kinds.indices.first { index in
            entry.stemRules & (1 << UInt32(index)) != 0
                && (kinds[index] == .everythingBelow || (kinds[index] == .anyKey && isLastLevel))
        }
    }

    private static func hash(_ topic: UnsafeRawBufferPointer, isStem: Bool) -> UInt32 {
        var hash: UInt64 = isStem ? 0x9ae1_6a3b_2f90_404f : 0xcbf2_9ce4_8422_2325
        var at = 0
        while at + 8 <= topic.count {
            let word = topic.loadUnaligned(fromByteOffset: at, as: UInt64.self)
            hash = (hash ^ UInt64(littleEndian: word)) &* 0x9fb2_1c65_1e98_df25
            hash ^= hash >> 32
            at += 8
        }
        while at < topic.count {
            hash = (hash ^ UInt64(topic[at])) &* 0x0000_0100_0000_01b3
            at += 1
        }
        return UInt32(truncatingIfNeeded: hash ^ (hash >> 29))
    }

    private func entry(of topic: UnsafeRawBufferPointer, isStem: Bool) -> Entry? {
        place(of: topic, isStem: isStem).found.map { entries[$0] }
    }

    /// The entry of a topic, or the free slot where it would go.
    private func place(of topic: UnsafeRawBufferPointer, isStem: Bool) -> (found: Int?, slot: Int) {
        let hash = Self.hash(topic, isStem: isStem)
        let mask = slots.count - 1
        var slot = Int(hash) & mask
        while slots[slot] != 0 {
            let index = Int(slots[slot]) - 1
            if entries[index].hash == hash, entries[index].isStem == isStem, matches(entries[index], topic) {
                return (index, slot)
            }
            slot = (slot + 1) & mask
        }
        return (nil, slot)
    }

    private func matches(_ entry: Entry, _ topic: UnsafeRawBufferPointer) -> Bool {
        guard Int(entry.length) == topic.count else { return false }
        return bytes.withUnsafeBytes { store in
            var at = 0
            while at + 8 <= topic.count {
                let known = store.loadUnaligned(fromByteOffset: Int(entry.offset) + at, as: UInt64.self)
                guard known == topic.loadUnaligned(fromByteOffset: at, as: UInt64.self) else { return false }
                at += 8
            }
            while at < topic.count {
                guard store[Int(entry.offset) + at] == topic[at] else { return false }
                at += 1
            }
            return true
        }
    }
}

extension TopicDirectory {
    private mutating func reserve(_ profiles: [DeviceProfile], _ bindings: [TopicBinding]) {
        var count = 0
        var size = 0
        for binding in bindings where profiles.indices.contains(Int(binding.profile)) {
            let rules = profiles[Int(binding.profile)].topics.count
            count += rules
            size += rules * (binding.base.utf8.count + binding.name.utf8.count + 8)
        }
        entries.reserveCapacity(count)
        bytes.reserveCapacity(size)
        var slotCount = 16
        while slotCount * 2 < count * 3 { slotCount *= 2 }
        slots = [UInt32](repeating: 0, count: slotCount)
    }

    private mutating func add(_ binding: TopicBinding, _ parts: [TemplateParts], _ topic: inout [UInt8]) {
        let kinds = endings[Int(binding.profile)]
        for index in parts.indices {
            parts[index].fill(base: binding.base, name: binding.name, into: &topic)
            let isStem = kinds[index] != .exact
            let known = topic.withUnsafeBytes { insert($0, binding, rule: index, isStem: isStem) }
            guard let known else { continue }
            if isStem, entries[known].device == binding.device.value,
                entries[known].profile == binding.profile
            {
                entries[known].stemRules |= 1 << UInt32(index)
            } else if !isStem, entries[known].device != binding.device.value {
                conflicts.append(
                    Conflict(
                        topic: String(decoding: topic, as: UTF8.self),
                        keeper: DeviceIndex(Int(entries[known].device)), other: binding.device))
            }
        }
    }

    /// - Returns: the entry that stood there before, or nil when it was added.
    private mutating func insert(
        _ topic: UnsafeRawBufferPointer, _ binding: TopicBinding, rule: Int, isStem: Bool
    ) -> Int? {
        guard topic.count <= UInt16.max else { return nil }
        let (found, slot) = place(of: topic, isStem: isStem)
        if let found { return found }
        let offset = bytes.count
        bytes.append(contentsOf: topic)
        entries.append(
            Entry(
                hash: Self.hash(topic, isStem: isStem), offset: UInt32(offset), length: UInt16(topic.count),
                rule: UInt8(rule), isStem: isStem, device: binding.device.value, profile: binding.profile,
                stemRules: isStem ? 1 << UInt32(rule) : 0))
        slots[slot] = UInt32(entries.count)
        return nil
    }
}
