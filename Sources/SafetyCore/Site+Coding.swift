import Correlation
import Escalation
public import SafetyModel

extension Site: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(gateway)
        writer.write(community)
        writer.writeEach(rules) { $0.write($1) }
        writer.writeEach(plans) { $0.write($1) }
        writer.write(calendar)
        writer.write(settings)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            gateway: try reader.readString(), community: try reader.read(),
            rules: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Rule.self) },
            plans: try reader.readEach { (reader) throws(ByteCodingError) in
                try reader.read(EscalationPlan.self)
            },
            calendar: try reader.read(), settings: try reader.read())
    }
}

extension CoreSettings: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(raiseAgainAfter)
        writer.write(silenceCeiling)
        writer.write(deliveryPatience)
        writer.write(Int32(triesPerChannel))
        writer.write(bridgePatience)
        writer.write(linkPatience)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init()
        raiseAgainAfter = try reader.readDuration()
        silenceCeiling = try reader.readDuration()
        deliveryPatience = try reader.readDuration()
        triesPerChannel = Int(try reader.read(Int32.self))
        bridgePatience = try reader.readDuration()
        linkPatience = try reader.readDuration()
    }
}
