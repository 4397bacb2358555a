extension Schedule: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(spans) { $0.write($1) }
        writer.write(weekdays)
        writer.write(holidays.rawValue)
        writer.writeEach(holidayDays) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let spans = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Span.self) }
        self.init(
            spans: spans, weekdays: try reader.read(), holidays: try reader.readCase(),
            holidayDays: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension Schedule.Span: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(Int32(from))
        writer.write(Int32(until))
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let from = Int(try reader.read(Int32.self))
        let until = Int(try reader.read(Int32.self))
        guard 0..<1_440 ~= from, 1...1_440 ~= until else { throw reader.failure("a span of the day") }
        self.init(from: from, until: until)
    }
}
