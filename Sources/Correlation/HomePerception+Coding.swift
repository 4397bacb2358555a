public import SafetyModel

extension HomePerception: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.writeEach(devices) { $0.write($1) }
        writer.writeEach(readings) { writer, reading in
            writer.write(reading.device)
            writer.write(reading.signal.rawValue)
            writer.write(reading.isRearmed)
            writer.write(reading.isOccurrence)
            writer.write(reading.reading)
        }
        writer.write(matches)
        writer.write(inServiceSince)
        writer.write(lastHeardAt)
        writer.writeOptional(bridgeDownSince) { $0.write($1) }
        writer.write(bridgeBlindMilliseconds)
        writer.writeOptional(clockStepAt) { $0.write($1) }
        writer.write(isUnprotected)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(deviceCount: 0, at: .start)
        devices = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        readings = try reader.readEach { (reader) throws(ByteCodingError) in
            let device = try reader.read(UInt16.self)
            let signal: Signal = try reader.readCase()
            let isRearmed = try reader.readBool()
            let isOccurrence = try reader.readBool()
            var stored = StoredReading(device: device, signal: signal, reading: try reader.read())
            stored.isRearmed = isRearmed
            stored.isOccurrence = isOccurrence
            return stored
        }
        matches = try reader.read()
        inServiceSince = try reader.readInstant()
        lastHeardAt = try reader.readInstant()
        bridgeDownSince = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.readInstant()
        }
        bridgeBlindMilliseconds = try reader.read()
        clockStepAt = try reader.readOptional { (reader) throws(ByteCodingError) in
            try reader.readInstant()
        }
        isUnprotected = try reader.readBool()
    }
}

extension DeviceState: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.write(lastHeardAt)
        writer.write(blindAtLastHeard)
        writer.writeOptional(deviceTime) { $0.write($1) }
        var flags: UInt8 = 0
        for (bit, flag) in [hasBeenSeen, isLost, false, expectsSnapshot, isReachable].enumerated() where flag
        {
            flags |= 1 << UInt8(bit)
        }
        writer.write(flags)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(at: try reader.readInstant())
        blindAtLastHeard = try reader.read()
        deviceTime = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readWallTime() }
        let flags = try reader.read(UInt8.self)
        hasBeenSeen = flags & 1 != 0
        isLost = flags & 2 != 0
        expectsSnapshot = flags & 8 != 0
        isReachable = flags & 16 != 0
    }
}

extension Hearing: ByteCodable {
    /// Writes its bytes.
    public func encode(into writer: inout ByteWriter) {
        writer.writeOptional(blindSince) { $0.write($1) }
        writer.write(blindMilliseconds)
        writer.write(isCaughtUp)
        writer.write(resumedAt)
    }

    /// Reads what `encode` wrote.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            blindSince: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readInstant()
            })
        blindMilliseconds = try reader.read()
        isCaughtUp = try reader.readBool()
        resumedAt = try reader.readInstant()
    }
}
