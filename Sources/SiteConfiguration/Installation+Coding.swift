import DeviceProfiles
import SafetyCore
public import SafetyModel

extension Installation: ByteCodable {
    /// The version of the layout; a stored installation of another version is compiled from the files again.
    public static let codingVersion: UInt32 = 9

    /// Writes its parts in the order in which they are read.
    public func encode(into writer: inout ByteWriter) {
        writer.write(Self.codingVersion)
        writer.write(site)
        writer.write(settings)
        writer.writeEach(profiles) { $0.write($1) }
        writer.write(UInt32(bindings.count))
        var lastTopic = ""
        for binding in bindings {
            writer.write(binding.device.value)
            writer.writeOptional(binding.base == lastTopic ? nil : binding.base) { $0.write($1) }
            lastTopic = binding.base
            writer.write(binding.name)
            writer.write(binding.profile)
        }
        writer.write(fileHash)
    }

    /// Reads what `encode` wrote; damaged bytes are an error, never a trap.
    public init(from reader: inout ByteReader) throws(ByteCodingError) {
        guard try reader.read(UInt32.self) == Self.codingVersion else {
            throw reader.failure("an installation of version \(Self.codingVersion)")
        }
        let site = try reader.read(Site.self)
        let settings = try reader.read(GatewaySettings.self)
        let profiles = try reader.readEach { (reader) throws(ByteCodingError) in
            try reader.read(DeviceProfile.self)
        }
        let devices = site.community.devices
        var lastTopic = ""
        let bindings = try reader.readEach { (reader) throws(ByteCodingError) -> TopicBinding in
            let device = Int(try reader.read(Int32.self))
            let topic = try reader.readOptional { (reader) throws(ByteCodingError) in try reader.readString()
            }
            lastTopic = topic ?? lastTopic
            let name = try reader.readString()
            let profile = try reader.read(Int32.self)
            guard devices.indices.contains(device), profiles.indices.contains(Int(profile)) else {
                throw reader.failure("a binding's indices in range")
            }
            // Most devices are called in topics as they are called here: share that text.
            let shared = devices[device].id == name ? devices[device].id : name
            return TopicBinding(device: DeviceIndex(device), base: lastTopic, name: shared, profile: profile)
        }
        self.init(
            site: site, settings: settings, profiles: profiles, bindings: bindings,
            fileHash: try reader.read(UInt64.self))
    }
}
