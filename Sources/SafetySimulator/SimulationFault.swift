/// What may come into a simulation beside ordinary life; each seed switches a random subset on.
public enum SimulationFault: String, CaseIterable, Sendable {
    /// Messages between a device and the broker are lost.
    case loss
    /// A device's message is published twice.
    case duplicate
    /// A message overtakes others.
    case reorder
    /// A message arrives much later.
    case delay
    /// The way to the broker is down for a while.
    case outage
    /// The broker starts again and has forgotten the session.
    case brokerLoss
    /// A bridge starts again and repeats its cache.
    case bridgeReplay
    /// The gateway's process ends at some point of a batch.
    case crash
    /// It ends several times in a row, at each start.
    case crashLoop
    /// Nothing can be stored for a while.
    case fullDisk
    /// A commit does not come back in time.
    case hangingCommit
    /// Snapshots are taken, some cannot be written, old inputs are dropped.
    case snapshots
    /// The wall clock jumps.
    case clockJump
    /// A channel fails, rejects or never reports.
    case deadChannel
    /// Nobody answers.
    case absence
    /// Other files come into force.
    case reload
    /// An input crashes the gateway until it is set aside.
    case poison
    /// People at the desk act on homes and incidents.
    case desk

    /// How often a seed switches it on, in a hundred.
    var percent: Int { self == .desk ? 60 : 40 }
}
