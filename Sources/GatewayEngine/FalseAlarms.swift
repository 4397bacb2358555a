import Escalation
import GatewayPorts
import SafetyModel

/// How many closed incidents were false, and whose.
///
/// Only what a person called false counts as false; tests and technical causes are other dispositions.
struct FalseAlarms {
    let closed: [IncidentRecord]

    init(_ records: [IncidentRecord]) { closed = records.filter { $0.closedAt != nil } }

    /// Counts of one rule, one device or all.
    struct Tally {
        var closed = 0
        var falseAlarms = 0
        var share: Double { falseAlarms.share(of: closed) }

        mutating func add(_ incident: IncidentRecord) {
            closed += 1
            if incident.isFalse { falseAlarms += 1 }
        }

        func write(into json: inout JSONText) {
            json.key("closed")
            json.value(closed)
            json.key("false")
            json.value(falseAlarms)
            json.key("share")
            json.value(share)
        }
    }

    /// A device of a home.
    struct DeviceKey: Hashable {
        var home: String
        var device: String
    }

    /// By rule; an incident counts once for each rule that raised an alarm of it.
    var byRule: [(rule: String, tally: Tally)] {
        var tallies: [String: Tally] = [:]
        for incident in closed {
            for rule in Set(incident.facts.causes.map(\.rule)) {
                tallies[rule, default: Tally()].add(incident)
            }
        }
        return tallies.map { (rule: $0.key, tally: $0.value) }
            .sorted { ($1.tally.falseAlarms, $0.rule) < ($0.tally.falseAlarms, $1.rule) }
    }

    /// By device, those with the most false alarms first.
    var byDevice: [(key: DeviceKey, tally: Tally)] {
        var tallies: [DeviceKey: Tally] = [:]
        for incident in closed {
            for device in Set(incident.facts.causes.map(\.device)) where !device.isEmpty {
                tallies[DeviceKey(home: incident.home, device: device), default: Tally()].add(incident)
            }
        }
        let sorted = tallies.map { (key: $0.key, tally: $0.value) }.sorted {
            ($1.tally.falseAlarms, $0.key.home, $0.key.device)
                < ($0.tally.falseAlarms, $1.key.home, $1.key.device)
        }
        return Array(sorted.prefix(Self.deviceLimit))
    }

    /// The most devices that the report names.
    static let deviceLimit = 1_000

    func write(into json: inout JSONText) {
        var all = Tally()
        for incident in closed { all.add(incident) }
        all.write(into: &json)
        json.key("byRule")
        json.array { json in
            for entry in byRule {
                json.object { json in
                    json.key("rule")
                    json.value(entry.rule)
                    entry.tally.write(into: &json)
                }
            }
        }
        json.key("byDevice")
        json.array { json in
            for entry in byDevice {
                json.object { json in
                    json.key("home")
                    json.value(entry.key.home)
                    json.key("device")
                    json.value(entry.key.device)
                    entry.tally.write(into: &json)
                }
            }
        }
        json.key("byDisposition")
        json.array { json in
            for disposition in Disposition.allCases {
                json.object { json in
                    json.key("disposition")
                    json.value(disposition.name)
                    json.key("count")
                    json.value(closed.count { $0.facts.disposition == disposition.name })
                }
            }
        }
    }

    func write(into csv: inout CSVText) {
        csv.row(titles: "group", "home", "name", "closed", "false", "share")
        for entry in byRule {
            csv.row([.text("rule"), .none, .text(entry.rule)] + entry.tally.cells)
        }
        for entry in byDevice {
            csv.row([.text("device"), .text(entry.key.home), .text(entry.key.device)] + entry.tally.cells)
        }
    }
}

extension FalseAlarms.Tally {
    fileprivate var cells: [CSVText.Cell] {
        [.number(Double(closed)), .number(Double(falseAlarms)), .number(share)]
    }
}

extension IncidentRecord {
    fileprivate var isFalse: Bool { facts.disposition == Disposition.falseAlarm.name }
}
