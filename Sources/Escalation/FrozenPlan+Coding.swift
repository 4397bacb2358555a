public import SafetyModel

extension FrozenPlan: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.writeEach(steps) { writer, step in
            writer.write(step.seenWithin)
            writer.writeOptional(step.turnEvery) { $0.write($1) }
            writer.writeEach(step.targets) { $0.write($1) }
        }
        writer.write(repeatLastEvery)
        writer.write(onSceneWithin)
        writer.write(closeWithin)
        switch delivery {
        case .atOnce: writer.write(Int32(-1))
        case .digest(let minute): writer.write(Int32(minute))
        }
        writer.writeOptional(verification) { writer, verification in
            writer.writeEach(verification.targets) { $0.write($1) }
            writer.write(verification.within)
            writer.write(verification.isFirst)
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let id = try reader.readString()
        let steps = try reader.readEach { (reader) throws(ByteCodingError) in
            let span = try reader.readDuration()
            let turn = try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readDuration()
            }
            return FrozenStep(
                targets: try reader.readEach(Self.readTarget), seenWithin: span, turnEvery: turn)
        }
        let spans = (try reader.readDuration(), try reader.readDuration(), try reader.readDuration())
        let minute = try reader.read(Int32.self)
        let verification = try reader.readOptional { (reader) throws(ByteCodingError) in
            FrozenVerification(
                targets: try reader.readEach(Self.readTarget), within: try reader.readDuration(),
                isFirst: try reader.readBool())
        }
        self.init(
            id: id, steps: steps, repeatLastEvery: spans.0, onSceneWithin: spans.1, closeWithin: spans.2,
            delivery: minute < 0 ? .atOnce : .digest(minuteOfDay: Int(minute)), verification: verification)
    }

    private static func readTarget(_ reader: inout ByteReader) throws(ByteCodingError) -> FrozenTarget {
        try reader.read()
    }

    static func write(_ writer: inout ByteWriter, _ channel: ChannelAddress) {
        writer.write(channel.channel)
        writer.write(channel.address)
    }

    static func readChannel(_ reader: inout ByteReader) throws(ByteCodingError) -> ChannelAddress {
        ChannelAddress(channel: try reader.readString(), address: try reader.readString())
    }
}

extension NotificationOrder: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id.incident.number)
        writer.write(id.number)
        writer.write(responder)
        writer.write(channel)
        writer.write(address)
        writer.write(purpose.rawValue)
        writer.write(urgency.rawValue)
        writer.write(attempt)
        writer.write(orderedAt)
        writer.write(about)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: OrderID(incident: IncidentID(try reader.read()), number: try reader.read()),
            responder: try reader.readString(), channel: try reader.readString(),
            address: try reader.readString(), purpose: try reader.readCase(), urgency: try reader.readCase(),
            attempt: try reader.read(), orderedAt: try reader.readInstant(), about: try reader.readString())
    }
}

extension OutstandingOrder: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(order)
        writer.writeEach(channels, FrozenPlan.write)
        writer.write(Int32(channelIndex))
        writer.write(Int32(tries))
        writer.write(Int32(step))
        writer.write(deadline)
        writer.write(isWaiting)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            order: try reader.read(), channels: try reader.readEach(FrozenPlan.readChannel),
            channelIndex: Int(try reader.read(Int32.self)), tries: Int(try reader.read(Int32.self)),
            step: Int(try reader.read(Int32.self)), deadline: try reader.readInstant(),
            isWaiting: try reader.readBool())
    }
}

extension FrozenTarget: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .person(let person):
            writer.write(UInt8(0))
            writer.write(person)
        case .oneOf(let people):
            writer.write(UInt8(1))
            writer.writeEach(people) { $0.write($1) }
        case .roster(let roster):
            writer.write(UInt8(2))
            writer.write(roster.roster)
            writer.writeEach(roster.people) { $0.write($1) }
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        func person(_ reader: inout ByteReader) throws(ByteCodingError) -> FrozenResponder {
            try reader.read()
        }
        switch try reader.read(UInt8.self) {
        case 0: self = .person(try reader.read())
        case 1: self = .oneOf(try reader.readEach(person))
        case 2:
            self = .roster(
                FrozenRoster(roster: try reader.read(), people: try reader.readEach(person)))
        default: throw reader.failure("a target")
        }
    }
}

extension FrozenResponder: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(role.rawValue)
        writer.writeEach(channels, FrozenPlan.write)
        writer.writeOptional(quiet) { $0.write($1) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.readString(), role: try reader.readCase(),
            channels: try reader.readEach(FrozenPlan.readChannel),
            quiet: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() })
    }
}
