import Dispatch
import GatewayPorts
import GatewayRuntime
import HTTPInterface
import Logging
import Persistence
import SafetyCore
import SafetyModel
import ServiceLifecycle
import SiteConfiguration

/// What the people at the desk need of the gateway: their record, and the interface with its doors.
struct DeskRoom {
    let record: SQLiteDeskRecord?
    let interface: HTTPInterface?
    private let logger: Logger

    /// Opens the record and builds the interface; what cannot be used is logged, and the homes stay guarded.
    init(
        _ installation: Installation, desk: any CommandDesk, board: any StatusBoard,
        keys: (any AnswerKeys)?, reply: @escaping @Sendable (String, String) async -> String?,
        clock: GatewayClock, logger: Logger
    ) {
        self.logger = logger
        guard let settings = installation.settings.http else {
            record = nil
            interface = nil
            return
        }
        record = Self.open(besides: installation.settings.store.path, logger: logger)
        var doors = HTTPDoors(desk: desk, board: board)
        doors.record = record
        doors.keys = keys
        doors.reply = reply
        doors.users = installation.settings.users
        doors.gateway = installation.site.gateway
        doors.language = installation.settings.language
        doors.now = { WallTime(milliseconds: clock.now.milliseconds + clock.wallOffset.wholeMilliseconds) }
        do {
            interface = try HTTPInterface(settings: settings, doors: doors, logger: logger)
        } catch {
            logger.error("The HTTP interface cannot be used.", metadata: ["error": "\(error.text)"])
            interface = nil
        }
    }

    var services: [any Service] {
        var services: [any Service] = []
        if let interface { services.append(interface) }
        if let record { services.append(AuditHeadService(record: record, logger: logger)) }
        return services
    }

    /// Takes in who may sign in now, and a renewed certificate.
    @Sendable func reload(_ installation: Installation) {
        interface?.reload(users: installation.settings.users)
    }

    private static func open(besides store: String, logger: Logger) -> SQLiteDeskRecord? {
        do {
            return try SQLiteDeskRecord(besides: store)
        } catch {
            logger.error(
                "The desk's record cannot be used; acts are not audited.",
                metadata: ["error": "\(error.text)"])
            return nil
        }
    }
}

/// Says the newest number and hash of the audit in the log, at the start and every day: whoever keeps the log
/// elsewhere can show later that nothing before was changed.
struct AuditHeadService: Service {
    let record: SQLiteDeskRecord
    let logger: Logger

    private static let interval = Duration.seconds(86_400)

    func run() async throws {
        let queue = DispatchQueue(label: "anju.audit.head")
        try? await cancelWhenGracefulShutdown {
            while true {
                queue.async { [record, logger] in Self.say(record, logger) }
                try await Task.sleep(for: Self.interval)
            }
        }
    }

    private static func say(_ record: SQLiteDeskRecord, _ logger: Logger) {
        guard let head = try? record.head() else { return }
        logger.notice("The audit stands here.", metadata: ["audit.head": "\(head.number):\(head.hash)"])
    }
}
