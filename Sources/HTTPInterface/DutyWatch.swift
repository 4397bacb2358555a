import GatewayPorts
import SafetyModel
import Synchronization

/// The duty checks that wait for their answer, so that a missed one is told in the moment in which it is.
///
/// The record keeps the checks; this only remembers which of them have not been told as missed.
final class DutyWatch: Sendable {
    private let open = Mutex<[DutyCheck]>([])

    /// Checks that are watched; above it the oldest is told when somebody reads the list.
    static let watchedLimit = 256

    /// Begins to watch a check that waits for its answer.
    func add(_ check: DutyCheck) {
        open.withLock { open in
            guard check.answeredAt == nil, !open.contains(where: { $0.number == check.number }) else {
                return
            }
            if open.count >= Self.watchedLimit { open.removeFirst() }
            open.append(check)
        }
    }

    /// A check was answered.
    func remove(_ number: Int64) { open.withLock { $0.removeAll { $0.number == number } } }

    /// The checks whose time is over, oldest first; each is handed out once.
    func missed(at now: WallTime) -> [DutyCheck] {
        open.withLock { open in
            let missed = open.filter { $0.state(at: now) == .missed }
            if !missed.isEmpty { open.removeAll { $0.state(at: now) == .missed } }
            return missed
        }
    }
}

extension NoteCounter {
    /// Tells everybody who listens of each duty check that nobody answered in time, until it is cancelled.
    ///
    /// Checks that were asked before a restart are watched too; what was missed while the gateway did not run
    /// stands in the list, and nobody was listening.
    func watchDuty() async {
        await expectOpenChecks()
        while !Task.isCancelled {
            let time = now()
            for check in watch.missed(at: time) {
                events.publish("duty", DeskDocument.bytes(check, at: time))
            }
            try? await Task.sleep(for: limits.dutyWatchInterval)
        }
    }

    private func expectOpenChecks() async {
        while record != nil, !Task.isCancelled {
            if let checks = try? await checks() {
                let time = now()
                for check in checks.reversed() where check.state(at: time) == .open { watch.add(check) }
                return
            }
            // A disk that is away now may be back soon.
            try? await Task.sleep(for: limits.dutyWatchInterval)
        }
    }
}
