/// Bytes of a community: profile names and signal lists, of which there are few, stand once in a table before
/// the devices, so that 100,000 devices stay small and share them after reading.
extension Community: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(homes) { $0.write($1) }
        let profiles = Numbering(devices.map(\.profile))
        let places = Numbering(devices.map(\.place))
        let signals = Numbering(devices.map(\.signals))
        writer.writeEach(profiles.values) { $0.write($1) }
        writer.writeEach(places.values) { $0.write($1) }
        writer.writeEach(signals.values) { $0.write($1.map(\.rawValue)) }
        writer.write(UInt32(devices.count))
        for (index, device) in devices.enumerated() {
            writer.write(device.id)
            writer.write(device.home.value)
            writer.write(profiles.numbers[index])
            writer.write(places.numbers[index])
            writer.write(signals.numbers[index])
            writer.write(device.kind.rawValue)
            writer.write(device.supervision)
            writer.write(device.isOutsideDoor)
            writer.writeOptional(device.wearer) { $0.write($1) }
        }
        writer.writeEach(responders) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let homes = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Home.self) }
        let shared = try SharedDeviceTexts(from: &reader)
        let devices = try reader.readEach { (reader) throws(ByteCodingError) in
            try Device(from: &reader, sharing: shared)
        }
        let responders = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(Responder.self)
        }
        self.init(homes: homes, devices: devices, responders: responders)
        let count = Int32(devices.count)
        guard !homes.isEmpty, homes.allSatisfy({ $0.devices.upperBound <= count }),
            devices.allSatisfy({ homes.indices.contains($0.home.int) })
        else { throw reader.failure("indices in range") }
    }
}

/// Gives each distinct value a number in the order of first appearance.
private struct Numbering<Value: Hashable> {
    var values: [Value] = []
    /// The number of each element.
    var numbers: [Int32] = []

    init(_ elements: [Value]) {
        var known: [Value: Int32] = [:]
        numbers.reserveCapacity(elements.count)
        for element in elements {
            let number = known[element] ?? Int32(values.count)
            if number == values.count {
                known[element] = number
                values.append(element)
            }
            numbers.append(number)
        }
    }
}

/// What devices have in common with each other.
private struct SharedDeviceTexts {
    var profiles: [String]
    var places: [String]
    var signals: [[Signal]]

    init(from reader: inout ByteReader) throws(ByteCodingError) {
        profiles = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        places = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        signals = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.readEach { (reader) throws(ByteCodingError) in try reader.readCase(Signal.self) }
        }
    }
}

extension Device {
    fileprivate init(
        from reader: inout ByteReader, sharing shared: SharedDeviceTexts
    ) throws(ByteCodingError) {
        let id = try reader.readString()
        let home = try reader.read(Int32.self)
        let profile = Int(try reader.read(Int32.self))
        let place = Int(try reader.read(Int32.self))
        let signals = Int(try reader.read(Int32.self))
        guard home >= 0, shared.profiles.indices.contains(profile), shared.places.indices.contains(place),
            shared.signals.indices.contains(signals)
        else { throw reader.failure("a device's indices in range") }
        self.init(
            id: id, home: HomeIndex(Int(home)), place: shared.places[place],
            profile: shared.profiles[profile],
            kind: try reader.readCase(), signals: shared.signals[signals],
            supervision: try reader.readDuration(), isOutsideDoor: try reader.readBool(),
            wearer: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension Home: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(name)
        writer.write(address)
        writer.write(area)
        writer.write(building)
        writer.write(unit)
        writer.writeOptional(floor.map { Int32(clamping: $0) }) { $0.write($1) }
        writer.writeEach(residents) { $0.write($1) }
        writer.write(devices.lowerBound)
        writer.write(devices.upperBound)
        writer.write(isInService)
        writer.writeEach(contacts) { writer, contact in
            writer.write(contact.role.rawValue)
            writer.write(contact.responder)
        }
        writer.write(keyHolder)
        writer.writeEach(hazards) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let texts = try reader.readTexts(6)
        let floor = try reader.readOptional { (reader) throws(ByteCodingError) in
            Int(try reader.read(Int32.self))
        }
        let residents = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(Resident.self)
        }
        let first = try reader.read(Int32.self)
        let end = try reader.read(Int32.self)
        guard 0 <= first, first <= end else { throw reader.failure("a range of devices") }
        self.init(
            id: texts[0], name: texts[1], address: texts[2], area: texts[3], building: texts[4],
            unit: texts[5], floor: floor, residents: residents, devices: first..<end,
            isInService: try reader.readBool(),
            contacts: try reader.readEach { (reader) throws(ByteCodingError) in
                Contact(role: try reader.readCase(), responder: try reader.readString())
            },
            keyHolder: try reader.readString(),
            hazards: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() })
    }
}

extension Resident: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(name)
        writer.write(telephone)
        writer.writeEach(conditions) { $0.write($1) }
        writer.writeEach(bounds) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let texts = try reader.readTexts(3)
        self.init(
            id: texts[0], name: texts[1], telephone: texts[2],
            conditions: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            bounds: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension Responder: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(name)
        writer.write(role.rawValue)
        writer.writeEach(areas) { $0.write($1) }
        writer.writeEach(channels) { writer, channel in
            writer.write(channel.channel)
            writer.write(channel.address)
        }
        writer.writeOptional(quiet) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let texts = try reader.readTexts(2)
        self.init(
            id: texts[0], name: texts[1], role: try reader.readCase(),
            areas: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            channels: try reader.readEach { (reader) throws(ByteCodingError) in
                ChannelAddress(channel: try reader.readString(), address: try reader.readString())
            },
            quiet: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension ByteReader {
    /// Several strings in a row.
    fileprivate mutating func readTexts(_ count: Int) throws(ByteCodingError) -> [String] {
        var texts: [String] = []
        texts.reserveCapacity(count)
        for _ in 0..<count { texts.append(try readString()) }
        return texts
    }
}
