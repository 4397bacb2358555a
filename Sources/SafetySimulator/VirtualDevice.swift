import SafetyModel

/// A device as its bridge keeps it: the cached attributes, and whether it is still heard.
struct VirtualDevice: Hashable, Sendable {
    let blueprint: DeviceBlueprint
    /// In the order of their names.
    private(set) var attributes: [Attribute]
    /// A device that lost its power says nothing until it is plugged in again.
    var isSilent = false
    /// When a motion sensor or radar saw the resident last.
    var lastMovement: Instant?
    /// Random numbers of this device alone.
    var random: SplitMix

    init(_ blueprint: DeviceBlueprint, random: SplitMix) {
        self.blueprint = blueprint
        self.random = random
        attributes = blueprint.model.attributes(random: &self.random)
    }

    /// Changes a cached attribute; one that the device does not have is left out.
    mutating func set(_ name: String, _ value: Attribute.Value) {
        guard let place = attributes.firstIndex(where: { $0.name == name }) else { return }
        attributes[place].value = value
    }

    /// Notes that the device was just heard: fresh link quality, newer `last_seen`, values that drift.
    mutating func hear(at now: Instant, calendar: CivilCalendar) {
        set("last_seen", .text(CivilTime(now, in: calendar).rfc3339))
        set("linkquality", .integer(random.number(40...255)))
        for place in attributes.indices { drift(place) }
    }

    /// Moves a measured value a little; hazards never come from drifting.
    private mutating func drift(_ place: Int) {
        switch (attributes[place].name, attributes[place].value) {
        case ("temperature", .decimal(let old)):
            attributes[place].value = .decimal(min(28, max(16, old + Double(random.number(-20...20)) / 100)))
        case ("humidity", .decimal(let old)):
            attributes[place].value = .decimal(min(75, max(30, old + Double(random.number(-80...80)) / 100)))
        case ("energy", .decimal(let old)): attributes[place].value = .decimal(old + 0.01)
        case ("illuminance", _): attributes[place].value = .integer(random.number(0...180))
        case ("power", _): attributes[place].value = .integer(random.number(4...11))
        default: break
        }
    }

    /// The message that repeats the whole state, and `action` once when a key was pressed.
    func payload(action: String? = nil) -> String {
        var all = attributes
        if let action { all.insert(Attribute("action", .text(action)), at: 0) }
        return "{" + all.map { "\"\($0.name)\":\($0.value.json)" }.joined(separator: ",") + "}"
    }
}
