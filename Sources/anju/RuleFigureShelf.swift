import Foundation
import GatewayEngine
import GatewayPorts
import Synchronization

/// The rules' figures of the running gate, for whoever reads the metrics.
///
/// Kept for some seconds, so that many readers cost the gate no more than one. When the gate cannot be looked
/// into there is no figure: none is better than an old one.
final class RuleFigureShelf: Sendable {
    /// How long figures are shown again.
    private static let freshness = Duration.seconds(10)
    /// How long one answer may wait for the gate, in seconds.
    private static let patience = 0.25

    private let latest = Mutex<(takenAt: ContinuousClock.Instant, metrics: [Metric])?>(nil)

    /// The metrics, at most ten seconds old.
    func metrics(of gate: CoreGate) -> [Metric] {
        latest.withLock { latest in
            let now = ContinuousClock.now
            if let known = latest, now - known.takenAt < Self.freshness { return known.metrics }
            latest = nil
            let limit = Date(timeIntervalSinceNow: Self.patience)
            guard let metrics = gate.ruleMetrics(before: limit) else { return [] }
            latest = (now, metrics)
            return metrics
        }
    }
}
