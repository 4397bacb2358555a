import SafetyModel

/// What a seed stands for: a community, files that may replace its files, and a list of acts.
public struct SimulationStory: Sendable {
    /// Where it comes from; also what decides small things while it is played.
    public let seed: UInt64
    /// What may go wrong in it.
    public var faults: [SimulationFault]
    /// What happens, by time.
    public var acts: [SimulationAct]
    /// The files in force at first, and those that acts bring into force.
    var sites: [SimulatedSite]

    /// The homes of the first files.
    public var homeCount: Int { sites[0].homes.count }

    /// The homes of all files, by id.
    var homes: [String] { Set(sites.flatMap { $0.homes.map(\.id) }).sorted() }

    /// How long the acts of a story take, in milliseconds; then all faults end and things settle.
    static let length: Int64 = 600_000

    /// Makes the story of a seed.
    ///
    /// - Parameter allowed: faults that may be switched on; of them the seed chooses a random subset.
    public init(seed: UInt64, allowing allowed: [SimulationFault] = SimulationFault.allCases) {
        self.seed = seed
        var dice = SplitMix(seed: seed, name: "faults")
        // Every seed rolls for every fault, so that leaving one out does not change the others.
        let swarm = SimulationFault.allCases.filter { dice.happens(percent: $0.percent) }
        faults = swarm.filter { allowed.contains($0) }
        sites = Self.sites(seed: seed)
        var author = StoryAuthor(seed: seed, faults: faults, sites: sites)
        author.write()
        acts = author.acts.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
            .map(\.element)
    }

    /// The same with other acts.
    func with(acts: [SimulationAct]) -> SimulationStory {
        var story = self
        story.acts = acts
        return story
    }

    /// The same without some homes, and without what happens there; nil when a home would not be left.
    func without(homes gone: Set<String>) -> SimulationStory? {
        var story = self
        for place in story.sites.indices { story.sites[place].homes.removeAll { gone.contains($0.id) } }
        guard story.sites.allSatisfy({ !$0.homes.isEmpty }) else { return nil }
        story.acts.removeAll { $0.home.map { gone.contains($0) } ?? false }
        return story
    }

    private static func sites(seed: UInt64) -> [SimulatedSite] {
        var dice = SplitMix(seed: seed, name: "site")
        let count = dice.pick([(2, 6), (3, 5), (4, 2), (6, 1), (9, 1), (12, 1)])
        var first = SimulatedSite(homes: [])
        for number in 1...count {
            var sensors = SimulatedSensor.allCases.filter { _ in dice.happens(percent: 45) }
            if !sensors.contains(where: { $0 == .smoke || $0 == .button }) {
                sensors.append(dice.happens(percent: 50) ? .smoke : .button)
            }
            first.homes.append(SimulatedSite.House(id: "h\(number)", sensors: sensors))
        }
        var sites = [first]
        for variant in 1...3 {
            var site = sites[dice.number(0...(sites.count - 1))]
            site.variant = variant
            change(&site, &dice)
            sites.append(site)
        }
        var pauses = SplitMix(seed: seed, name: "pauses")
        for place in sites.indices.dropFirst() where pauses.happens(percent: 30) {
            let homes = sites[place].homes
            sites[place].pausedHome = homes[pauses.number(0...(homes.count - 1))].id
        }
        return sites
    }

    /// A device more or less, a home more or less, other rules.
    private static func change(_ site: inout SimulatedSite, _ dice: inout SplitMix) {
        let place = dice.number(0...(site.homes.count - 1))
        switch dice.number(0...5) {
        case 0, 1:
            guard site.homes[place].sensors.count > 1 else { return }
            site.homes[place].sensors.remove(at: dice.number(0...(site.homes[place].sensors.count - 1)))
        case 2, 3:
            let missing = SimulatedSensor.allCases.filter { !site.homes[place].sensors.contains($0) }
            guard !missing.isEmpty else { return }
            site.homes[place].sensors.insert(missing[dice.number(0...(missing.count - 1))], at: 0)
        case 4:
            site.homes.insert(
                SimulatedSite.House(id: "n\(site.variant)", sensors: [.button, .smoke]),
                at: dice.number(0...site.homes.count))
        default: if site.homes.count > 1 { site.homes.remove(at: place) }
        }
        site.hasMoreRules = dice.happens(percent: 50)
    }
}

/// Writes the acts of a story.
struct StoryAuthor {
    private(set) var acts: [SimulationAct] = []
    private let seed: UInt64
    private let faults: [SimulationFault]
    let sites: [SimulatedSite]

    init(seed: UInt64, faults: [SimulationFault], sites: [SimulatedSite]) {
        self.seed = seed
        self.faults = faults
        self.sites = sites
    }

    mutating func write() {
        for house in sites[0].homes { live(house) }
        for house in sites[1...].flatMap(\.homes) where house.id.hasPrefix("n") { live(house) }
        for fault in SimulationFault.allCases where faults.contains(fault) {
            var dice = SplitMix(seed: seed, name: fault.rawValue)
            if fault == .desk { writeDesk(&dice) } else { add(fault, &dice) }
        }
    }

    private mutating func live(_ house: SimulatedSite.House) {
        guard !acts.contains(where: { $0.home == house.id }) else { return }
        var dice = SplitMix(seed: seed, name: house.id)
        for sensor in house.sensors { live(house.id, sensor, &dice) }
    }

