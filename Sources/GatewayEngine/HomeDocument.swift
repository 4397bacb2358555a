import Alarming
import Correlation
import Escalation
import GatewayPorts
import SafetyCore
import SafetyModel
import Welfare

/// Writes homes, devices and responders as the JSON that lists and pages show.
struct HomeDocument {
    let site: CompiledSite
    let wallOffset: Int64
    let language: String

    private var community: Community { site.site.community }

    /// A home in a list.
    func summary(_ home: HomeIndex, _ row: CommunityTable.Row, visit: VisitLine?) -> [UInt8] {
        var json = JSONText(capacity: 512)
        json.object { write(home, row, visit: visit, into: &$0) }
        return json.bytes
    }

    /// A home with everything that is known of it.
    func detail(_ home: HomeIndex, _ state: HomeState, recent: [Int64], visit: VisitLine?) -> [UInt8] {
        let row = CommunityTable.Row(
            state, isInService: community.homes[home.int].isInService,
            hasTrouble: !CommunityTable.troubles(of: state).isEmpty)
        var json = JSONText(capacity: 4_096)
        json.object { json in
            write(home, row, visit: visit, into: &json)
            json.key("contacts")
            json.array { json in
                for contact in community.homes[home.int].contacts { write(contact, into: &json) }
            }
            json.key("keyHolder")
            write(keyHolder: community.homes[home.int].keyHolder, into: &json)
            json.key("hazards")
            json.array { json in
                for hazard in community.homes[home.int].hazards { json.value(hazard) }
            }
            json.key("devices")
            json.array { json in
                for place in site.devices(of: home) { write(place, state, withHome: false, into: &json) }
            }
            json.key("presenceReason")
            json.value(optional: state.welfare.map { $0.presence.reason.words(in: language) })
            json.key("recentIncidents")
            json.array { json in for number in recent { json.value(number) } }
            write(state.suspensions, of: home, into: &json)
        }
        return json.bytes
    }

    /// A device in a list, with its home.
    func device(_ place: DeviceIndex, _ state: HomeState) -> [UInt8] {
        var json = JSONText(capacity: 512)
        write(place.int, state, withHome: true, into: &json)
        return json.bytes
    }

    /// Somebody who may be called.
    ///
    /// - Parameter isOnDuty: nil for those whom no roster names.
    func responder(_ responder: Responder, isOnDuty: Bool?) -> [UInt8] {
        var json = JSONText(capacity: 256)
        json.object { json in
            json.key("id")
            json.value(responder.id)
            json.key("name")
            json.value(responder.name)
            json.key("role")
            json.value(responder.role.name)
            json.key("areas")
            json.array { json in for area in responder.areas { json.value(area) } }
            json.key("channels")
            json.array { json in for channel in responder.channels { json.value(channel.channel) } }
            json.key("onDuty")
            if let isOnDuty { json.value(isOnDuty) } else { json.null() }
        }
        return json.bytes
    }

    /// The home by name.
    func write(brief home: HomeIndex, into json: inout JSONText) {
        json.value(brief: community.homes[home.int])
    }

    private func deviceID(_ local: Int, of home: HomeIndex) -> String {
        community.devices[site.devices(of: home).lowerBound + local].id
    }

    private func wall(_ instant: Instant) -> WallTime {
        WallTime(milliseconds: instant.milliseconds + wallOffset)
    }

    private func write(
        _ index: HomeIndex, _ row: CommunityTable.Row, visit: VisitLine?, into json: inout JSONText
    ) {
        let home = community.homes[index.int]
        let words: [(StaticString, String)] = [
            ("id", home.id), ("name", home.name), ("address", home.address), ("area", home.area),
            ("building", home.building), ("unit", home.unit),
        ]
        for (key, word) in words {
            json.key(key)
            json.value(word)
        }
        json.key("floor")
        if let floor = home.floor { json.value(floor) } else { json.null() }
        json.key("residents")
        json.array { json in for resident in home.residents { write(resident, into: &json) } }
        json.key("state")
        json.value(row.state.rawValue)
        json.key("presence")
        json.value(row.presence.rawValue)
        json.key("lastSignOfLife")
        json.value(optional: row.lastSignOfLife.map { wall($0) })
        json.key("openIncidents")
        json.array { json in for number in row.open { json.value(number) } }
        json.key("visit")
        guard let visit else { return json.null() }
        json.object { visit.writeSummary(into: &$0) }
    }

    private func write(_ resident: Resident, into json: inout JSONText) {
        json.object { json in
            json.key("id")
            json.value(resident.id)
            json.key("name")
            json.value(resident.name)
            json.key("telephone")
            json.value(resident.telephone)
            json.key("conditions")
            json.array { json in for condition in resident.conditions { json.value(condition) } }
        }
    }

    private func write(_ contact: Home.Contact, into json: inout JSONText) {
        let person = community.responders.first { $0.id == contact.responder }
        json.object { json in
            json.key("role")
            json.value(contact.role.name)
            json.key("responder")
            json.value(contact.responder)
            json.key("name")
            json.value(person?.name ?? contact.responder)
            json.key("telephone")
            json.value(person?.telephone ?? "")
        }
    }

    /// Who has the key: a responder as a contact, or the words of the file; null when nobody knows.
    private func write(keyHolder holder: String, into json: inout JSONText) {
        guard !holder.isEmpty else { return json.null() }
        let person = community.responders.first { $0.id == holder }
        json.object { json in
            json.key("responder")
            json.value(optional: person?.id)
            json.key("name")
            json.value(person?.name ?? holder)
            json.key("telephone")
            json.value(person?.telephone ?? "")
        }
    }

