import Escalation
import SafetyModel

/// One thing that happens in a simulation; a story is a list of them, and a shorter list is a story too.
public struct SimulationAct: Hashable, Sendable {
    /// When, in milliseconds after the start.
    public var at: Int64
    /// What.
    var kind: Kind

    enum Kind: Hashable, Sendable {
        /// A device of a home publishes one message.
        case says(home: String, device: String, words: [Observation], deviceTime: Bool)
        /// A bridge starts again: it says so (or not goodbye), then repeats what it remembers.
        case bridgeRestarts(home: String, saysGoodbye: Bool)
        case link(isUp: Bool)
        case brokerForgets
        case crash(SimulatedCrash)
        /// The next starts end in a crash too, so many of them.
        case crashLoop(Int)
        case disk(isFull: Bool)
        case hang(milliseconds: Int64, thenFails: Bool)
        case snapshot(succeeds: Bool)
        case prune
        case wallJump(milliseconds: Int64)
        case channel(String, SimulatedManner)
        case people(arePresent: Bool)
        case reload(variant: Int, isOvertaken: Bool)
        /// From now on what this device says crashes the gateway.
        case poison(home: String, device: String)
        /// Somebody at a desk acts on a home.
        case desk(home: String, by: String, act: DeskCommand.Act)
        /// Somebody at a desk acts on one of the incidents that are open then.
        case attends(pick: Int, by: String, act: PersonCommand.Act)
        /// Somebody tells at a desk of a visit.
        case visits(home: String, by: String, way: VisitWay, result: VisitResult)
    }

    /// The home that it is about; nil when it concerns all.
    var home: String? {
        switch kind {
        case .says(let home, _, _, _), .bridgeRestarts(let home, _), .poison(let home, _),
            .desk(let home, _, _), .visits(let home, _, _, _):
            home
        default: nil
        }
    }

    /// The fault that it belongs to; nil for ordinary life.
    var fault: SimulationFault? {
        switch kind {
        case .says: nil
        case .bridgeRestarts: .bridgeReplay
        case .link: .outage
        case .brokerForgets: .brokerLoss
        case .crash: .crash
        case .crashLoop: .crashLoop
        case .disk: .fullDisk
        case .hang: .hangingCommit
        case .snapshot, .prune: .snapshots
        case .wallJump: .clockJump
        case .channel: .deadChannel
        case .people: .absence
        case .reload: .reload
        case .poison: .poison
        case .desk, .attends, .visits: .desk
        }
    }
}

/// At which point the process ends.
enum SimulatedCrash: String, CaseIterable, Hashable, Sendable {
    /// Between two batches.
    case idle
    /// In the next commit; the disk has nothing of it.
    case tornAndLost
    /// In the next commit; the disk has it, nobody was told.
    case tornAndKept
    /// After the next release, before the broker gets its receipts.
    case beforeReceipt
    /// While the next snapshot is written.
    case inSnapshot
    /// While the next site comes into force: stored, not in force yet.
    case inReload
}

/// How a channel treats orders.
enum SimulatedManner: String, CaseIterable, Hashable, Sendable { case works, fails, rejects, hangs }

extension SimulationAct: CustomStringConvertible {
    /// As it stands in the list of a shrunk story.
    public var description: String { "\(SimulationTime.text(at))  \(words)" }

    private var words: String {
        switch kind {
        case .says(let home, let device, let words, let hasTime):
            let said = words.map { "\($0.signal.name) \(Self.text($0.reading))" }.joined(separator: ", ")
            return "\(home)/\(device) says \(said)\(hasTime ? ", with its time" : "")"
        case .bridgeRestarts(let home, let goodbye):
            return "the bridge of \(home) restarts\(goodbye ? "" : " without a goodbye")"
        case .link(let isUp): return "the way to the broker is \(isUp ? "up" : "down")"
        case .brokerForgets: return "the broker restarts without its sessions"
        case .crash(let moment): return "the gateway crashes: \(moment.rawValue)"
        case .crashLoop(let count): return "the next \(count) starts crash"
        case .disk(let isFull): return isFull ? "the disk is full" : "the disk has room"
        case .hang(let length, let fails):
            return "the next commit hangs for \(length) ms\(fails ? " and fails" : "")"
        case .snapshot(let succeeds): return "a snapshot\(succeeds ? "" : ", which cannot be written")"
        case .prune: return "old inputs are dropped"
        case .wallJump(let length): return "the wall clock jumps by \(length) ms"
        case .channel(let name, let manner): return "channel \(name) \(manner.rawValue)"
        case .people(let arePresent): return arePresent ? "people answer" : "nobody answers"
        case .reload(let variant, let isOvertaken):
            return "files \(variant) come into force\(isOvertaken ? ", overtaking a batch" : "")"
        case .poison(let home, let device): return "what \(home)/\(device) says crashes the gateway"
        case .desk(let home, let by, let act): return "\(by) at the desk, \(home): \(Self.text(act))"
        case .attends(let pick, let by, let act):
            return "\(by) at the desk, open incident \(pick): \(act.name)"
        case .visits(let home, let by, let way, let result):
            return "\(by) tells of a visit to \(home), \(way.name): \(result.name)"
        }
    }

    private static func text(_ act: DeskCommand.Act) -> String {
        switch act {
        case .openIncident(let kind, _): "opens \(kind.name)"
        case .shelve(let kind, let length, _): "shelves \(kind.name) for \(length.wholeMilliseconds) ms"
        case .unshelve(let kind): "unshelves \(kind.name)"
        case .startWalkTest(let length): "starts a walk test of \(length.wholeMilliseconds) ms"
        case .endWalkTest: "ends the walk test"
        }
    }

    private static func text(_ reading: Reading) -> String {
        switch reading {
        case .flag(let flag): flag ? "on" : "off"
        case .number(let number): "\(number)"
        case .pair(let first, let second): "\(first)/\(second)"
        case .key(let key): key.name
        }
    }
}

/// Times of a simulation as text.
enum SimulationTime {
    /// Minutes, seconds and milliseconds after the start: `12:03.250`.
    static func text(_ milliseconds: Int64) -> String {
        let (minutes, rest) = (milliseconds / 60_000, milliseconds % 60_000)
        return "\(minutes):\(padded(rest / 1_000, 2)).\(padded(rest % 1_000, 3))"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
