import GatewayPorts
import SafetyModel

/// How many alarms people had to look at, against ISA-18.2 and EEMUA 191.
///
/// Troubles that go to technicians as a digest are not put before an operator and are left out.
struct OperatorLoad {
    /// When each alarm was raised, in milliseconds of wall time, ascending.
    let times: [Int64]
    let from: Int64
    let to: Int64

    /// Alarms an hour that one person can handle over a long time.
    static let hourLimit = 6
    /// Alarms an hour that one person can handle at most.
    static let hourMaximum = 12
    /// More alarms than these in ten minutes are a flood.
    static let floodLimit = 10
    /// Hours without alarms are listed up to so many hours in all.
    static let quietHourLimit = 2_400

    private static let hour: Int64 = 3_600_000
    private static let tenMinutes: Int64 = 600_000

    init(_ records: [IncidentRecord], from: WallTime, to: WallTime, wallOffset: Int64) {
        self.from = from.milliseconds
        self.to = to.milliseconds
        times = records.filter { $0.urgency != Urgency.technical.name }
            .flatMap { $0.facts.causes.map { $0.at.milliseconds + wallOffset } }
            .filter { from.milliseconds <= $0 && $0 < to.milliseconds }.sorted()
    }

    var alarmsPerHour: Double {
        to > from ? Double(times.count) * Double(Self.hour) / Double(to - from) : 0
    }

    /// The most alarms in any ten minutes.
    var peak: Int {
        var most = 0
        var first = 0
        for last in times.indices {
            while times[last] - times[first] >= Self.tenMinutes { first += 1 }
            most = max(most, last - first + 1)
        }
        return most
    }

    /// Minutes in ten-minute stretches that had a flood.
    var floodMinutes: Int {
        var counts: [Int64: Int] = [:]
        for time in times { counts[(time - from) / Self.tenMinutes, default: 0] += 1 }
        return counts.values.count { $0 > Self.floodLimit } * 10
    }

    /// Alarms of each hour of the clock in UTC.
    var byHour: [(at: WallTime, count: Int)] {
        var counts: [Int64: Int] = [:]
        for time in times { counts[Self.floor(time), default: 0] += 1 }
        let first = Self.floor(from)
        let hours = to > from ? (to - first + Self.hour - 1) / Self.hour : 0
        let keys =
            hours <= Self.quietHourLimit ? (0..<hours).map { first + $0 * Self.hour } : counts.keys.sorted()
        return keys.map { (at: WallTime(milliseconds: $0), count: counts[$0] ?? 0) }
    }

    private static func floor(_ time: Int64) -> Int64 { time - ((time % hour) + hour) % hour }

    func write(into json: inout JSONText) {
        json.key("alarmsPerHour")
        json.value(alarmsPerHour)
        json.key("peak10min")
        json.value(peak)
        json.key("floodMinutes")
        json.value(floodMinutes)
        json.key("byHour")
        json.array { json in
            for entry in byHour {
                json.object { json in
                    json.key("at")
                    json.value(entry.at)
                    json.key("count")
                    json.value(entry.count)
                }
            }
        }
        json.key("limitPerHour")
        json.value(Self.hourLimit)
        json.key("maximumPerHour")
        json.value(Self.hourMaximum)
        json.key("floodPer10min")
        json.value(Self.floodLimit)
    }

    func write(into csv: inout CSVText) {
        csv.row(titles: "hour", "alarms")
        for entry in byHour { csv.row([.text(entry.at.rfc3339), .number(Double(entry.count))]) }
    }
}
