public import SafetyModel

extension EscalationDesk: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) { writer.writeEach(incidents) { $0.write($1) } }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(incidents: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension Incident: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id.number)
        writer.write(home.value)
        writer.write(kind.name)
        writer.write(urgency.rawValue)
        writer.write(openedAt)
        writer.write(phase.rawValue)
        writer.writeOptional(answeredBy) { $0.write($1) }
        writer.writeOptional(answeredAt) { $0.write($1) }
        writer.writeOptional(onSceneAt) { $0.write($1) }
        writer.writeOptional(closedAt) { $0.write($1) }
        writer.writeOptional(disposition) { $0.write($1.rawValue) }
        writer.write(plan)
        writer.write(Int32(step))
        writer.write(Int32(repeats))
        writer.write(Int32(stepDeliveries))
        writer.writeEach(unreached) { $0.write($1) }
        writer.writeOptional(helpAskedAt) { $0.write($1) }
        writer.writeEach(turned) { $0.write($1) }
        writer.writeOptional(verifyingUntil) { $0.write($1) }
        writer.writeOptional(handOver) { writer, handOver in
            writer.write(handOver.to)
            writer.write(handOver.due)
        }
        writer.writeEach(joined) { $0.write($1) }
        writer.write(revision)
        writer.writeOptional(deadline) { $0.write($1) }
        writer.writeEach(alarms) { $0.write($1) }
        writer.writeEach(outstanding) { $0.write($1) }
        writer.writeEach(notified) { $0.write($1) }
        writer.writeEach(timeline) { $0.write($1) }
        writer.write(orderCount)
        writer.write(droppedEntries)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        func time(_ reader: inout ByteReader) throws(ByteCodingError) -> Instant { try reader.readInstant() }
        id = IncidentID(try reader.read())
        home = HomeIndex(Int(try reader.read(Int32.self)))
        kind = AlarmKind(try reader.readString())
        urgency = try reader.readCase()
        openedAt = try reader.readInstant()
        phase = try reader.readCase()
        answeredBy = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readString() }
        answeredAt = try reader.readOptional(time)
        onSceneAt = try reader.readOptional(time)
        closedAt = try reader.readOptional(time)
        disposition = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readCase() }
        plan = try reader.read()
        step = Int(try reader.read(Int32.self))
        repeats = Int(try reader.read(Int32.self))
        stepDeliveries = Int(try reader.read(Int32.self))
        unreached = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        helpAskedAt = try reader.readOptional(time)
        turned = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        verifyingUntil = try reader.readOptional(time)
        handOver = try reader.readOptional { (reader) throws(ByteCodingError) in
            HandOver(to: try reader.readString(), due: try reader.readInstant())
        }
        joined = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        revision = try reader.read()
        deadline = try reader.readOptional(time)
        alarms = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        outstanding = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        notified = try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() }
        timeline = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        orderCount = try reader.read()
        droppedEntries = try reader.read()
    }
}

extension IncidentAlarm: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id.number)
        writer.write(kind.name)
        writer.write(urgency.rawValue)
        writer.write(rule)
        writer.write(isActive)
        writer.write(raisedAt)
        writer.write(raiseCount)
        writer.write(lateBy)
        writer.writeEach(evidence) { $0.write($1) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        id = AlarmID(try reader.read())
        kind = AlarmKind(try reader.readString())
        urgency = try reader.readCase()
        rule = try reader.readString()
        isActive = try reader.readBool()
        raisedAt = try reader.readInstant()
        raiseCount = try reader.read()
        lateBy = try reader.readDuration()
        evidence = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
    }
}

extension TimelineEntry: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(at)
        writer.write(event.rawValue)
        writer.write(responder)
        writer.write(detail)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            at: try reader.readInstant(), try reader.readCase(), responder: try reader.readString(),
            detail: try reader.readString())
    }
}
