import Escalation
import SafetyModel

/// What people at the desk do in a story; drawn from numbers of their own.
extension StoryAuthor {
    /// Writes some acts into the whole length of the story.
    mutating func writeDesk(_ dice: inout SplitMix) {
        for _ in 0..<dice.number(3...14) {
            let at = Int64(dice.number(0...560_000))
            switch dice.number(0...9) {
            case 0, 1: open(at, &dice)
            case 2, 3: shelve(at, &dice)
            case 4, 5: test(at, &dice)
            case 6: visit(at, &dice)
            default: attend(at, &dice)
            }
        }
    }

    private static let opened: [(choice: AlarmKind, weight: Int)] = [
        (.fire, 2), (.gas, 1), (.sos, 2), (.fall, 1), (.waterLeak, 2), (.inactivity, 2), (.helpNeeded, 1),
        (.batteryLow, 1), (AlarmKind("dragon"), 1),
    ]
    private static let shelved: [(choice: AlarmKind, weight: Int)] = [
        (.waterLeak, 6), (.inactivity, 2), (.deviceLost, 2), (.helpNeeded, 1), (.fire, 1), (.sos, 1),
        (.homeUnprotected, 1),
    ]

    private mutating func open(_ at: Int64, _ dice: inout SplitMix) {
        let note = dice.happens(percent: 90) ? "a neighbour rang" : ""
        desk(.openIncident(kind: dice.pick(Self.opened), note: note), at, &dice)
    }

    /// Shelves a kind, and perhaps again or not to the end.
    private mutating func shelve(_ at: Int64, _ dice: inout SplitMix) {
        let kind = dice.pick(Self.shelved)
        let home = home(&dice)
        for _ in 0..<dice.pick([(1, 3), (2, 1)]) {
            let length = Duration.milliseconds(
                Int64(dice.pick([(0, 1), (20_000, 2), (90_000, 3), (400_000, 2)])))
            let reason = dice.happens(percent: 90) ? "repair" : ""
            desk(.shelve(kind: kind, duration: length, reason: reason), at, &dice, in: home)
        }
        if dice.happens(percent: 40) {
            desk(.unshelve(kind: kind), at + Int64(dice.number(1_000...120_000)), &dice, in: home)
        }
        // Water runs meanwhile, where there is somebody to say so.
        guard kind == .waterLeak, sensors(of: home).contains(.leak) else { return }
        for (offset, isWet) in [(2_000, true), (dice.number(3_000...500_000), false)] {
            addAct(says(home, .leak, .waterLeak, isWet), at + Int64(offset))
        }
    }

    /// A walk test with somebody who tries the smoke detector.
    private mutating func test(_ at: Int64, _ dice: inout SplitMix) {
        let home = home(&dice)
        let length = Int64(dice.pick([(10_000, 1), (90_000, 3), (300_000, 3), (2_000_000, 1)]))
        desk(.startWalkTest(duration: .milliseconds(length)), at, &dice, in: home)
        if dice.happens(percent: 40) {
            desk(.endWalkTest, at + Int64(dice.number(1_000...200_000)), &dice, in: home)
        }
        let sensors = sensors(of: home)
        guard sensors.contains(.smoke) else { return }
        for _ in 0..<dice.number(1...3) {
            let begin = at + Int64(dice.number(500...100_000))
            addAct(says(home, .smoke, .smoke, true), begin)
            addAct(
                says(home, .smoke, .smoke, false),
                begin + Int64(dice.pick([(8_000, 4), (59_999, 1), (95_000, 2)])))
        }
    }

    private mutating func visit(_ at: Int64, _ dice: inout SplitMix) {
        let results = VisitResult.reported
        addAct(
            .visits(
                home: home(&dice), by: person(&dice), way: dice.happens(percent: 50) ? .door : .phone,
                result: results[dice.number(0...(results.count - 1))]), at)
    }

    /// Somebody takes an incident in hand, and goes on with it or does not.
    private mutating func attend(_ at: Int64, _ dice: inout SplitMix) {
        let (pick, by) = (dice.number(0...20), person(&dice))
        let courses: [(choice: [PersonCommand.Act], weight: Int)] = [
            ([.acknowledge], 2), ([.acknowledge, .onScene, .close(.real)], 3), ([.needHelp], 1),
            ([.close(.falseAlarm)], 2), ([.close(.test)], 1), ([.note("rang, nobody answers")], 1),
            ([.acknowledge, .handOver(to: person(&dice))], 2), ([.close(.noContact)], 1),
            ([.onScene, .needHelp, .close(.real)], 1),
        ]
        var moment = at
        for act in dice.pick(courses) {
            addAct(.attends(pick: pick, by: by, act: act), moment)
            moment += Int64(dice.number(500...60_000))
        }
    }

    private mutating func desk(
        _ act: DeskCommand.Act, _ at: Int64, _ dice: inout SplitMix, in home: String? = nil
    ) {
        let place = home ?? self.home(&dice)
        addAct(.desk(home: dice.happens(percent: 3) ? "nowhere" : place, by: "chen", act: act), at)
    }

    private func says(
        _ home: String, _ sensor: SimulatedSensor, _ signal: Signal, _ isOn: Bool
    ) -> SimulationAct.Kind {
        .says(
            home: home, device: sensor.rawValue, words: [Observation(signal, .flag(isOn))], deviceTime: false)
    }

    /// A home of the first files, mostly; those of other files may not be there.
    private func home(_ dice: inout SplitMix) -> String {
        let homes = dice.happens(percent: 80) ? sites[0].homes : sites.flatMap(\.homes)
        return homes[dice.number(0...(homes.count - 1))].id
    }

    private func sensors(of home: String) -> [SimulatedSensor] {
        sites[0].homes.first { $0.id == home }?.sensors ?? []
    }

    private func person(_ dice: inout SplitMix) -> String {
        SimulatedSite.people[dice.number(0...(SimulatedSite.people.count - 1))].id
    }
}
