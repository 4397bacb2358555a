extension CivilCalendar: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(offsets) { writer, offset in
            writer.write(offset.from)
            writer.write(offset.secondsFromUTC)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let offsets = try reader.readEach { (reader) throws(ByteCodingError) in
            Offset(from: try reader.readWallTime(), secondsFromUTC: try reader.read())
        }
        guard !offsets.isEmpty else { throw reader.failure("at least one offset") }
        self.init(offsets: offsets)
    }
}
