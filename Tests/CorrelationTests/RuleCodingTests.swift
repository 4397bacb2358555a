import Correlation
import SafetyModel
import Testing

/// Rules come back from a stored site; no depth can exhaust the stack.
struct RuleCodingTests {
    private func nested(_ depth: Int) -> Rule {
        var pattern = Pattern.condition(Condition(.smoke, .isOn))
        for _ in 1..<depth { pattern = .anyOf([pattern]) }
        return Rule(id: "r", when: pattern, alarm: .fire, urgency: .urgent)
    }

    private func read(_ rule: Rule) throws(ByteCodingError) -> Rule {
        var writer = ByteWriter()
        writer.write(rule)
        var reader = ByteReader(writer.bytes)
        return try reader.read(Rule.self)
    }

    @Test func `every operator comes back`() throws {
        let rule = Rule(
            id: "厨房",
            when: .allOf(
                [
                    .held(Condition(.temperature, .above(57), clear: .below(50)), for: .seconds(30)),
                    .anyOf([
                        .condition(Condition(.call, .isKey(.medical))),
                        .condition(Condition(.contact, .isOff)),
                        .condition(Condition(.gasLevel, .atLeast(5))),
                        .condition(Condition(.battery, .atMost(5))),
                    ]),
                ], within: .minutes(5)), alarm: AlarmKind("own"), urgency: .routine, places: ["kitchen"],
            devices: ["d"], residentCondition: "dementia",
            during: Schedule(
                spans: [Schedule.Span(from: 1_320, until: 300)], weekdays: 31, holidays: .included,
                holidayDays: [20_000]), scope: .building, restarts: true, hasPersonalBounds: true,
            messages: [Rule.Message(language: "zh", text: "{home} 厨房")])
        #expect(try read(rule) == rule)
    }

    @Test(arguments: ConditionTests.everything.indices)
    func `every pattern of the operators' tables comes back`(row: Int) throws {
        let rule = Rule(
            id: "r", when: ConditionTests.everything[row], alarm: .fall, urgency: .urgent)
        #expect(try read(rule) == rule)
    }

    @Test(arguments: [(0, true), (50, false)])
    func `patterns nest up to the coding depth limit`(more: Int, isRead: Bool) {
        let rule = nested(Pattern.codingDepthLimit + more)
        #expect((try? read(rule)) == (isRead ? rule : nil))
    }
}
