import Alarming
import Correlation
import Escalation
public import SafetyModel
import Welfare

extension SafetyMachine {
    /// The version of the snapshot's layout; another version is not read.
    public static let snapshotVersion: UInt16 = 9

    /// Bytes that few homes exceed; what is reserved and not written takes no memory.
    private static let roomForHome = 4_096

    /// The whole state as bytes; the site is not in it.
    public func snapshot() -> [UInt8] {
        var writer = ByteWriter()
        writer.reserve(homes.count * Self.roomForHome)
        encode(into: &writer)
        return writer.bytes
    }

    /// A hash of the whole state: equal states have equal digests in every process.
    public var digest: UInt64 {
        var writer = ByteWriter()
        encode(into: &writer)
        return writer.digest
    }

    private func encode(into writer: inout ByteWriter) {
        writer.write(Self.snapshotVersion)
        writer.write(now)
        writer.write(wallOffsetMilliseconds)
        writer.write(hearing)
        writer.write(nextAlarm)
        writer.write(nextIncident)
        writer.writeEach(tallies) { $0.write($1) }
        writer.writeEach(wide) { $0.write($1) }
        writer.write(UInt32(homes.count))
        for index in 0..<homes.count {
            let home = homes[index]
            writer.write(home.perception)
            writer.write(home.register)
            writer.write(home.desk)
            writer.writeOptional(home.welfare) { $0.write($1) }
            writer.write(home.care)
            writer.write(home.suspensions)
        }
        writer.write(visits)
    }

    /// Reads a snapshot that was made with the same site.
    ///
    /// - Throws: `ByteCodingError` when it is damaged, of another version or of another site.
    public init(snapshot: [UInt8], site: CompiledSite) throws(ByteCodingError) {
        var reader = ByteReader(snapshot)
        guard try reader.read(UInt16.self) == Self.snapshotVersion else {
            throw reader.failure("snapshot version \(Self.snapshotVersion)")
        }
        self.init(site: site, at: try reader.readInstant(), homes: HomePages())
        wallOffsetMilliseconds = try reader.read()
        hearing = try reader.read()
        nextAlarm = try reader.read()
        nextIncident = try reader.read()
        tallies = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        wide = try reader.readEach { (reader) throws(ByteCodingError) in try reader.read() }
        guard tallies.count == site.book.rules.count, wide.count == site.scopes.groups.count,
            wide.allSatisfy({ $0.isSound(for: site.book) })
        else { throw reader.failure("the site's rules") }
        guard Int(try reader.read(UInt32.self)) == site.homeCount else {
            throw reader.failure("the site's homes")
        }
        for index in 0..<site.homeCount {
            var home = HomeState(deviceCount: 0, at: now)
            home.perception = try reader.read()
            home.register = try reader.read()
            home.desk = try reader.read()
            home.welfare = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.read() }
            home.care = try reader.read()
            home.suspensions = try reader.read()
            guard home.perception.devices.count == site.deviceRange(index).count,
                home.perception.matches.isSound(for: site.book)
            else {
                throw reader.failure("the devices of home \(index)")
            }
            homes.append(home)
        }
        visits = try reader.read()
        guard visits.entries.allSatisfy({ (1..<site.homeCount).contains(Int($0.home)) }) else {
            throw reader.failure("visits of the site's homes")
        }
        guard reader.isAtEnd else { throw reader.failure("the end") }
        rebuildIndices()
    }

    /// Works out what is derived from the homes.
    mutating func rebuildIndices() {
        holders.removeAll()
        for home in 0..<homes.count {
            for incident in homes[home].desk.incidents {
                holders.append(Holder(incident: incident.id, home: Int32(home)))
            }
        }
        holders.sort { $0.incident < $1.incident }
        refreshDeadlines()
    }
}
