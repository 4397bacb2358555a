extension Reading: ByteCodable {
    /// Writes its bytes.
    @inlinable public func encode(into writer: inout ByteWriter) {
        switch self {
        case .flag(false): writer.write(UInt8(0))
        case .flag(true): writer.write(UInt8(1))
        case .number(let number):
            writer.write(UInt8(2))
            writer.write(number)
        case .pair(let first, let second):
            writer.write(UInt8(3))
            writer.write(first)
            writer.write(second)
        case .key(let key):
            writer.write(UInt8(4))
            writer.write(key.rawValue)
        }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        switch try reader.read(UInt8.self) {
        case 0: self = .flag(false)
        case 1: self = .flag(true)
        case 2: self = .number(try reader.readDouble())
        case 3: self = .pair(try reader.readFloat(), try reader.readFloat())
        case 4: self = .key(try reader.readCase())
        default: throw reader.failure("a reading")
        }
    }
}

extension Observation: ByteCodable {
    /// Writes its bytes.
    @inlinable public func encode(into writer: inout ByteWriter) {
        writer.write(signal.rawValue)
        let hasTime: UInt8 = deviceTime == nil ? 0 : 0x80
        writer.write(quality.rawValue | (form.rawValue << 4) | hasTime)
        reading.encode(into: &writer)
        if let deviceTime { writer.write(deviceTime.milliseconds) }
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        let signal: Signal = try reader.readCase()
        let flags = try reader.read(UInt8.self)
        guard let quality = Quality(rawValue: flags & 0x0F), let form = Form(rawValue: (flags >> 4) & 0x07)
        else {
            throw reader.failure("a quality and a form")
        }
        self.init(signal, try reader.read(), form: form, quality: quality)
        if flags & 0x80 != 0 { deviceTime = try reader.readWallTime() }
    }
}

extension Evidence: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(device)
        writer.write(place)
        writer.writeOptional(signal) { $0.write($1.rawValue) }
        writer.writeOptional(reading) { $0.write($1) }
        writer.write(quality.rawValue)
        writer.write(at)
        writer.writeOptional(deviceTime) { $0.write($1) }
        writer.write(payload)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            device: try reader.readString(), place: try reader.readString(),
            signal: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readCase() },
            reading: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() },
            quality: try reader.readCase(), at: try reader.readInstant(),
            deviceTime: try reader.readOptional { (reader) throws(ByteCodingError) in
                try reader.readWallTime()
            },
            payload: try reader.readBytes())
    }
}
