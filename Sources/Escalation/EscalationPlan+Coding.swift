public import SafetyModel

extension EscalationPlan: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.writeEach(alarms) { $0.write($1.name) }
        writer.writeEach(urgencies) { $0.write($1.rawValue) }
        writer.writeEach(homes) { $0.write($1) }
        writer.writeEach(areas) { $0.write($1) }
        writer.writeEach(steps) { $0.write($1) }
        writer.write(repeatLastEvery)
        writer.write(onSceneWithin)
        writer.write(closeWithin)
        writer.write(delivery)
        writer.writeOptional(verification) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.readString(),
            alarms: try reader.readEach { (reader) throws(ByteCodingError) in
                AlarmKind(try reader.readString())
            },
            urgencies: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readCase() },
            homes: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            areas: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            steps: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Step.self) },
            repeatLastEvery: try reader.readDuration(), onSceneWithin: try reader.readDuration(),
            closeWithin: try reader.readDuration(), delivery: try reader.read(),
            verification: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() })
    }
}

extension EscalationPlan.Step: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(notify) { $0.write($1) }
        writer.write(seenWithin)
        writer.writeOptional(turnEvery) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            notify: try reader.readEach { (reader) throws(ByteCodingError) in
                try reader.read(EscalationPlan.Target.self)
            },
            seenWithin: try reader.readDuration(),
            turnEvery: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readDuration()
            })
    }
}

extension EscalationPlan.Target: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .role(let role):
            writer.write(UInt8(0))
            writer.write(role.rawValue)
        case .person(let id):
            writer.write(UInt8(1))
            writer.write(id)
        case .group(let id):
            writer.write(UInt8(2))
            writer.write(id)
        case .roster(let id):
            writer.write(UInt8(3))
            writer.write(id)
        case .oneOf(let targets):
            writer.write(UInt8(4))
            writer.writeEach(targets) { $0.write($1) }
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        try self.init(from: &reader, isInside: false)
    }

    /// Targets stand one level deep at most, so that no bytes can fill the stack.
    private init(from reader: inout ByteReader, isInside: Bool) throws(ByteCodingError) {
        switch try reader.read(UInt8.self) {
        case 0: self = .role(try reader.readCase())
        case 1: self = .person(try reader.readString())
        case 2: self = .group(try reader.readString())
        case 3: self = .roster(try reader.readString())
        case 4 where !isInside:
            self = .oneOf(
                try reader.readEach { (reader) throws(ByteCodingError) in
                    try Self(from: &reader, isInside: true)
                })
        default: throw reader.failure("a target")
        }
    }
}

extension EscalationPlan.Verification: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(by) { $0.write($1) }
        writer.write(within)
        writer.writeEach(before) { $0.write($1.name) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            by: try reader.readEach { (reader) throws(ByteCodingError) in
                try reader.read(EscalationPlan.Target.self)
            },
            within: try reader.readDuration(),
            before: try reader.readEach { (reader) throws(ByteCodingError) in
                AlarmKind(try reader.readString())
            })
    }
}

extension EscalationPlan.Delivery: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .atOnce: writer.write(Int32(-1))
        case .digest(let minuteOfDay): writer.write(Int32(minuteOfDay))
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let minute = try reader.read(Int32.self)
        guard minute < 1_440 else { throw reader.failure("a minute of the day") }
        self = minute < 0 ? .atOnce : .digest(minuteOfDay: Int(minute))
    }
}
