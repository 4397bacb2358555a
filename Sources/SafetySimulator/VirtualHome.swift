public import SafetyModel

/// A home that lives by itself: a resident with habits, devices, and a bridge that repeats cached attributes.
///
/// A value without clock and chance of its own: the same blueprint, seed and acts give the same messages.
public struct VirtualHome: Hashable, Sendable {
    /// What it consists of.
    public let blueprint: HomeBlueprint
    private let calendar: CivilCalendar
    private var devices: [VirtualDevice]
    private var routine: DailyRoutine
    private var agenda = Agenda<Entry>()
    /// Counts the stays, so that what was planned for an earlier one is forgotten.
    private var stay = 0
    private var isLyingStill = false

    /// Zigbee2MQTT's timer: no movement is reported this long after the last movement.
    static let occupancyTimeout: Duration = .seconds(90)
    /// Zigbee2MQTT's `availability.active.timeout`: a mains device that does not answer this long is offline.
    static let availabilityTimeout: Duration = .minutes(10)

    /// A home whose bridge starts at a moment, with the resident asleep or about, as the hour suggests.
    public init(_ blueprint: HomeBlueprint, seed: UInt64, calendar: CivilCalendar, beginsAt begin: Instant) {
        self.blueprint = blueprint
        self.calendar = calendar
        var random = SplitMix(seed: seed, name: blueprint.id)
        devices = blueprint.devices.map {
            VirtualDevice($0, random: SplitMix(seed: random.next(), name: $0.name))
        }
        routine = DailyRoutine(random: SplitMix(seed: random.next()))
        let start = begin + random.span(seconds: 0...45)
        agenda.add(.start, at: start)
        for index in devices.indices {
            let interval = devices[index].blueprint.model.reportSeconds
            agenda.add(.report(index), at: start + random.span(seconds: 5...interval.lowerBound))
        }
        agenda.add(.move(stay: 0), at: start + random.span(seconds: 60...2_400))
    }

    private enum Entry: Hashable, Sendable {
        case start
        case report(Int)
        case move(stay: Int)
        case stir(stay: Int)
        case calm(device: Int, asOf: Instant)
        case door(isOpen: Bool)
        case offline(Int)
        case act(HomeAct)
    }

    /// When something happens next; there is always something.
    public var nextDeadline: Instant { agenda.next ?? Instant(milliseconds: .max) }

    /// Lets a story happen here at a moment.
    public mutating func schedule(_ act: HomeAct, at moment: Instant) { agenda.add(.act(act), at: moment) }

    /// Lives until a moment.
    public mutating func advance(to now: Instant, into messages: inout [SimulatedMessage]) {
        while let due = agenda.takeDue(by: now) { happen(due.entry, at: due.at, into: &messages) }
    }

    /// What a bridge says when it is stopped.
    public func farewell(at now: Instant) -> SimulatedMessage {
        SimulatedMessage(
            at: now, topic: blueprint.topic + "/bridge/state", payload: #"{"state":"offline"}"#,
            isRetained: true,
            home: blueprint.id)
    }

    private mutating func happen(_ entry: Entry, at now: Instant, into messages: inout [SimulatedMessage]) {
        switch entry {
        case .start: start(at: now, into: &messages)
        case .report(let index):
            let interval = devices[index].blueprint.model.reportSeconds
            agenda.add(.report(index), at: now + devices[index].random.span(seconds: interval))
            publish(index, at: now, into: &messages)
        case .move(let planned) where planned == stay: move(at: now)
        case .stir(let planned) where planned == stay: stir(at: now, into: &messages)
        case .calm(let index, let moment): calm(index, asOf: moment, at: now, into: &messages)
        case .door(let isOpen): door(isOpen: isOpen, at: now, into: &messages)
        case .offline(let index): findOffline(index, at: now, into: &messages)
        case .act(let act): perform(act, at: now, into: &messages)
        case .move, .stir: break
        }
    }
}

// MARK: - The bridge

extension VirtualHome {
    /// A bridge's start: its state, what it believes of its devices, and its cache as ordinary messages.
    private mutating func start(at now: Instant, into messages: inout [SimulatedMessage]) {
        say("bridge/state", #"{"state":"online"}"#, isRetained: true, at: now, into: &messages)
        for index in devices.indices {
            availability("online", of: index, at: now, into: &messages)
            let age = devices[index].random.span(seconds: 60...1_800)
            devices[index].hear(at: now + .milliseconds(-age.wholeMilliseconds), calendar: calendar)
            say(devices[index].blueprint.name, devices[index].payload(), at: now, into: &messages)
        }
    }

    private func availability(
        _ state: String, of index: Int, at now: Instant, into messages: inout [SimulatedMessage]
    ) {
        let topic = devices[index].blueprint.name + "/availability"
        say(topic, "{\"state\":\"\(state)\"}", isRetained: true, at: now, into: &messages)
    }

    /// A message of a device: everything the bridge knows of it, whatever the occasion.
    private mutating func publish(
        _ index: Int, action: String? = nil, beginsHazard: Bool = false, at now: Instant,
        into messages: inout [SimulatedMessage]
    ) {
        guard !devices[index].isSilent else { return }
        devices[index].hear(at: now, calendar: calendar)
        let payload = devices[index].payload(action: action)
        let topic = devices[index].blueprint.name
        say(topic, payload, beginsHazard: beginsHazard, at: now, into: &messages)
    }

    private func say(
        _ topic: String, _ payload: String, isRetained: Bool = false, beginsHazard: Bool = false,
        at now: Instant,
        into messages: inout [SimulatedMessage]
    ) {
        messages.append(
            SimulatedMessage(
                at: now, topic: blueprint.topic + "/" + topic, payload: payload, isRetained: isRetained,
                beginsHazard: beginsHazard, home: blueprint.id))
    }

    private mutating func findOffline(_ index: Int, at now: Instant, into messages: inout [SimulatedMessage])
    {
        guard devices[index].isSilent else { return }
        availability("offline", of: index, at: now, into: &messages)
    }
}

// MARK: - The resident

extension VirtualHome {
    private mutating func move(at now: Instant) {
        let before = routine.whereabouts
        let hour = CivilTime(now, in: calendar).hour
        let length = routine.move(hour: hour)
        stay += 1
        agenda.add(.move(stay: stay), at: now + length)
        guard (before == .out) != (routine.whereabouts == .out) else {
            agenda.add(.stir(stay: stay), at: now + routine.random.span(seconds: 2...15))
            return
        }
        agenda.add(.door(isOpen: true), at: now)
        agenda.add(.door(isOpen: false), at: now + routine.random.span(seconds: 4...15))
        agenda.add(.stir(stay: stay), at: now + routine.random.span(seconds: 20...60))
    }

