import SafetyModel
import Testing

@testable import Correlation

/// `unless`, `all_of` and `any_of`, over the fixed event set.
struct CombinationTests {
    static let table: [(Pattern, [String])] = [
        (.unless(.leaking, .opened(in: "hall")), ["90 active", "95 restored", "97 active"]),
        (.unless(.leaking, .opened(in: "bedroom")), ["90 active", "95 restored"]),
        (.unless(.pressed, .moved), ["40 pressed", "45 pressed"]),
        (
            .unless(.sequence([.opened, .moved], within: .seconds(10)), .leaking),
            ["15 pressed", "65 pressed"]
        ),
        (.allOf([.leaking, .opened], within: .seconds(5)), ["92 active"]),
        (
            .allOf([.pressed, .moved(in: "bedroom")], within: .seconds(10)),
            ["40 active", "41.001 restored"]
        ),
        (
            .allOf([.leaking, .absent([Condition(.motion, .isOn)], for: .seconds(40))], within: .seconds(1)),
            ["105 active", "111.001 restored", "190 active"]
        ),
        (
            .anyOf([.pressed, .leaking]),
            ["40 pressed", "45 pressed", "90 active", "95 restored", "97 active"]
        ),
        (
            .anyOf([
                .sequence([.pressed, .pressed], within: .seconds(10)),
                .allOf([.leaking, .opened], within: .seconds(5)),
            ]), ["45 pressed", "92 active"]
        ),
    ]

    @Test(arguments: table.indices)
    func `combinations hold where the set says`(row: Int) {
        #expect(EventSet.found(Self.table[row].0) == Self.table[row].1)
    }
}