    private func write(
        _ place: Int, _ state: HomeState, withHome: Bool, into json: inout JSONText
    ) {
        let device = community.devices[place]
        let local = place - site.devices(of: device.home).lowerBound
        let known = state.perception.devices[local]
        let readings = state.perception.readings.filter { Int($0.device) == local }
        func isOn(_ signal: Signal) -> Bool { readings.contains { $0.signal == signal && $0.reading.isOn } }
        json.object { json in
            json.key("id")
            json.value(device.id)
            if withHome {
                json.key("home")
                write(brief: device.home, into: &json)
            }
            json.key("place")
            json.value(device.place)
            json.key("profile")
            json.value(device.profile)
            json.key("kind")
            json.value("\(device.kind)")
            json.key("hearing")
            json.value(DeviceStanding(of: device, local: local, in: state.perception).rawValue)
            json.key("signals")
            json.array { json in for signal in device.signals { json.value(signal.name) } }
            for (key, flag) in [
                ("isLost", known.isLost), ("isOutsideDoor", device.isOutsideDoor),
                ("isBatteryLow", isOn(.batteryLow)), ("isInFault", isOn(.fault)),
                ("isTampered", isOn(.tamper)),
            ] as [(StaticString, Bool)] {
                json.key(key)
                json.value(flag)
            }
            json.key("lastHeard")
            json.value(optional: known.hasBeenSeen ? wall(known.lastHeardAt) : nil)
            json.key("supervisionSeconds")
            json.value(device.supervision.wholeMilliseconds / 1_000)
            json.key("battery")
            if case .number(let charge) = readings.first(where: { $0.signal == .battery })?.reading {
                json.value(charge)
            } else {
                json.null()
            }
            json.key("readings")
            json.object { json in
                for reading in readings {
                    json.key(named: reading.signal.name)
                    json.value(reading.reading)
                }
            }
        }
    }

    private func write(_ suspensions: Suspensions, of home: HomeIndex, into json: inout JSONText) {
        json.key("walkTest")
        if let test = suspensions.walkTest, test.isRunning {
            json.object { json in
                json.key("until")
                json.value(wall(test.until))
                json.key("by")
                json.value(test.by)
            }
        } else {
            json.null()
        }
        json.key("lastWalkTest")
        if let test = suspensions.walkTest { write(test, of: home, into: &json) } else { json.null() }
        json.key("shelved")
        json.array { json in
            for shelf in suspensions.shelves {
                json.object { json in
                    json.key("alarmKind")
                    json.value(shelf.kind.name)
                    json.key("until")
                    json.value(wall(shelf.until))
                    json.key("reason")
                    json.value(shelf.reason)
                    json.key("by")
                    json.value(shelf.by)
                    json.key("withheld")
                    json.value(shelf.withheld)
                }
            }
        }
    }

    /// What was tried in a walk test.
    private func write(_ test: WalkTest, of home: HomeIndex, into json: inout JSONText) {
        json.object { json in
            json.key("startedAt")
            json.value(wall(test.startedAt))
            json.key("endedAt")
            json.value(optional: test.endedAt.map { wall($0) })
            json.key("by")
            json.value(test.by)
            json.key("tested")
            json.array { json in
                for entry in test.tested {
                    json.object { json in
                        json.key("device")
                        json.value(optional: entry.device.map { deviceID($0, of: home) })
                        json.key("alarmKind")
                        json.value(entry.kind.name)
                        json.key("at")
                        json.value(wall(entry.at))
                        json.key("seconds")
                        json.value(Double(entry.heldMilliseconds) / 1_000)
                    }
                }
            }
        }
    }
}

extension Responder {
    /// The first address that looks like a telephone number; the site has no field of its own for it.
    fileprivate var telephone: String? {
        channels.map(\.address).first { address in
            let digits = address.utf8.filter { (0x30...0x39).contains($0) }.count
            return digits >= 5
                && address.utf8.allSatisfy { byte in
                    (0x30...0x39).contains(byte) || [0x20, 0x28, 0x29, 0x2B, 0x2D].contains(byte)
                }
        }
    }
}

extension JSONText {
    mutating func value(optional text: String?) {
        if let text { value(text) } else { null() }
    }

    mutating func value(optional time: WallTime?) {
        if let time { value(time) } else { null() }
    }

    /// A reading as the vocabulary has it.
    mutating func value(_ reading: Reading) {
        switch reading {
        case .flag(let flag): value(flag)
        case .number(let number): value(number)
        case .pair(let first, let second):
            array { json in
                json.value(Double(first))
                json.value(Double(second))
            }
        case .key(let key): value(key.name)
        }
    }
}

extension Presence.Reason {
    /// The reason as a sentence in the language of the people.
    func words(in language: String) -> String {
        guard language != "en" else { return sentence }
        return switch self {
        case .nothingHeard: "尚未收到任何动静,可能有人在家。"
        case .motionInside: "户门动作之后屋内有活动。"
        case .actInside: "屋内有人操作。"
        case .doorUsed: "户门刚刚动作,随后的动静会说明去向。"
        case .doorStandsOpen: "户门开着。"
        case .silenceAfterDoor: "户门关上后再无动静。"
        case .longSilenceAfterDoor: "户门关上后已安静数小时。"
        case .bedOrSeatTaken: "床或座位有人,离开的是别人。"
        case .repeatedMotion: "以为无人的家中两次出现活动。"
        }
    }
}
