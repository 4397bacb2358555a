import Escalation
import SafetyCore
import SafetyModel
import SiteConfiguration

extension IncidentDocument {
    /// The most kinds of alarm that one order names.
    ///
    /// Of more, the number is told; of more places, none.
    static let namedKindLimit = 3

    /// What the responder reads first: what happened, where, and what is wanted of him.
    ///
    /// What happened is the message of the alarm's rule, or the words of its kind where the rule has none;
    /// two hazards of one moment are both named. Home and address follow where the message does not say
    /// them.
    func text(for order: NotificationOrder, of incident: Incident) -> String {
        subject(of: order, in: incident) + wish(of: order, in: incident.home)
    }

    /// What the alarm's rule says of it; nil when it says nothing of its own.
    func message(of alarm: IncidentAlarm, in index: HomeIndex) -> String? {
        // What ended an alarm says nothing about why it was raised.
        let spoken = alarm.evidence.filter { $0.reading != nil }
        let evidence = (alarm.isActive ? spoken.last : spoken.first) ?? alarm.evidence.last
        return RuleMessages.text(
            ofRule: alarm.rule, in: site.site, language: language, home: site.site.community.homes[index.int],
            evidence: evidence
        ) { AlarmWords.title(of: $0, language: language) }
    }

    private func subject(of order: NotificationOrder, in incident: Incident) -> String {
        let home = site.site.community.homes[incident.home.int]
        let alarms = told(by: order, in: incident)
        var kinds: [AlarmKind] = []
        for alarm in alarms where !kinds.contains(alarm.kind) { kinds.append(alarm.kind) }
        var parts: [String] = []
        var places: [String] = []
        for kind in kinds.prefix(Self.namedKindLimit) {
            let said = alarms.filter { $0.kind == kind }.compactMap { message(of: $0, in: incident.home) }
            // A digest of one kind stands for all its devices; one device's message would hide the others.
            let hidesOthers = incident.urgency == .technical && alarms.count > 1
            if let last = said.last, !hidesOthers {
                parts.append(last)
            } else {
                parts.append(AlarmWords.title(of: kind, language: language))
                for place in alarms.filter({ $0.kind == kind }).compactMap(\.evidence.first?.place)
                where !places.contains(place) { places.append(place) }
            }
        }
        if kinds.isEmpty { parts.append(AlarmWords.title(of: incident.kind, language: language)) }
        if kinds.count > Self.namedKindLimit {
            let more = kinds.count - Self.namedKindLimit
            parts.append(language == "en" ? "and \(more) more" : "等\(kinds.count)项")
        }
        if places.count > Self.namedKindLimit { places = [] }
        for word in [home.name, home.address] + places where !word.isEmpty {
            if !parts.contains(where: { $0.contains(word) }) { parts.append(word) }
        }
        return parts.joined(separator: " · ")
    }

    /// The alarms that an order is about: what is new for people who know of the incident, else its most
    /// pressing ones.
    private func told(by order: NotificationOrder, in incident: Incident) -> [IncidentAlarm] {
        if order.purpose == .alarmAgain {
            let news = incident.alarms.filter { alarm in
                alarm.raisedAt == order.orderedAt
                    || alarm.isActive && alarm.evidence.contains { $0.at == order.orderedAt }
            }
            if !news.isEmpty { return news }
        }
        let pressing = incident.alarms.filter { $0.urgency == incident.urgency }
        // Who is only informed needs to know which incident it is, and no call to go there.
        return order.purpose.asksForAnswer ? pressing : Array(pressing.prefix(1))
    }

    /// Whom a verification rings: the residents with a telephone.
    func telephones(of index: HomeIndex) -> [(name: String, link: String)] {
        site.site.community.homes[index.int].residents.filter { !$0.telephone.isEmpty }.map { resident in
            let digits = resident.telephone.filter { $0.isASCII && ($0.isNumber || $0 == "+") }
            return (resident.name, "tel:\(digits)")
        }
    }

    private func wish(of order: NotificationOrder, in home: HomeIndex) -> String {
        let english = language == "en"
        let ringing = telephones(of: home).map { "\($0.name) \($0.link)" }
            .joined(separator: english ? ", " : "，")
        let about = site.people.responder(order.about)?.name ?? order.about
        return switch order.purpose {
        case .alarm: ""
        case .alarmAgain: english ? " — again" : "（再次报警）"
        case .reminder: english ? " — still waiting for an answer" : "（仍待处理）"
        case .takenOver: english ? " — taken over by \(about)" : "（\(about)已接手）"
        case .takenBack: english ? " — \(about) has not arrived" : "（\(about)未到场，请接手）"
        case .onScene: english ? " — \(about) is on scene" : "（\(about)已到场）"
        case .needHelp: english ? " — \(about) asks for help" : "（\(about)请求支援）"
        case .verify: english ? " — please ring: \(ringing)" : "（请电话核实：\(ringing)）"
        case .handOver: english ? " — \(about) hands it over to you" : "（\(about)请您接手）"
        case .closed: english ? " — closed by \(about)" : "（\(about)已处理完毕）"
        }
    }
}
