import SafetyModel

/// The devices that one filter of rules lets pass, worked out when the rules are compiled.
///
/// A sorted list where they are few, else one bit for each device of the site: so no filter needs more than
/// an eighth of a byte for each device, however many it lets pass.
enum DeviceFilter: Hashable, Sendable {
    case few([Int32])
    case many([UInt64])

    /// Keeps the devices whose bits are set.
    init(bits: [UInt64]) {
        let count = bits.reduce(0) { $0 + $1.nonzeroBitCount }
        guard count <= 2 * bits.count else {
            self = .many(bits)
            return
        }
        var devices: [Int32] = []
        devices.reserveCapacity(count)
        for (place, word) in bits.enumerated() {
            var rest = word
            while rest != 0 {
                devices.append(Int32(place * 64 + rest.trailingZeroBitCount))
                rest &= rest - 1
            }
        }
        self = .few(devices)
    }

    /// Whether the device passes.
    func contains(_ device: Int) -> Bool {
        switch self {
        case .few(let devices):
            var low = 0
            var high = devices.count
            while low < high {
                let middle = (low + high) / 2
                if Int(devices[middle]) < device { low = middle + 1 } else { high = middle }
            }
            return low < devices.count && Int(devices[low]) == device
        case .many(let bits):
            return device / 64 < bits.count && bits[device / 64] & (1 << UInt64(device % 64)) != 0
        }
    }

    /// The memory of its list, in bytes.
    var byteCount: Int {
        switch self {
        case .few(let devices): devices.count * MemoryLayout<Int32>.stride
        case .many(let bits): bits.count * MemoryLayout<UInt64>.stride
        }
    }
}

/// What a condition and its rule say about devices; conditions that say the same share one filter.
struct DeviceCriteria: Hashable {
    var place: String?
    var places: [String]
    var devices: [String]
    var residentCondition: String?

    init(_ condition: Condition, of rule: Rule) {
        place = condition.place
        places = rule.places
        devices = rule.devices
        residentCondition = rule.residentCondition
    }

    /// Whether every device passes.
    var isEmpty: Bool {
        place == nil && places.isEmpty && devices.isEmpty && residentCondition == nil
    }
}

/// Finds the devices that pass, without looking at those that have no chance.
struct DeviceSelector {
    private let community: Community
    private var byPlace: [String: [Int32]] = [:]
    private var byID: [String: [Int32]] = [:]
    private var byCondition: [String: [Int32]] = [:]

    init(_ community: Community) {
        self.community = community
        for (index, device) in community.devices.enumerated() {
            byPlace[device.place, default: []].append(Int32(index))
            byID[device.id, default: []].append(Int32(index))
            let home = community.homes[device.home.int]
            for resident in home.residents {
                for condition in resident.conditions where byCondition[condition]?.last != Int32(index) {
                    byCondition[condition, default: []].append(Int32(index))
                }
            }
        }
    }

    /// The devices that pass everything that is said.
    func filter(_ criteria: DeviceCriteria) -> DeviceFilter {
        var bits: [UInt64]?
        if let place = criteria.place { narrow(&bits, to: [byPlace[place] ?? []]) }
        if !criteria.places.isEmpty { narrow(&bits, to: criteria.places.map { byPlace[$0] ?? [] }) }
        if !criteria.devices.isEmpty { narrow(&bits, to: criteria.devices.map { byID[$0] ?? [] }) }
        if let condition = criteria.residentCondition { narrow(&bits, to: [byCondition[condition] ?? []]) }
        return DeviceFilter(bits: bits ?? [])
    }

    /// Keeps what stands in one of the lists.
    private func narrow(_ bits: inout [UInt64]?, to lists: [[Int32]]) {
        var found = [UInt64](repeating: 0, count: (community.devices.count + 63) / 64)
        for device in lists.joined() { found[Int(device) / 64] |= 1 << UInt64(device % 64) }
        guard let known = bits else {
            bits = found
            return
        }
        for word in found.indices { found[word] &= known[word] }
        bits = found
    }
}
