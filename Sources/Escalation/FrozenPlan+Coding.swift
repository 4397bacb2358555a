public import SafetyModel

extension FrozenPlan: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.writeEach(steps) { writer, step in
            writer.write(step.seenWithin)
            writer.writeEach(step.responders) { writer, responder in
                writer.write(responder.id)
                writer.write(responder.role.rawValue)
                writer.writeEach(responder.channels, Self.write)
            }
        }
        writer.write(repeatLastEvery)
        writer.write(onSceneWithin)
        writer.write(closeWithin)
        switch delivery {
        case .atOnce: writer.write(Int32(-1))
        case .digest(let minute): writer.write(Int32(minute))
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let id = try reader.readString()
        let steps = try reader.readEach { (reader) throws(ByteCodingError) in
            let span = try reader.readDuration()
            let people = try reader.readEach { (reader) throws(ByteCodingError) in
                FrozenResponder(
                    id: try reader.readString(), role: try reader.readCase(),
                    channels: try reader.readEach(Self.readChannel))
            }
            return FrozenStep(responders: people, seenWithin: span)
        }
        let spans = (try reader.readDuration(), try reader.readDuration(), try reader.readDuration())
        let minute = try reader.read(Int32.self)
        self.init(
            id: id, steps: steps, repeatLastEvery: spans.0, onSceneWithin: spans.1, closeWithin: spans.2,
            delivery: minute < 0 ? .atOnce : .digest(minuteOfDay: Int(minute)))
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
