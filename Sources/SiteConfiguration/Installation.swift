public import DeviceProfiles
public import SafetyCore
public import SafetyModel

/// Everything the files say, validated: what a gateway needs to be armed, without a file or a position.
///
/// It is stored in the database as bytes, so that a start never has to parse YAML.
public struct Installation: Sendable {
    /// What is guarded, and how.
    public var site: Site
    /// How the gateway meets the world.
    public var settings: GatewaySettings
    /// The shipped profiles and those of the files.
    public var profiles: [DeviceProfile]
    /// The topics of every device, in the order of `site.community.devices`.
    public var bindings: [TopicBinding]
    /// A hash over the names and bytes of all files: equal files give an equal hash.
    public var fileHash: UInt64

    /// Puts the parts together; `load` makes and checks them.
    public init(
        site: Site, settings: GatewaySettings, profiles: [DeviceProfile], bindings: [TopicBinding],
        fileHash: UInt64
    ) {
        self.site = site
        self.settings = settings
        self.profiles = profiles
        self.bindings = bindings
        self.fileHash = fileHash
    }
}

/// What came of reading the files.
public struct LoadResult: Sendable {
    /// The installation; nil when a diagnostic is an error.
    public var installation: Installation?
    /// All problems of all files, in the order of their places.
    public var diagnostics: [Diagnostic]
    /// Whether the main file itself could not be read.
    public var isUnreadable = false
    /// What the files describe, also when they have errors.
    public var summary = Summary()

    /// How much the files describe.
    public struct Summary: Hashable, Sendable {
        /// Files read, shipped profiles left out.
        public var files = 0
        /// Homes, the gateway's own place left out.
        public var homes = 0
        /// Devices, bridges that were added included.
        public var devices = 0
        /// People and stations.
        public var responders = 0
        /// Escalation plans.
        public var plans = 0
        /// Rules of the files; the compiled-in life-safety rules come on top.
        public var rules = 0
        /// Device profiles, the shipped ones included.
        public var profiles = 0
        /// Nothing yet.
        public init() {}
    }

    /// How many of the diagnostics are errors.
    public var errorCount: Int { diagnostics.count { $0.severity == .error } }
}
