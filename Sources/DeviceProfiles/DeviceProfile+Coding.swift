public import SafetyModel

extension DeviceProfile: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(id)
        writer.write(summary)
        writer.write(kind.rawValue)
        writer.writeEach(signals) { $0.write($1.rawValue) }
        writer.writeEach(provesLife) { $0.write($1.rawValue) }
        writer.write(supervision)
        writer.writeEach(topics) { $0.write($1) }
        writer.writeEach(commands) { $0.write($1) }
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        id = try reader.readString()
        summary = try reader.readString()
        kind = try reader.readCase()
        signals = try reader.readEach { reader throws(ByteCodingError) in try reader.readCase() }
        provesLife = try reader.readEach { reader throws(ByteCodingError) in try reader.readCase() }
        supervision = try reader.readDuration()
        topics = try reader.readEach { reader throws(ByteCodingError) in try reader.read() }
        commands = try reader.readEach { reader throws(ByteCodingError) in try reader.read() }
    }
}

extension TopicRule: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(template.text)
        writer.write(format.rawValue)
        writer.writeEach(roots) { $0.write($1) }
        writer.writeOptional(time) { $0.write($1) }
        writer.write(oldMarker)
        writer.writeEach(readings) { $0.write($1) }
        writer.writeEach(ignoredKeys) { $0.write($1) }
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        template = TopicTemplate(try reader.readString())
        format = try reader.readCase()
        roots = try reader.readEach { reader throws(ByteCodingError) in try reader.read() }
        time = try reader.readOptional { reader throws(ByteCodingError) in try reader.read() }
        oldMarker = try reader.readString()
        readings = try reader.readEach { reader throws(ByteCodingError) in try reader.read() }
        ignoredKeys = try reader.readEach { reader throws(ByteCodingError) in try reader.readString() }
    }
}

extension PayloadRoot: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(path)
        writer.write(isHistory)
        writer.writeOptional(time) { $0.write($1) }
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        path = try reader.readString()
        isHistory = try reader.readBool()
        time = try reader.readOptional { reader throws(ByteCodingError) in try reader.read() }
    }
}

extension TimeField: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(path)
        writer.write(format.rawValue)
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        path = try reader.readString()
        format = try reader.readCase()
    }
}

extension ReadingRule: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(path)
        writer.write(signal.rawValue)
        writer.write(form.rawValue)
        writer.write(accepts.rawValue)
        writer.writeEach(values) { $0.write($1) }
        writer.write(knowsOnlyValues)
        writer.write(otherwise.rawValue)
        writer.write(isInverted)
        writer.write(scale)
        writer.write(transform.rawValue)
        writer.write(second)
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        path = try reader.readString()
        signal = try reader.readCase()
        form = try reader.readCase()
        accepts = try reader.readCase()
        values = try reader.readEach { reader throws(ByteCodingError) in try reader.read() }
        knowsOnlyValues = try reader.readBool()
        otherwise = try reader.readCase()
        isInverted = try reader.readBool()
        scale = try reader.readDouble()
        transform = try reader.readCase()
        second = try reader.readString()
    }
}

extension ValueMeaning: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(text)
        switch meaning {
        case .nothing: writer.write(UInt8(0))
        case .test: writer.write(UInt8(1))
        case .reading(.flag(let isOn)):
            writer.write(UInt8(2))
            writer.write(isOn)
        case .reading(.number(let number)):
            writer.write(UInt8(3))
            writer.write(number)
        case .reading(.pair(let first, let second)):
            writer.write(UInt8(4))
            writer.write(first)
            writer.write(second)
        case .reading(.key(let key)):
            writer.write(UInt8(5))
            writer.write(key.rawValue)
        }
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        text = try reader.readString()
        switch try reader.read(UInt8.self) {
        case 0: meaning = .nothing
        case 1: meaning = .test
        case 2: meaning = .reading(.flag(try reader.readBool()))
        case 3: meaning = .reading(.number(try reader.readDouble()))
        case 4: meaning = .reading(.pair(try reader.readFloat(), try reader.readFloat()))
        case 5: meaning = .reading(.key(try reader.readCase()))
        default: throw reader.failure("ValueMeaning")
        }
    }
}

extension DeviceCommand: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(name)
        writer.write(topic.text)
        writer.write(payload)
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        name = try reader.readString()
        topic = TopicTemplate(try reader.readString())
        payload = try reader.readString()
    }
}

extension TopicBinding: ByteCodable {
    /// Writes the fields in order.
    public func encode(into writer: inout ByteWriter) {
        writer.write(device.value)
        writer.write(base)
        writer.write(name)
        writer.write(profile)
    }

    /// Reads the fields in order.
    ///
    /// - Throws: `ByteCodingError` when the bytes say something else.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        device = DeviceIndex(Int(try reader.read(Int32.self)))
        base = try reader.readString()
        name = try reader.readString()
        profile = try reader.read()
    }
}
