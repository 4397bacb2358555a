public import SafetyModel

extension AlarmRegister: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(alarms) { $0.write($1) }
        writer.writeEach(told) { writer, event in
            writer.write(event.rule)
            writer.writeOptional(event.device) { $0.write(UInt16($1)) }
            writer.write(event.at)
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            alarms: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() },
            told: try reader.readEach { (reader) throws(ByteCodingError) in
                ToldHistory(
                    rule: try reader.readString(),
                    device: try reader.readOptional { (reader) throws(ByteCodingError) in
                        Int(try reader.read(UInt16.self))
                    }, at: try reader.readWallTime())
            })
    }
}

extension Alarm: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id.number)
        writer.write(kind.name)
        writer.write(urgency.rawValue)
        writer.write(rule)
        writer.writeOptional(device) { $0.write(UInt16($1)) }
        writer.write(isActive)
        writer.write(isLatched)
        writer.write(isAcknowledged)
        writer.write(raisedAt)
        writer.writeOptional(incident) { $0.write($1.number) }
        writer.writeOptional(raiseAgainAt) { $0.write($1) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: AlarmID(try reader.read()), kind: AlarmKind(try reader.readString()),
            urgency: try reader.readCase(), rule: try reader.readString(),
            device: try reader.readOptional { (reader) throws(ByteCodingError) in
                Int(try reader.read(UInt16.self))
            },
            isActive: try reader.readBool(), isLatched: try reader.readBool(),
            isAcknowledged: try reader.readBool(), raisedAt: try reader.readInstant(),
            incident: try reader.readOptional { (reader) throws(ByteCodingError) in
                IncidentID(try reader.read())
            },
            raiseAgainAt: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readInstant()
            })
    }
}
