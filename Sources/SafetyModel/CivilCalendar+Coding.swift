extension CivilCalendar: ByteCodable {
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(offsets) { writer, offset in
            writer.write(offset.from)
            writer.write(offset.secondsFromUTC)
        }
    }

    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let offsets = try reader.readEach { (reader) throws(ByteCodingError) in
            Offset(from: try reader.readWallTime(), secondsFromUTC: try reader.read())
        }
        guard !offsets.isEmpty else { throw reader.failure("at least one offset") }
        self.init(offsets: offsets)
    }
}
