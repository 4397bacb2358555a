import GatewayPorts
import SafetyModel

/// `GatewayHealth` in JSON.
struct HealthDocument: Encodable {
    let isHealthy: Bool
    let isLinkUp: Bool
    let isStoreAvailable: Bool
    let isSiteCurrent: Bool
    let version: String
    let openIncidents: Int
    let troubles: [String]
    let now: String?
    let link: Link?
    let blind: [Blindness]?

    /// How the way to the broker stands: lost or not yet found is another trouble than refused.
    struct Link: Encodable {
        let state: String
        /// Since when nothing is heard; nil while it is up.
        let since: String?
        /// How the last try ended; empty while it is up.
        let reason: String
        /// The broker's reason code, where it refused.
        let code: Int?

        enum CodingKeys: CodingKey { case state, since, reason, code }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(state, forKey: .state)
            try container.encode(since, forKey: .since)
            try container.encode(reason, forKey: .reason)
            try container.encode(code, forKey: .code)
        }
    }

    /// Something that cannot be seen now.
    struct Blindness: Encodable {
        /// Since when; nil only in the first moment of a start.
        let since: String?
        let what: String

        enum CodingKeys: CodingKey { case since, what }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(since, forKey: .since)
            try container.encode(what, forKey: .what)
        }
    }

    /// - Parameter now: nil for those who have not signed in: they read neither times nor the broker's name.
    init(_ health: GatewayHealth, now: WallTime? = nil) {
        isHealthy = health.isHealthy
        isLinkUp = health.isLinkUp
        isStoreAvailable = health.isStoreAvailable
        isSiteCurrent = health.isSiteCurrent
        version = health.version
        openIncidents = health.openIncidents
        troubles = health.troubles
        self.now = now?.rfc3339
        guard now != nil else {
            (link, blind) = (nil, nil)
            return
        }
        let deafSince = health.deafSince?.rfc3339
        link = Link(
            state: health.link.state.rawValue, since: deafSince, reason: health.link.reason,
            code: health.link.code)
        var blind: [Blindness] = []
        if !health.isLinkUp { blind.append(Blindness(since: deafSince, what: "broker")) }
        if !health.isStoreAvailable {
            blind.append(Blindness(since: health.unstoredSince?.rfc3339, what: "store"))
        }
        self.blind = blind
    }
}
