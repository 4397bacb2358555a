import SafetyModel
import Testing

/// Bytes in and out, little endian, and nothing read beyond the end.
struct ByteCodingTests {
    @Test func `what is written is read again`() throws {
        var writer = ByteWriter()
        writer.write(Int64.min)
        writer.write(UInt16(0xABCD))
        writer.write(true)
        writer.write(-0.5)
        writer.write(Float(2.5))
        writer.write("烟雾")
        writer.write([UInt8(1), 2])
        writer.write(Instant(milliseconds: 5))
        writer.write(WallTime(milliseconds: -5))
        writer.write(Duration.seconds(-3))
        writer.writeOptional(Int?.none) { $0.write($1) }
        writer.writeOptional(7) { $0.write($1) }
        writer.writeEach([1, 2, 3]) { $0.write($1) }
        var reader = ByteReader(writer.bytes)
        #expect(try reader.read(Int64.self) == .min)
        #expect(try reader.read(UInt16.self) == 0xABCD)
        #expect(try reader.readBool())
        #expect(try reader.readDouble() == -0.5)
        #expect(try reader.readFloat() == 2.5)
        #expect(try reader.readString() == "烟雾")
        #expect(try reader.readBytes() == [1, 2])
        #expect(try reader.readInstant() == Instant(milliseconds: 5))
        #expect(try reader.readWallTime() == WallTime(milliseconds: -5))
        #expect(try reader.readDuration() == .seconds(-3))
        #expect(
            try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read(Int.self) } == nil)
        #expect(
            try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read(Int.self) } == 7)
        #expect(
            try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Int.self) } == [
                1, 2, 3,
            ])
        #expect(reader.isAtEnd)
    }

    @Test func `numbers are little endian without padding and the digest is FNV-1a`() {
        var writer = ByteWriter()
        writer.write(UInt8(1))
        writer.write(UInt32(2))
        #expect(writer.bytes == [1, 2, 0, 0, 0])
        writer.removeAll()
        #expect(writer.digest == 0xcbf2_9ce4_8422_2325)
        writer.write(UInt8(ascii: "a"))
        #expect(writer.digest == 0xaf63_dc4c_8601_ec8c)
    }

    @Test(arguments: [[], [1], [255, 255, 255, 255], [5, 0, 0, 0, 1]] as [[UInt8]])
    func `a count beyond the end is an error and reserves nothing`(bytes: [UInt8]) {
        var reader = ByteReader(bytes)
        #expect(throws: ByteCodingError.self) { try reader.readString() }
        var other = ByteReader(bytes)
        #expect(throws: ByteCodingError.self) {
            try other.readEach { (reader) throws(ByteCodingError) in try reader.read(UInt64.self) }
        }
    }

    @Test func `an unknown raw value is an error`() {
        var reader = ByteReader([200])
        #expect(throws: ByteCodingError(offset: 1, expected: "Signal")) { try reader.readCase(Signal.self) }
    }

    @Test func `a difference of device times saturates`() {
        let first = WallTime(milliseconds: .min)
        let last = WallTime(milliseconds: .max)
        #expect((last - first).wholeMilliseconds == .max)
        #expect((first - last).wholeMilliseconds == .min)
        #expect(WallTime(milliseconds: 5) - WallTime(milliseconds: 7) == .milliseconds(-2))
    }

    @Test func `each word of the vocabulary finds its signal, key, urgency and role`() {
        #expect(Signal.allCases.allSatisfy { Signal(name: $0.name) == $0 })
        #expect(CallKey.allCases.allSatisfy { CallKey(name: $0.name) == $0 })
        #expect(Urgency.allCases.allSatisfy { Urgency(name: $0.name) == $0 })
        #expect(Role.allCases.allSatisfy { Role(name: $0.name) == $0 })
        #expect(Signal(name: "fog") == nil)
        #expect(Signal.allCases.filter(\.isLifeSafety) == Signal.lifeSafety)
    }

    @Test(
        arguments: [
            (0, 540, 540), (28_800, 540, 60), (-28_800, 540, 1_020), (0, 0, 1_440), (28_800, 1_439, 959),
        ] as [(Int32, Int, Int64)])
    func `the next time of a local minute`(east: Int32, minute: Int, wait: Int64) {
        let calendar = CivilCalendar(offsets: [.init(from: WallTime(milliseconds: 0), secondsFromUTC: east)])
        let midnight = WallTime(milliseconds: 1_767_571_200_000)
        #expect(calendar.untilNext(minuteOfDay: minute, after: midnight) == .minutes(wait))
    }
}
