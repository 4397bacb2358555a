public import SafetyModel

extension Rule: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(when)
        writer.write(alarm.name)
        writer.write(urgency.rawValue)
        writer.writeEach(places) { $0.write($1) }
        writer.writeEach(devices) { $0.write($1) }
        writer.writeOptional(residentCondition) { $0.write($1) }
        writer.writeOptional(during) { $0.write($1) }
        writer.write(scope.rawValue)
        writer.write(restarts)
        writer.write(hasPersonalBounds)
        writer.writeEach(messages) { writer, message in
            writer.write(message.language)
            writer.write(message.text)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            id: try reader.readString(), when: try reader.read(), alarm: AlarmKind(try reader.readString()),
            urgency: try reader.readCase(),
            places: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            devices: try reader.readEach { (reader) throws(ByteCodingError) in try reader.readString() },
            residentCondition: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readString()
            },
            during: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.read(Schedule.self)
            }, scope: try reader.readCase(), restarts: try reader.readBool(),
            hasPersonalBounds: try reader.readBool(),
            messages: try reader.readEach { (reader) throws(ByteCodingError) in
                Message(language: try reader.readString(), text: try reader.readString())
            })
    }
}

extension Pattern: ByteCodable {
    /// The deepest pattern that is read: damaged bytes must not exhaust the stack.
    public static let codingDepthLimit = 16

    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .condition(let condition):
            writer.write(UInt8(0))
            writer.write(condition)
        case .held(let condition, let span):
            writer.write(UInt8(1))
            writer.write(condition)
            writer.write(span)
        case .anyOf(let parts):
            writer.write(UInt8(2))
            writer.writeEach(parts) { $0.write($1) }
        case .allOf(let parts, let span):
            writer.write(UInt8(3))
            writer.writeEach(parts) { $0.write($1) }
            writer.write(span)
        case .sequence(let parts, let span):
            writer.write(UInt8(4))
            writer.writeEach(parts) { $0.write($1) }
            writer.writeOptional(span) { $0.write($1) }
        case .absent(let conditions, let span):
            writer.write(UInt8(5))
            writer.writeEach(conditions) { $0.write($1) }
            writer.write(span)
        case .count(let count, let condition, let distinct, let span):
            writer.write(UInt8(6))
            writer.write(Int32(count))
            writer.write(condition)
            writer.writeOptional(distinct?.rawValue) { $0.write($1) }
            writer.write(span)
        case .change(let condition, let step, let span):
            writer.write(UInt8(7))
            writer.write(condition)
            writer.write(step)
            writer.write(span)
        case .unless(let wanted, let unwanted):
            writer.write(UInt8(8))
            writer.write(wanted)
            writer.write(unwanted)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        try self.init(from: &reader, depth: 1)
    }

    private init(from reader: inout ByteReader, depth: Int) throws(ByteCodingError) {
        guard depth <= Self.codingDepthLimit else { throw reader.failure("a pattern less deep") }
        switch try reader.read(UInt8.self) {
        case 0: self = .condition(try reader.read())
        case 1: self = .held(try reader.read(), for: try reader.readDuration())
        case 2: self = .anyOf(try Self.parts(from: &reader, depth))
        case 3: self = .allOf(try Self.parts(from: &reader, depth), within: try reader.readDuration())
        case 4:
            self = .sequence(
                try Self.parts(from: &reader, depth),
                within: try reader.readOptional { (reader) throws(ByteCodingError) in
                    try reader.readDuration()
                })
        case 5:
            self = .absent(
                try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Condition.self) },
                for: try reader.readDuration())
        case 6:
            self = .count(
                Int(try reader.read(Int32.self)), of: try reader.read(),
                distinct: try reader.readOptional { (reader) throws(ByteCodingError) in
                    try reader.readCase()
                }, within: try reader.readDuration())
        case 7:
            self = .change(
                try reader.read(), by: try reader.readDouble(), within: try reader.readDuration())
        case 8:
            self = .unless(
                try Pattern(from: &reader, depth: depth + 1), try Pattern(from: &reader, depth: depth + 1))
        default: throw reader.failure("a pattern")
        }
    }

    private static func parts(
        from reader: inout ByteReader, _ depth: Int
    ) throws(ByteCodingError) -> [Pattern] {
        try reader.readEach { (reader) throws(ByteCodingError) in try Pattern(from: &reader, depth: depth + 1)
        }
    }
}

extension Condition: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(signal.rawValue)
        writer.write(raise)
        writer.writeOptional(clear) { $0.write($1) }
        writer.writeOptional(quietAfter) { $0.write($1) }
        writer.writeOptional(place) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            try reader.readCase(), try reader.read(),
            clear: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.read(Comparison.self)
            },
            quietAfter: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readDuration()
            },
            place: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readString() })
    }
}

extension Comparison: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        switch self {
        case .isOn: writer.write(UInt8(0))
        case .isOff: writer.write(UInt8(1))
        case .above(let limit): writer.write(code: 2, limit)
        case .below(let limit): writer.write(code: 3, limit)
        case .atLeast(let limit): writer.write(code: 4, limit)
        case .atMost(let limit): writer.write(code: 5, limit)
        case .isKey(let key):
            writer.write(UInt8(6))
            writer.write(key.rawValue)
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.read(UInt8.self) {
        case 0: self = .isOn
        case 1: self = .isOff
        case 2: self = .above(try reader.readDouble())
        case 3: self = .below(try reader.readDouble())
        case 4: self = .atLeast(try reader.readDouble())
        case 5: self = .atMost(try reader.readDouble())
        case 6: self = .isKey(try reader.readCase())
        default: throw reader.failure("a comparison")
        }
    }
}

extension ByteWriter {
    fileprivate mutating func write(code: UInt8, _ limit: Double) {
        write(code)
        write(limit)
    }
}