    private mutating func live(_ home: String, _ sensor: SimulatedSensor, _ dice: inout SplitMix) {
        let hasTime = dice.happens(percent: 30)
        var at = Int64(dice.number(0...400_000))
        for _ in 0..<dice.number(1...2) {
            switch sensor {
            case .smoke, .gas, .leak, .motion, .door, .band:
                let signal = sensor.signals[0]
                say(home, sensor, Observation(signal, .flag(true)), hasTime, at: at, &dice)
                let length = Int64(dice.number(200...120_000))
                say(home, sensor, Observation(signal, .flag(false)), hasTime, at: at + length, &dice)
                at += length
            case .button:
                for _ in 0..<dice.number(1...3) {
                    let key = dice.pick([(CallKey.emergency, 6), (.medical, 1), (.cancel, 1), (.service, 1)])
                    say(home, sensor, Observation(.call, .key(key), form: .pulse), hasTime, at: at, &dice)
                    at += Int64(dice.pick([(0, 2), (300, 2), (20_000, 1), (90_000, 1)]))
                }
            case .thermometer:
                let degrees = Double(dice.number(15...60))
                say(home, sensor, Observation(.temperature, .number(degrees)), hasTime, at: at, &dice)
            }
            at += Int64(dice.number(1_000...150_000))
        }
    }

    /// One message, with the fate that the faults give it.
    private mutating func say(
        _ home: String, _ sensor: SimulatedSensor, _ word: Observation, _ hasTime: Bool, at: Int64,
        _ dice: inout SplitMix
    ) {
        let fates = (0..<4).map { _ in dice.number(0...99) }
        let shift = Int64(dice.number(1...3_000))
        let delay = Int64(dice.number(5_000...90_000))
        if faults.contains(.loss), fates[0] < 15 { return }
        var moment = at
        if faults.contains(.reorder), fates[1] < 20 { moment += shift }
        if faults.contains(.delay), fates[2] < 15 { moment += delay }
        let kind = SimulationAct.Kind.says(
            home: home, device: sensor.rawValue, words: [word], deviceTime: hasTime)
        acts.append(SimulationAct(at: moment, kind: kind))
        if faults.contains(.duplicate), fates[3] < 20 {
            acts.append(SimulationAct(at: moment + shift % 50, kind: kind))
        }
    }

    private mutating func add(_ fault: SimulationFault, _ dice: inout SplitMix) {
        let intensity = dice.number(1...3)
        for _ in 0..<intensity {
            let at = Int64(dice.number(0...500_000))
            let length = Int64(dice.number(100...90_000))
            switch fault {
            case .loss, .duplicate, .reorder, .delay, .desk: return
            case .outage:
                addAct(.link(isUp: false), at)
                addAct(.link(isUp: true), at + length)
            case .brokerLoss: addAct(.brokerForgets, at)
            case .bridgeReplay:
                let home = sites[0].homes[dice.number(0...(sites[0].homes.count - 1))].id
                addAct(.bridgeRestarts(home: home, saysGoodbye: dice.happens(percent: 50)), at)
            case .crash:
                let moments = SimulatedCrash.allCases
                addAct(.crash(moments[dice.number(0...(moments.count - 1))]), at)
            case .crashLoop:
                addAct(.crashLoop(dice.number(1...4)), at)
                addAct(.crash(.idle), at)
            case .fullDisk:
                addAct(.disk(isFull: true), at)
                addAct(.disk(isFull: false), at + length)
            case .hangingCommit:
                addAct(.hang(milliseconds: length / 4, thenFails: dice.happens(percent: 40)), at)
            case .snapshots:
                addAct(.snapshot(succeeds: dice.happens(percent: 80)), at)
                if dice.happens(percent: 50) { addAct(.prune, at + length) }
            case .clockJump: addAct(.wallJump(milliseconds: Int64(dice.number(-7_200_000...7_200_000))), at)
            case .deadChannel:
                let name = dice.happens(percent: 50) ? "mqtt" : "sms"
                let manners: [SimulatedManner] = [.fails, .rejects, .hangs]
                addAct(.channel(name, manners[dice.number(0...2)]), at)
                addAct(.channel(name, .works), at + length)
            case .absence:
                addAct(.people(arePresent: false), at)
                addAct(.people(arePresent: true), at + length * 3)
            case .reload:
                let isOvertaken = dice.happens(percent: 40)
                if isOvertaken { for _ in 0..<4 { overtake(at, &dice) } }
                addAct(.reload(variant: dice.number(0...3), isOvertaken: isOvertaken), at)
            case .poison:
                let house = sites[0].homes[dice.number(0...(sites[0].homes.count - 1))]
                let sensor = house.sensors[dice.number(0...(house.sensors.count - 1))]
                addAct(.poison(home: house.id, device: sensor.rawValue), at)
            }
        }
    }

    /// A hazard that is read with the files before, and comes in after the new ones.
    private mutating func overtake(_ at: Int64, _ dice: inout SplitMix) {
        let house = sites[0].homes[dice.number(0...(sites[0].homes.count - 1))]
        let sensor = house.sensors[dice.number(0...(house.sensors.count - 1))]
        let press = Observation(.call, .key(.emergency), form: .pulse)
        let word: Observation
        switch sensor {
        case .button: word = press
        case .thermometer: word = Observation(.temperature, .number(Double(dice.number(15...60))))
        default: word = Observation(sensor.signals[0], .flag(dice.happens(percent: 70)))
        }
        addAct(.says(home: house.id, device: sensor.rawValue, words: [word], deviceTime: false), at)
    }

    mutating func addAct(_ kind: SimulationAct.Kind, _ at: Int64) {
        acts.append(SimulationAct(at: at, kind: kind))
    }
}
