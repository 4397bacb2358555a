import DeviceProfiles
import Escalation
import GatewayEngine
import GatewayPorts
import GatewayRuntime
import MQTTLink
import SafetyCore
import SafetyModel
import SiteConfiguration

/// Makes links to the broker for a site.
struct LinkFactory: Sendable {
    let version: String
    let tokens: ResponderTokens
    let figures: LinkFigures

    /// Turns answers into publications on a gateway's topics.
    func answering(_ installation: Installation) -> @Sendable (CommandAnswer, PersonCommand) -> Publication {
        let topics = LinkTopics(gateway: installation.site.gateway)
        return { topics.answer($0, to: $1) }
    }

    /// The same for records of visits.
    func answeringVisits(_ installation: Installation) -> @Sendable (VisitAnswer, VisitRecord) -> Publication
    {
        let topics = LinkTopics(gateway: installation.site.gateway)
        return { topics.answer($0, to: $1) }
    }

    /// Makes a link whose decoder knows the site's topics.
    var making: LinkMaking {
        { installation, siteVersion, recentKeys in
            let link = BrokerLink(
                settings: installation.settings.broker, gateway: installation.site.gateway, version: version,
                siteVersion: siteVersion, reading: Self.reading(installation), recentKeys: recentKeys,
                isAllowed: { tokens.isAllowed($0, $1) })
            return HostedLink(
                link: link,
                adopt: { link.adopt(Self.reading($0), siteVersion: $1) },
                turned: { figures.take(from: link) })
        }
    }

    private static func reading(_ installation: Installation) -> MessageReading {
        MessageDecoder(
            directory: TopicDirectory(profiles: installation.profiles, bindings: installation.bindings),
            payloadLimit: installation.settings.broker.payloadLimit
        ).reading
    }
}
