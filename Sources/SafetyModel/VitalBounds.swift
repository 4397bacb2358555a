/// Between which figures a vital sign of one person is as usual, both of them included.
///
/// They stand in place of a rule's numbers where the rule asks for it; a side that is left out leaves the
/// rule's number.
public struct VitalBounds: Hashable, Sendable {
    /// The vital sign, in its unit of the vocabulary: bpm, %, degC.
    public var signal: Signal
    /// What lies below it is out of bounds; nil where the rule's number holds.
    public var lowest: Double?
    /// What lies above it is out of bounds; nil where the rule's number holds.
    public var highest: Double?

    /// Makes one from its parts.
    public init(_ signal: Signal, lowest: Double? = nil, highest: Double? = nil) {
        self.signal = signal
        self.lowest = lowest
        self.highest = highest
    }
}

extension Home {
    /// The bounds of whoever wears a device of this home; empty where nobody has his own.
    ///
    /// The only resident wears everything; of several the device must say who does.
    public func bounds(of device: Device) -> [VitalBounds] {
        let wearer = residents.count == 1 ? 0 : device.wearer.map { Int($0) }
        guard let wearer, residents.indices.contains(wearer) else { return [] }
        return residents[wearer].bounds
    }
}

extension VitalBounds: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(signal.rawValue)
        writer.writeOptional(lowest) { $0.write($1) }
        writer.writeOptional(highest) { $0.write($1) }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            try reader.readCase(),
            lowest: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readDouble() },
            highest: try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readDouble() })
    }
}
