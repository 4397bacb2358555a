extension DeskCommand: ByteCodable {
    /// Appends it to the journal.
    public func encode(into writer: inout ByteWriter) {
        writer.write(home)
        writer.write(by)
        writer.write(origin)
        writer.write(reference)
        switch act {
        case .openIncident(let kind, let note):
            writer.write(UInt8(0))
            writer.write(kind.name)
            writer.write(note)
        case .shelve(let kind, let duration, let reason):
            writer.write(UInt8(1))
            writer.write(kind.name)
            writer.write(duration)
            writer.write(reason)
        case .unshelve(let kind):
            writer.write(UInt8(2))
            writer.write(kind.name)
        case .startWalkTest(let duration):
            writer.write(UInt8(3))
            writer.write(duration)
        case .endWalkTest: writer.write(UInt8(4))
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            home: try reader.readString(), by: try reader.readString(), act: .endWalkTest,
            origin: try reader.readString(), reference: try reader.readString())
        switch try reader.read(UInt8.self) {
        case 0:
            let kind = AlarmKind(try reader.readString())
            act = .openIncident(kind: kind, note: try reader.readString())
        case 1:
            let kind = AlarmKind(try reader.readString())
            let duration = try reader.readDuration()
            act = .shelve(kind: kind, duration: duration, reason: try reader.readString())
        case 2: act = .unshelve(kind: AlarmKind(try reader.readString()))
        case 3: act = .startWalkTest(duration: try reader.readDuration())
        case 4: act = .endWalkTest
        default: throw reader.failure("an act at the desk")
        }
    }
}
