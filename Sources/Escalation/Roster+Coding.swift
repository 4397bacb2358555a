public import SafetyModel

extension ResponderGroup: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.writeEach(members) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(id: try reader.readString(), members: try reader.readEach(Roster.readText))
    }
}

extension Roster: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.writeEach(shifts) { writer, shift in
            writer.write(shift.name)
            writer.write(shift.hours)
            writer.writeEach(shift.people) { $0.write($1) }
        }
        writer.writeEach(overrides) { writer, change in
            writer.write(change.days.lowerBound)
            writer.write(change.days.upperBound)
            writer.write(change.shift)
            writer.writeEach(change.people) { $0.write($1) }
        }
        writer.write(handOver)
        writer.writeEach(otherwise) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let id = try reader.readString()
        let shifts = try reader.readEach { (reader) throws(ByteCodingError) in
            Shift(
                name: try reader.readString(), hours: try reader.read(),
                people: try reader.readEach(Self.readText))
        }
        let overrides = try reader.readEach { (reader) throws(ByteCodingError) in
            let first = try reader.read(Int32.self)
            let last = try reader.read(Int32.self)
            guard first <= last else { throw reader.failure("a range of days") }
            return Override(
                days: first...last, shift: try reader.readString(),
                people: try reader.readEach(Self.readText))
        }
        self.init(
            id: id, shifts: shifts, overrides: overrides, handOver: try reader.readDuration(),
            otherwise: try reader.readEach(Self.readText))
    }

    static func readText(_ reader: inout ByteReader) throws(ByteCodingError) -> String {
        try reader.readString()
    }
}
