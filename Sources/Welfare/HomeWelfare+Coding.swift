public import SafetyModel

extension HomeWelfare: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.write(presence)
        writer.write(history)
        writer.write(stage.rawValue)
        writer.write(silence.start)
        writer.write(silence.blindAtStart)
        writer.write(Int64(silence.context.day))
        writer.write(UInt16(clamping: silence.context.minuteOfDay))
        writer.write(silence.context.signCode)
        writer.write(silence.isEmergency)
        writer.writeOptional(lookAt) { $0.write($1) }
        writer.write(isAwayReported)
        writer.writeOptional(reported) { $0.write($1.bits) }
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let presence = try reader.read(Presence.self)
        let history = try reader.read(SilenceHistory.self)
        let stage = try reader.readCase(Stage.self)
        let start = try reader.readInstant()
        let blind = try reader.read(Int64.self)
        let day = Int(try reader.read(Int64.self))
        let minute = Int(try reader.read(UInt16.self))
        let context = SilenceContext(day: day, minuteOfDay: minute, signCode: try reader.read())
        var silence = Silence(start: start, blindAtStart: blind, context: context)
        silence.isEmergency = try reader.readBool()
        let lookAt = try reader.readOptional { reader throws(ByteCodingError) in try reader.readInstant() }
        let isAwayReported = try reader.readBool()
        let reported = try reader.readOptional { reader throws(ByteCodingError) in
            SilenceRecord(bits: try reader.read())
        }
        self.init(
            presence: presence, history: history, stage: stage, silence: silence, lookAt: lookAt,
            isAwayReported: isAwayReported, reported: reported)
    }
}

extension SilenceHistory: ByteCodable {
    /// Appends it to a snapshot.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(records) { $0.write($1.bits) }
        writer.writeEach(surprises.largest) { writer, surprise in
            writer.write(UInt16(bitPattern: surprise.distance))
            writer.write(surprise.day)
        }
        writer.writeOptional(firstDay) { $0.write($1) }
    }

    /// Reads it from a snapshot.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let records = try reader.readEach { reader throws(ByteCodingError) in
            SilenceRecord(bits: try reader.read())
        }
        let largest = try reader.readEach { reader throws(ByteCodingError) in
            Surprises.Surprise(distance: Int16(bitPattern: try reader.read()), day: try reader.read())
        }
        guard records.count <= Self.recordLimit, largest.count <= Surprises.limit else {
            throw reader.failure("at most \(Self.recordLimit) silences")
        }
        let firstDay = try reader.readOptional { reader throws(ByteCodingError) in
            try reader.read(Int32.self)
        }
        self.init(records: records, surprises: Surprises(largest: largest), firstDay: firstDay)
    }
}
