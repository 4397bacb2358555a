import Escalation
import GatewayPorts
public import SafetyCore
import SafetyModel

/// Writes incidents, homes and orders as the JSON that people, displays and other programs read.
public struct IncidentDocument: Sendable {
    let site: CompiledSite
    let language: String
    /// Wall time minus gateway time, in milliseconds.
    let wallOffset: Int64

    /// Makes one from its parts.
    public init(site: CompiledSite, language: String, wallOffsetMilliseconds: Int64) {
        self.site = site
        self.language = language
        wallOffset = wallOffsetMilliseconds
    }

    /// The incident with its alarms, evidence and timeline.
    func incident(_ incident: Incident) -> [UInt8] {
        var json = JSONText(capacity: 2_048)
        json.object { json in
            json.key("id")
            json.value(incident.id.number)
            json.key("revision")
            json.value(incident.revision)
            json.key("gateway")
            json.value(site.site.gateway)
            json.key("home")
            write(incident.home, into: &json)
            json.key("kind")
            json.value(incident.kind.name)
            json.key("urgency")
            json.value(incident.urgency.name)
            json.key("title")
            json.value(AlarmWords.title(of: incident.kind, language: language))
            json.key("phase")
            json.value(incident.phase.name)
            writeTimes(of: incident, into: &json)
            json.key("plan")
            json.value(incident.plan.id)
            json.key("step")
            json.value(incident.step)
            json.key("steps")
            json.value(incident.plan.steps.count)
            if let end = incident.verifyingUntil, incident.phase == .calling {
                json.key("verifyingUntil")
                json.value(wall(end))
            }
            if let handOver = incident.handOver {
                json.key("handingOverTo")
                json.value(handOver.to)
            }
            json.key("alarms")
            json.array { json in
                for alarm in incident.alarms { write(alarm, of: incident, into: &json) }
            }
            json.key("notified")
            json.array { json in for person in incident.notified { json.value(person) } }
            json.key("timeline")
            json.array { json in for entry in incident.timeline { write(entry, into: &json) } }
            if incident.droppedEntries > 0 {
                json.key("droppedEntries")
                json.value(incident.droppedEntries)
            }
        }
        return json.bytes
    }

    /// A home with its open incidents, for retained publication: an empty `open` means all is well.
    func home(_ home: HomeIndex, open: [[UInt8]], closed: [[UInt8]]) -> [UInt8] {
        var json = JSONText(capacity: 512 + open.reduce(0) { $0 + $1.count })
        json.object { json in
            json.key("gateway")
            json.value(site.site.gateway)
            json.key("home")
            write(home, into: &json)
            json.key("closed")
            json.array { json in for document in closed { json.raw(document) } }
            json.key("open")
            json.array { json in for document in open { json.raw(document) } }
        }
        return json.bytes
    }

    /// An order, with the incident in it where `incident` is given.
    func order(_ order: NotificationOrder, of incident: Incident, document: [UInt8]?, isRecorded: Bool)
        -> [UInt8]
    {
        var json = JSONText(capacity: 512 + (document?.count ?? 0))
        json.object { json in
            json.key("order")
            json.value(order.id.text)
            json.key("incident")
            json.value(order.id.incident.number)
            json.key("gateway")
            json.value(site.site.gateway)
            json.key("home")
            write(incident.home, into: &json)
            json.key("responder")
            json.value(order.responder)
            json.key("purpose")
            json.value(order.purpose.name)
            json.key("kind")
            json.value(incident.kind.name)
            json.key("urgency")
            json.value(order.urgency.name)
            json.key("attempt")
            json.value(order.attempt)
            json.key("orderedAt")
            json.value(wall(order.orderedAt))
            json.key("isRecorded")
            json.value(isRecorded)
            json.key("about")
            json.value(order.about)
            json.key("text")
            json.value(text(for: order, of: incident))
            if order.purpose == .verify {
                json.key("ring")
                json.array { json in
                    for resident in telephones(of: incident.home) { json.value(resident.link) }
                }
            }
            if let document {
                json.key("incidentDocument")
                json.raw(document)
            }
        }
        return json.bytes
    }

    /// The order as channels get it.
    func message(for order: NotificationOrder, of incident: Incident, document: [UInt8]) -> OrderMessage {
        OrderMessage(
            order: order, gateway: site.site.gateway, incident: document,
            document: self.order(order, of: incident, document: nil, isRecorded: true), isRecorded: true,
            residents: site.site.community.homes[incident.home.int].residents)
    }

    /// How far the incident has come, for its home.
    func standing(of incident: Incident) -> IncidentStanding {
        let answeredBy = incident.answeredBy ?? ""
        return IncidentStanding(
            id: incident.id, home: site.site.community.homes[incident.home.int].id, kind: incident.kind,
            urgency: incident.urgency, phase: incident.phase,
            answeredBy: site.people.responder(answeredBy)?.name ?? answeredBy)
    }

