import Correlation
import Escalation
public import SafetyModel
import Welfare

extension Site: ByteCodable {
    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(gateway)
        writer.write(community)
        writer.writeEach(rules) { $0.write($1) }
        writer.writeEach(plans) { $0.write($1) }
        writer.write(calendar)
        writer.write(settings)
        encodeWelfare(into: &writer)
        writer.write(visitCalendar)
        writer.writeEach(groups) { $0.write($1) }
        writer.writeEach(rosters) { $0.write($1) }
    }

    /// Most homes have one of a few plans, which stand once in a table.
    private func encodeWelfare(into writer: inout ByteWriter) {
        var plans: [WelfarePlan] = []
        var known: [WelfarePlan: Int32] = [:]
        let numbers = welfare.map { plan -> Int32 in
            guard let plan else { return -1 }
            if let number = known[plan] { return number }
            let number = Int32(plans.count)
            known[plan] = number
            plans.append(plan)
            return number
        }
        writer.writeEach(plans) { $0.write($1) }
        writer.writeEach(numbers) { $0.write($1) }
    }

    private static func welfare(from reader: inout ByteReader) throws(ByteCodingError) -> [WelfarePlan?] {
        let plans = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(WelfarePlan.self)
        }
        return try reader.readEach { (reader) throws(ByteCodingError) -> WelfarePlan? in
            let number = Int(try reader.read(Int32.self))
            guard number < plans.count else { throw reader.failure("a welfare plan in range") }
            return number < 0 ? nil : plans[number]
        }
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        self.init(
            gateway: try reader.readString(), community: try reader.read(),
            rules: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read(Rule.self) },
            plans: try reader.readEach { (reader) throws(ByteCodingError) in
                try reader.read(EscalationPlan.self)
            },
            calendar: try reader.read(), settings: try reader.read(),
            welfare: try Self.welfare(from: &reader), visitCalendar: try reader.read(),
            groups: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() },
            rosters: try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() })
        guard welfare.isEmpty || welfare.count == community.homes.count else {
            throw reader.failure("a welfare plan for each home")
        }
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
