import Correlation
import SafetyModel
import Welfare

extension SiteBuilder {
    /// Signals of devices that see somebody move about.
    static let motionSignals: [Signal] = [.motion, .presence]
    /// Signals that can be a sign of life.
    static let signsOfLife: [Signal] = [
        .motion, .presence, .vibration, .contact, .bed, .seat, .call, .worn,
    ]
    /// Places whose door magnet is the outside door, unless the file says otherwise.
    static let outsideDoorPlaces: Set<String> = [
        "entrance", "front door", "door", "hall", "hallway", "门口", "大门", "门厅", "玄关",
        "入户门", "入户", "正门",
    ]

    /// What welfare watches in each home: the home's own words, then the main file's, then the usual.
    ///
    /// Homes with a motion sensor are watched unless a file says `inactivity: off`.
    mutating func gatherWelfare() {
        let general = settings.welfare
        let isUsuallyOff = general.inactivity?.value.isOff ?? false
        let usual = general.inactivity?.value.plan(over: InactivityDraft.usual) ?? InactivityDraft.usual
        if let mark = general.inactivity?.mark { checkLimits(usual, at: place(mark)) }
        welfare = [nil]
        for index in 1..<max(1, community.homes.count) {
            let draft = welfareDrafts[index - 1]
            let hasMotion = gives(index, Self.motionSignals)
            var plan = WelfarePlan(
                inactivity: hasMotion && !isUsuallyOff ? usual : nil,
                checkInMinute: general.checkIn?.value, visits: general.visits?.value,
                pauses: draft.value.pauses)
            if let own = draft.value.inactivity {
                let file = files[Int(draft.file)]
                plan.inactivity = own.value.isOff ? nil : own.value.plan(over: usual)
                if let own = plan.inactivity, let mark = draft.value.inactivity?.mark {
                    checkLimits(own, at: file.place(mark))
                    if !hasMotion { warnOfNoMotion(index, at: file.place(mark)) }
                }
            }
            if let own = draft.value.checkIn { plan.checkInMinute = own.value }
            if plan.checkInMinute != nil, !gives(index, Self.signsOfLife) { plan.checkInMinute = nil }
            if let own = draft.value.visits { plan.visits = own.value }
            let isEmpty = plan.inactivity == nil && plan.checkInMinute == nil && plan.visits == nil
            welfare.append(isEmpty ? nil : plan)
        }
        checkVisitCalendar()
        if welfare.allSatisfy({ $0 == nil }) { welfare = [] }
    }

    /// Days on which homes are visited do nothing where no home has a cycle.
    private mutating func checkVisitCalendar() {
        guard let calendar = settings.visitCalendar, welfare.allSatisfy({ $0?.visits == nil }) else { return }
        problems.warning(
            at: place(calendar.mark), "`extra_visits` does nothing: no home is visited",
            why: "Only homes with a colour are visited in heat waves, at festivals and after a change",
            fix: "Write `visits: yellow` at the homes, or in anju.yaml for all of them.")
    }

    /// The alarms that welfare can raise in a home.
    static func outlooks(of plan: WelfarePlan?) -> [RuleCoverage.Outlook] {
        guard let plan else { return [] }
        let silence: [RuleCoverage.Outlook] = [
            .init(kind: .inactivity, urgency: .urgent), .init(kind: .areYouWell, urgency: .routine),
        ]
        return (plan.inactivity == nil ? [] : silence)
            + (plan.checkInMinute == nil ? [] : [.init(kind: .noCheckIn, urgency: .routine)])
    }

    /// Whether what a device says of the home is a sign of life that somebody waits for.
    func isHeardByWelfare(_ device: Int) -> Bool {
        let home = community.devices[device].home.int
        guard welfare.indices.contains(home), welfare[home] != nil else { return false }
        return deviceSignals[device] & Self.signsOfLife.bits != 0
    }

    private func gives(_ home: Int, _ signals: [Signal]) -> Bool {
        let range = community.homes[home].devices
        return (Int(range.lowerBound)..<Int(range.upperBound)).contains {
            deviceSignals[$0] & signals.bits != 0
        }
    }

    private mutating func checkLimits(_ plan: InactivityPlan, at place: Place) {
        let limits = plan.fixedLimits.map(\.limit) + [plan.otherwise]
        if let longest = limits.max(), plan.ceiling < longest {
            problems.error(
                at: place,
                "`ceiling` is \(YAMLNode.show(plan.ceiling)), below the limit of "
                    + "\(YAMLNode.show(longest))",
                why: "What the home teaches could never reach what it may at the start",
                fix: "Write a `ceiling` that is not below `by_day` and `by_night`.")
        }
        if let shortest = limits.min(), plan.preAlertLead * 2 > shortest {
            problems.error(
                at: place,
                "`ask_before` is \(YAMLNode.show(plan.preAlertLead)), more than half of "
                    + "\(YAMLNode.show(shortest))",
                why: "The resident would be asked all day", fix: "Write `ask_before: 30 min`.")
        }
    }

    private mutating func warnOfNoMotion(_ home: Int, at place: Place) {
        problems.warning(
            at: place, "The home \(community.homes[home].id) watches for silence and has no motion sensor",
            why: "Doors and keys alone are silent for days; people would be called in vain",
            fix: "Fit a motion sensor, or write `inactivity: off`.")
    }

    /// Whether a device is the magnet of the outside door: as the file says it, else by its place.
    mutating func isOutsideDoor(_ draft: DeviceDraft, giving signals: [Signal], at place: Place) -> Bool {
        let hasContact = signals.contains(.contact)
        guard let isOutside = draft.isOutsideDoor else {
            return hasContact && Self.outsideDoorPlaces.contains(draft.place.lowercased())
        }
        if isOutside.value, !hasContact {
            problems.error(
                at: Place(file: place.file, at: isOutside.mark),
                "The device \(draft.id) has `outside_door` and never says `contact`",
                why: "Nobody would be thought to come or go", fix: "Write it at the door's magnet.")
        }
        return isOutside.value
    }
}

extension [WelfarePlan.Pause] {
    /// The days that are in both lists: a home is empty while all of its residents are away.
    func common(with others: [WelfarePlan.Pause]) -> [WelfarePlan.Pause] {
        flatMap { pause in
            others.compactMap { other -> WelfarePlan.Pause? in
                guard pause.days.overlaps(other.days) else { return nil }
                return WelfarePlan.Pause(days: pause.days.clamped(to: other.days), reason: pause.reason)
            }
        }
    }
}