    /// An order's document with its mark turned to "not recorded".
    static func markedUnrecorded(_ document: [UInt8]) -> [UInt8] {
        let mark = Array("\"isRecorded\":true".utf8)
        var start = 0
        while start + mark.count <= document.count {
            if document[start..<(start + mark.count)].elementsEqual(mark) {
                return Array(document[..<start]) + Array("\"isRecorded\":false".utf8)
                    + Array(document[(start + mark.count)...])
            }
            start += 1
        }
        return document
    }

    /// An incident's document as it is over without a person's word: another one takes care of it.
    static func ended(_ document: [UInt8], at time: WallTime, words: String) -> [UInt8] {
        var text = String(decoding: document, as: UTF8.self)
        for phase in Incident.Phase.allCases where phase != .closed {
            text = text.replacing(
                "\"phase\":\"\(phase.name)\"", with: "\"phase\":\"closed\"", maxReplacements: 1)
        }
        let moment = time.rfc3339
        text = text.replacing("\"closedAt\":null", with: "\"closedAt\":\"\(moment)\"", maxReplacements: 1)
        let entry = "{\"at\":\"\(moment)\",\"event\":\"closed\",\"detail\":\"\(words)\"}"
        let end = text.ranges(of: "],\"droppedEntries\":").last ?? text.ranges(of: "]}").last
        guard let place = end?.lowerBound else { return Array(text.utf8) }
        let isFirst = text[..<place].hasSuffix("[")
        text.insert(contentsOf: isFirst ? entry : "," + entry, at: place)
        return Array(text.utf8)
    }

    /// The wall time of a moment.
    func wall(_ instant: Instant) -> WallTime { WallTime(milliseconds: instant.milliseconds + wallOffset) }

    private func write(_ index: HomeIndex, into json: inout JSONText) {
        json.value(brief: site.site.community.homes[index.int])
    }

    private func writeTimes(of incident: Incident, into json: inout JSONText) {
        json.key("openedAt")
        json.value(wall(incident.openedAt))
        json.key("answeredBy")
        json.value(optional: incident.answeredBy)
        json.key("answeredAt")
        json.value(optional: incident.answeredAt.map { wall($0) })
        json.key("onSceneAt")
        json.value(optional: incident.onSceneAt.map { wall($0) })
        json.key("closedAt")
        json.value(optional: incident.closedAt.map { wall($0) })
        json.key("disposition")
        json.value(optional: incident.disposition?.name)
        json.key("deadline")
        json.value(optional: incident.nextDeadline.map { wall($0) })
    }

    private func write(_ alarm: IncidentAlarm, of incident: Incident, into json: inout JSONText) {
        json.object { json in
            json.key("id")
            json.value(alarm.id.number)
            json.key("kind")
            json.value(alarm.kind.name)
            json.key("urgency")
            json.value(alarm.urgency.name)
            json.key("rule")
            json.value(alarm.rule)
            if let message = message(of: alarm, in: incident.home) {
                json.key("message")
                json.value(message)
            }
            json.key("isActive")
            json.value(alarm.isActive)
            json.key("raisedAt")
            json.value(wall(alarm.raisedAt))
            json.key("raiseCount")
            json.value(alarm.raiseCount)
            if alarm.lateBy > .zero {
                json.key("lateBySeconds")
                json.value(Double(alarm.lateBy.wholeMilliseconds) / 1_000)
            }
            json.key("evidence")
            json.array { json in for item in alarm.evidence { write(item, into: &json) } }
        }
    }

    private func write(_ evidence: Evidence, into json: inout JSONText) {
        json.object { json in
            json.key("device")
            json.value(evidence.device)
            json.key("place")
            json.value(evidence.place)
            json.key("signal")
            json.value(optional: evidence.signal?.name)
            json.key("reading")
            if let reading = evidence.reading { json.value(reading) } else { json.null() }
            json.key("quality")
            json.value(evidence.quality.name)
            json.key("at")
            json.value(wall(evidence.at))
            json.key("deviceTime")
            json.value(optional: evidence.deviceTime)
            json.key("payload")
            json.value(text: evidence.payload)
        }
    }

    private func write(_ entry: TimelineEntry, into json: inout JSONText) {
        json.object { json in
            json.key("at")
            json.value(wall(entry.at))
            json.key("event")
            json.value(entry.event.name)
            if !entry.responder.isEmpty {
                json.key("responder")
                json.value(entry.responder)
            }
            if !entry.detail.isEmpty {
                json.key("detail")
                json.value(entry.detail)
            }
        }
    }
}

extension JSONText {
    /// A home by name, as incidents, devices and visits show it.
    mutating func value(brief home: Home) {
        object { json in
            json.key("id")
            json.value(home.id)
            json.key("name")
            json.value(home.name)
            json.key("address")
            json.value(home.address)
            json.key("area")
            json.value(home.area)
        }
    }
}
