import GatewayPorts

/// Records that wait for the disk, in commit order and bounded: telemetry is dropped first, oldest first.
///
/// Every operation costs the same however much waits, because submitters wait for it.
struct WaitingRing {
    /// Records by age; nil where one was written or dropped.
    private var slots: [Waiting?] = []
    /// Before it nothing waits.
    private var head = 0
    /// Before it no telemetry waits.
    private var telemetryHead = 0
    /// What the records that wait cost in memory.
    private(set) var bytes = 0
    /// How many records wait.
    private(set) var count = 0

    private struct Waiting {
        var record: JournalBatch
        /// Whether it only says what devices said and changed no incident.
        var isTelemetry: Bool

        var cost: Int {
            record.incidents.reduce(WaitingRing.recordCost + record.inputs.count) {
                $0 + WaitingRing.recordCost + $1.document.count
            }
        }
    }

    /// What a record costs beside its bytes: its place here and the heads of its arrays.
    static let recordCost = 160

    var isEmpty: Bool { count == 0 }

    /// The oldest records, at most `limit`.
    func first(_ limit: Int) -> [JournalBatch] {
        var found: [JournalBatch] = []
        var place = head
        while found.count < limit && place < slots.count {
            if let waiting = slots[place] { found.append(waiting.record) }
            place += 1
        }
        return found
    }

    mutating func append(_ record: JournalBatch, isTelemetry: Bool) {
        let waiting = Waiting(record: record, isTelemetry: isTelemetry)
        bytes += waiting.cost
        count += 1
        slots.append(waiting)
    }

    /// Drops the oldest telemetry, or the oldest record where there is no telemetry; nil when nothing waits.
    mutating func shed() -> JournalBatch? {
        telemetryHead = max(telemetryHead, head)
        while telemetryHead < slots.count, slots[telemetryHead]?.isTelemetry != true { telemetryHead += 1 }
        if telemetryHead < slots.count { return take(telemetryHead) }
        while head < slots.count {
            if slots[head] != nil { return take(head) }
            head += 1
        }
        return nil
    }

    /// Forgets records that are on disk now.
    mutating func forget(upTo sequence: Int64) {
        while head < slots.count {
            if let waiting = slots[head] {
                guard waiting.record.sequence <= sequence else { break }
                _ = take(head)
            }
            head += 1
        }
        guard head > 1_024, head * 2 > slots.count else { return }
        slots.removeFirst(head)
        telemetryHead = max(0, telemetryHead - head)
        head = 0
    }

    private mutating func take(_ place: Int) -> JournalBatch? {
        guard let waiting = slots[place] else { return nil }
        slots[place] = nil
        bytes -= waiting.cost
        count -= 1
        return waiting.record
    }
}