    /// The sensors of the room notice the resident.
    private mutating func stir(at now: Instant, into messages: inout [SimulatedMessage]) {
        guard !isLyingStill, let place = routine.whereabouts.place else { return }
        agenda.add(.stir(stay: stay), at: now + routine.untilStirring())
        for index in devices.indices where devices[index].blueprint.place == place {
            notice(index, at: now, into: &messages)
        }
    }

    private mutating func notice(_ index: Int, at now: Instant, into messages: inout [SimulatedMessage]) {
        switch devices[index].blueprint.model {
        case .motion: devices[index].set("occupancy", .flag(true))
        case .fallRadar: devices[index].set("presence", .flag(true))
        default: return
        }
        publish(index, at: now, into: &messages)
        devices[index].lastMovement = now
        agenda.add(.calm(device: index, asOf: now), at: now + Self.occupancyTimeout)
    }

    /// The timer ran out; a later movement has set a later timer, and a radar still sees who sits there.
    private mutating func calm(
        _ index: Int, asOf moment: Instant, at now: Instant, into messages: inout [SimulatedMessage]
    ) {
        guard devices[index].lastMovement == moment else { return }
        let isRadar = devices[index].blueprint.model == .fallRadar
        if isRadar, routine.whereabouts.place == devices[index].blueprint.place {
            agenda.add(.calm(device: index, asOf: moment), at: now + Self.occupancyTimeout)
            return
        }
        devices[index].set(isRadar ? "presence" : "occupancy", .flag(false))
        publish(index, at: now, into: &messages)
    }

    private mutating func door(isOpen: Bool, at now: Instant, into messages: inout [SimulatedMessage]) {
        for index in devices.indices where devices[index].blueprint.model == .door {
            devices[index].set("contact", .flag(!isOpen))
            publish(index, at: now, into: &messages)
        }
    }
}

// MARK: - Stories

extension VirtualHome {
    private mutating func perform(_ act: HomeAct, at now: Instant, into messages: inout [SimulatedMessage]) {
        switch act {
        case .raise(let model): setHazard(model, isOn: true, at: now, into: &messages)
        case .clear(let model): setHazard(model, isOn: false, at: now, into: &messages)
        case .report(let model):
            if let index = first(model) { publish(index, at: now, into: &messages) }
        case .press(let action):
            guard let index = first(.button) else { return }
            publish(index, action: action, beginsHazard: true, at: now, into: &messages)
        case .silence(let model):
            guard let index = first(model) else { return }
            devices[index].isSilent = true
            agenda.add(.offline(index), at: now + Self.availabilityTimeout)
        case .revive(let model): revive(model, at: now, into: &messages)
        case .enter(let place):
            routine.appear(in: place)
            restart(at: now)
        case .lieStill: isLyingStill = true
        case .getUp:
            isLyingStill = false
            restart(at: now)
        }
    }

    private func first(_ model: DeviceModel) -> Int? { devices.firstIndex { $0.blueprint.model == model } }

    private mutating func setHazard(
        _ model: DeviceModel, isOn: Bool, at now: Instant, into messages: inout [SimulatedMessage]
    ) {
        guard let index = first(model), let hazard = model.hazard else { return }
        devices[index].set(hazard.name, isOn ? hazard.on : hazard.off)
        publish(index, beginsHazard: isOn, at: now, into: &messages)
    }

    private mutating func revive(
        _ model: DeviceModel, at now: Instant, into messages: inout [SimulatedMessage]
    ) {
        guard let index = first(model) else { return }
        devices[index].isSilent = false
        availability("online", of: index, at: now, into: &messages)
        publish(index, at: now, into: &messages)
    }

    /// The resident stays where he is for a while, then goes on with the day.
    private mutating func restart(at now: Instant) {
        stay += 1
        agenda.add(.stir(stay: stay), at: now + routine.random.span(seconds: 2...8))
        agenda.add(.move(stay: stay), at: now + routine.random.span(seconds: 900...2_700))
    }
}
