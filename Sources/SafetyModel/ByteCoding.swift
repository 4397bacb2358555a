/// Writes values as bytes for journals, snapshots and digests: little endian, no padding, no hash order.
public struct ByteWriter: Sendable {
    @usableFromInline internal var storage: [UInt8] = []

    /// What was written so far.
    public var bytes: [UInt8] { storage }

    /// Starts empty, or with the defaults.
    public init() {}

    /// Makes room for so many bytes, so that a long text is not copied while it grows.
    public mutating func reserve(_ count: Int) { storage.reserveCapacity(count) }

    /// Forgets what was written and keeps the storage.
    @inlinable public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { storage.append(contentsOf: $0) }
    }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: Bool) { storage.append(value ? 1 : 0) }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: Double) { write(value.bitPattern) }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: Float) { write(value.bitPattern) }

    /// UTF-8 with a 32-bit count before it.
    @inlinable public mutating func write(_ value: String) {
        write(UInt32(value.utf8.count))
        storage.append(contentsOf: value.utf8)
    }

    /// Bytes with a 32-bit count before them.
    @inlinable public mutating func write(_ value: some Collection<UInt8>) {
        write(UInt32(value.count))
        storage.append(contentsOf: value)
    }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: Instant) { write(value.milliseconds) }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: WallTime) { write(value.milliseconds) }

    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: Duration) { write(value.wholeMilliseconds) }

    /// A presence byte, then the value.
    @inlinable public mutating func writeOptional<T>(_ value: T?, _ body: (inout ByteWriter, T) -> Void) {
        write(value != nil)
        if let value { body(&self, value) }
    }

    /// A 32-bit count, then each element.
    @inlinable public mutating func writeEach<C: Collection>(
        _ values: C, _ body: (inout ByteWriter, C.Element) -> Void
    ) {
        write(UInt32(values.count))
        for value in values { body(&self, value) }
    }
}

/// Bytes that do not say what they should.
public struct ByteCodingError: Error, Hashable, Sendable {
    /// Where reading stopped, in bytes from the start.
    public var offset: Int
    /// What should have stood there.
    public var expected: String
    /// Makes one from its parts.
    @inlinable public init(offset: Int, expected: String) {
        self.offset = offset
        self.expected = expected
    }
}

/// Reads what `ByteWriter` wrote; every read checks the bounds.
public struct ByteReader: Sendable {
    /// What is read.
    public let bytes: [UInt8]
    @usableFromInline internal var position = 0

    /// Bytes read so far.
    public var offset: Int { position }

    /// Makes one from its parts.
    @inlinable public init(_ bytes: [UInt8]) { self.bytes = bytes }

    /// Whether everything was read.
    public var isAtEnd: Bool { position == bytes.count }

    /// Reads one value of its fixed width or its own coding.
    @inlinable public mutating func read<T: FixedWidthInteger>(_ type: T.Type = T.self)
        throws(ByteCodingError) -> T
    {
        let size = MemoryLayout<T>.size
        guard bytes.count - position >= size else { throw failure("\(T.self)") }
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: position, as: T.self) }
        position += size
        return T(littleEndian: value)
    }

    /// Reads a byte; anything but zero is true.
    @inlinable public mutating func readBool() throws(ByteCodingError) -> Bool { try read(UInt8.self) != 0 }

    /// Reads the 64 bits of a number.
    @inlinable public mutating func readDouble() throws(ByteCodingError) -> Double {
        Double(bitPattern: try read(UInt64.self))
    }

    /// Reads the 32 bits of a number.
    @inlinable public mutating func readFloat() throws(ByteCodingError) -> Float {
        Float(bitPattern: try read(UInt32.self))
    }

    /// Reads a 32-bit count and that many bytes of UTF-8; broken text is repaired.
    @inlinable public mutating func readString() throws(ByteCodingError) -> String {
        String(decoding: try readSlice(), as: UTF8.self)
    }

    /// Reads a 32-bit count and that many bytes.
    @inlinable public mutating func readBytes() throws(ByteCodingError) -> [UInt8] { Array(try readSlice()) }

    /// Reads a moment of gateway time.
    @inlinable public mutating func readInstant() throws(ByteCodingError) -> Instant {
        Instant(milliseconds: try read())
    }

    /// Reads a moment of civil time.
    @inlinable public mutating func readWallTime() throws(ByteCodingError) -> WallTime {
        WallTime(milliseconds: try read())
    }

    /// Reads whole milliseconds.
    @inlinable public mutating func readDuration() throws(ByteCodingError) -> Duration {
        .milliseconds(try read(Int64.self))
    }

    /// Reads a presence byte and the value that may follow.
    @inlinable public mutating func readOptional<T>(
        _ body: (inout ByteReader) throws(ByteCodingError) -> T
    ) throws(ByteCodingError) -> T? {
        try readBool() ? try body(&self) : nil
    }

    /// Reads a 32-bit count and that many elements.
    @inlinable public mutating func readEach<T>(
        _ body: (inout ByteReader) throws(ByteCodingError) -> T
    ) throws(ByteCodingError) -> [T] {
        let count = Int(try read(UInt32.self))
        guard count <= bytes.count - position else { throw failure("\(count) elements") }
        var values: [T] = []
        values.reserveCapacity(count)
        for _ in 0..<count { values.append(try body(&self)) }
        return values
    }

    /// An enumeration by its raw value.
    @inlinable public mutating func readCase<T: RawRepresentable>(
        _ type: T.Type = T.self
    ) throws(ByteCodingError) -> T where T.RawValue == UInt8 {
        guard let value = T(rawValue: try read(UInt8.self)) else { throw failure("\(T.self)") }
        return value
    }

    /// The error for this place.
    @inlinable public func failure(_ expected: String) -> ByteCodingError {
        ByteCodingError(offset: position, expected: expected)
    }

    @inlinable internal mutating func readSlice() throws(ByteCodingError) -> ArraySlice<UInt8> {
        let count = Int(try read(UInt32.self))
        guard count <= bytes.count - position else { throw failure("\(count) bytes") }
        defer { position += count }
        return bytes[position..<(position + count)]
    }
}

/// What can stand in a journal, a snapshot or a stored site.
public protocol ByteCodable {
    func encode(into writer: inout ByteWriter)
    init(from reader: inout ByteReader) throws(ByteCodingError)
}

extension ByteWriter {
    /// Appends the value in its fixed width or its own coding.
    @inlinable public mutating func write(_ value: some ByteCodable) { value.encode(into: &self) }

    /// FNV-1a over what was written: the digest of a state.
    public var digest: UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in storage { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        return hash
    }
}

extension ByteReader {
    /// Reads one value of its fixed width or its own coding.
    @inlinable public mutating func read<T: ByteCodable>(_ type: T.Type = T.self) throws(ByteCodingError) -> T
    {
        try T(from: &self)
    }
}
