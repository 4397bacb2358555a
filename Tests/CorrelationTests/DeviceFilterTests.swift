import SafetyModel
import Testing

@testable import Correlation

/// Filters of places, devices and residents: worked out once, they say what the definition says.
struct DeviceFilterTests {
    private static let places = ["hall", "kitchen", "bedroom", "厨房", ""]

    /// So many homes of five devices; every seventh has a resident with dementia, some of them two.
    private static func community(homes count: Int) -> Community {
        let homes = (0..<count).map { home -> Home in
            let condition = home % 7 == 0 ? ["dementia"] : ["hard of hearing"]
            let residents = (0...(home % 2)).map {
                Resident(id: "r\(home)-\($0)", name: "", conditions: condition)
            }
            let first = Int32(home * places.count)
            return Home(
                id: "h\(home)", name: "", residents: residents,
                devices: first..<(first + Int32(places.count)))
        }
        let devices = homes.indices.flatMap { home in
            places.indices.map {
                Device(
                    id: "d\((home + $0) % 40)", home: HomeIndex(home), place: places[$0], profile: "p",
                    signals: [.motion])
            }
        }
        return Community(homes: homes, devices: devices, responders: [])
    }

    private static func rule(
        places: [String] = [], devices: [String] = [], resident: String? = nil, place: String? = nil
    ) -> Rule {
        Rule(
            id: "r", when: .condition(Condition(.motion, .isOn, place: place)), alarm: .tamper,
            urgency: .technical, places: places, devices: devices, residentCondition: resident)
    }

    static let rules = [
        rule(), rule(places: ["kitchen", "厨房"]), rule(devices: ["d3"]), rule(devices: ["d3", "d4", "none"]),
        rule(resident: "dementia"), rule(resident: "nobody has it"), rule(place: "hall"),
        rule(places: ["hall", "bedroom"], resident: "dementia", place: "hall"),
        rule(places: ["hall"], devices: ["d7"]), rule(places: ["kitchen"], place: "hall"),
        rule(places: ["hall", "kitchen", "bedroom", "厨房", ""]),
    ]

    /// What the words of a rule mean, by comparing them.
    private static func passes(_ rule: Rule, _ device: Device, _ community: Community) -> Bool {
        guard case .condition(let condition) = rule.when else { return false }
        return condition.place ?? device.place == device.place
            && (rule.places.isEmpty || rule.places.contains(device.place))
            && (rule.devices.isEmpty || rule.devices.contains(device.id))
            && rule.residentCondition.map { wanted in
                community.homes[device.home.int].residents.contains { $0.conditions.contains(wanted) }
            } ?? true
    }

    @Test(arguments: [1, 30, 300])
    func `a device passes where the words of the rule let it pass`(homes: Int) throws {
        let community = Self.community(homes: homes)
        let book = RuleBook(rules: Self.rules, community: community)
        var passed = 0
        for (index, rule) in Self.rules.enumerated() {
            let leaf = try #require(book.leaves.first { $0.rule == Rule.lifeSafety.count + index })
            for (place, device) in community.devices.enumerated() {
                let isMeant = Self.passes(rule, device, community)
                #expect(book.passes(leaf, device: DeviceIndex(place)) == isMeant, "\(rule), device \(place)")
                passed += isMeant ? 1 : 0
            }
        }
        #expect(passed > community.devices.count)
    }

    @Test func `conditions that say the same share one filter, and those that say nothing have none`() {
        let book = RuleBook(
            rules: Self.rules + Self.rules, community: Self.community(homes: 10))
        #expect(book.filters.count == Self.rules.count - 1)
        #expect(book.leaves.count { $0.filter == nil } == Rule.lifeSafety.count + 2)
    }

    @Test func `a filter needs at most an eighth of a byte for each device`() {
        let community = Self.community(homes: 2_000)
        let book = RuleBook(rules: Self.rules, community: community)
        for filter in book.filters { #expect(filter.byteCount <= community.devices.count / 8 + 8) }
        // One device of its own in each rule, as personal bounds are written: a few bytes each.
        let personal = (0..<40).map { Self.rule(devices: ["d\($0)"], place: "hall") }
        let small = RuleBook(rules: personal, community: Self.community(homes: 40))
        #expect(small.filters.map(\.byteCount).max() == 4)
    }

    @Test func `a device of no site passes no filter`() throws {
        let book = RuleBook(rules: [Self.rules[1]], community: Self.community(homes: 2))
        let leaf = try #require(book.leaves.last)
        #expect(!book.passes(leaf, device: DeviceIndex(1_000_000)))
        let empty = RuleBook(rules: [Self.rules[1]])
        #expect(!empty.passes(leaf, device: DeviceIndex(1)))
    }
}
