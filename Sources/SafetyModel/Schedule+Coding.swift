extension Schedule: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(spans) { writer, span in
            writer.write(Int32(span.from))
            writer.write(Int32(span.until))
        }
        writer.write(weekdays)
        writer.write(holidays.rawValue)
        writer.writeEach(holidayDays) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let spans = try reader.readEach { (reader) throws(ByteCodingError) in
            let from = Int(try reader.read(Int32.self))
            let until = Int(try reader.read(Int32.self))
            guard 0..<1_440 ~= from, 1...1_440 ~= until else { throw reader.failure("a span of the day") }
            return Span(from: from, until: until)
        }
        self.init(
            spans: spans, weekdays: try reader.read(), holidays: try reader.readCase(),
            holidayDays: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() })
    }
}
