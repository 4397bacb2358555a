import GatewayPorts
import SafetyModel

/// How soon people answered and arrived (TSA quality standards: 97.5 % within 60 s, 99 % within 180 s).
///
/// Troubles that wait for a digest are no calls and are left out. An incident that nobody has answered counts
/// as one that was not answered in time.
struct AnswerTimes {
    let incidents: [IncidentRecord]

    /// Answered within this is in time.
    static let firstLimit = Duration.seconds(60)
    /// Answered within this is late, but still counted by the standards.
    static let secondLimit = Duration.seconds(180)

    init(_ records: [IncidentRecord]) {
        incidents = records.filter { $0.urgency != Urgency.technical.name }
    }

    private static let steps: [(label: String, seconds: Int64)] = [
        ("0-15 s", 15), ("15-30 s", 30), ("30-60 s", 60), ("60-180 s", 180), ("3-10 min", 600),
    ]

    func write(into json: inout JSONText, day: (Instant) -> String) {
        let all = Figures(incidents)
        json.key("incidents")
        json.value(incidents.count)
        json.key("answered")
        json.value(all.answers.count)
        all.writeShares(into: &json)
        json.key("median")
        json.value(optional: all.answers.quantile(0.5))
        json.key("p90")
        json.value(optional: all.answers.quantile(0.9))
        json.key("onSceneMedian")
        json.value(optional: all.arrivals.quantile(0.5))
        writeBuckets(all.answers, into: &json)
        json.key("byUrgency")
        json.array { json in
            for urgency in Urgency.allCases {
                let figures = Figures(incidents.filter { $0.urgency == urgency.name })
                if figures.count > 0 { json.object { figures.write(urgency: urgency, into: &$0) } }
            }
        }
        json.key("byDay")
        json.array { json in
            let days = Dictionary(grouping: incidents) { day($0.openedAt) }
            for (day, incidents) in days.sorted(by: { $0.key < $1.key }) {
                let figures = Figures(incidents)
                json.object { json in
                    json.key("day")
                    json.value(day)
                    json.key("count")
                    json.value(figures.count)
                    json.key("shareWithin60")
                    json.value(figures.share(within: Self.firstLimit))
                }
            }
        }
    }

    private func writeBuckets(_ answers: [Double], into json: inout JSONText) {
        json.key("buckets")
        json.array { json in
            func write(_ label: String, _ upTo: Int64?, _ count: Int) {
                json.object { json in
                    json.key("label")
                    json.value(label)
                    json.key("upToSeconds")
                    if let upTo { json.value(upTo) } else { json.null() }
                    json.key("count")
                    json.value(count)
                }
            }
            var from = -1.0
            for step in Self.steps {
                write(step.label, step.seconds, answers.count { $0 > from && $0 <= Double(step.seconds) })
                from = Double(step.seconds)
            }
            write("later", nil, answers.count { $0 > from })
            write("unanswered", nil, incidents.count - answers.count)
        }
    }

    /// Counts over some incidents, in seconds after opening, ascending.
    struct Figures {
        var count: Int
        var answers: [Double]
        var arrivals: [Double]

        init(_ incidents: [IncidentRecord]) {
            count = incidents.count
            answers = incidents.compactMap { $0.seconds(to: $0.facts.answeredAt) }.sorted()
            arrivals = incidents.compactMap { $0.seconds(to: $0.facts.onSceneAt) }.sorted()
        }

        func within(_ limit: Duration) -> Int {
            answers.count { $0 <= Double(limit.wholeMilliseconds) / 1_000 }
        }

        func share(within limit: Duration) -> Double { within(limit).share(of: count) }

        func writeShares(into json: inout JSONText) {
            json.key("within60")
            json.value(within(AnswerTimes.firstLimit))
            json.key("within180")
            json.value(within(AnswerTimes.secondLimit))
            json.key("shareWithin60")
            json.value(share(within: AnswerTimes.firstLimit))
            json.key("shareWithin180")
            json.value(share(within: AnswerTimes.secondLimit))
        }

        func write(urgency: Urgency, into json: inout JSONText) {
            json.key("urgency")
            json.value(urgency.name)
            json.key("count")
            json.value(count)
            json.key("within60")
            json.value(within(AnswerTimes.firstLimit))
            json.key("within180")
            json.value(within(AnswerTimes.secondLimit))
            json.key("medianSeconds")
            json.value(optional: answers.quantile(0.5))
            json.key("onSceneMedianSeconds")
            json.value(optional: arrivals.quantile(0.5))
        }
    }
}

extension IncidentRecord {
    /// Seconds from opening to a moment.
    func seconds(to moment: Instant?) -> Double? {
        moment.map { max(0, Double(($0 - openedAt).wholeMilliseconds) / 1_000) }
    }
}

extension [Double] {
    /// The value that this share of the values, which ascend, does not exceed; nil of none.
    func quantile(_ share: Double) -> Double? {
        guard !isEmpty else { return nil }
        let place = (Double(count) * share).rounded(.up)
        return self[Swift.min(count - 1, Swift.max(0, Int(place) - 1))]
    }
}

extension Int {
    /// The share of a whole; 0 of nothing.
    func share(of whole: Int) -> Double { whole == 0 ? 0 : Double(self) / Double(whole) }
}

extension JSONText {
    mutating func value(optional number: Double?) {
        if let number { value(number) } else { null() }
    }
}
