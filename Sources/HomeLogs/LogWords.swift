/// The kinds of sensors in interval logs.
enum IntervalType {
    case motion, contact, pressure, flush, other

    init?(_ word: String) {
        switch word.lowercased() {
        case "pir", "motion": self = .motion
        case "magnetic", "contact", "reed": self = .contact
        case "pressure": self = .pressure
        case "flush", "float": self = .flush
        case "electric", "switch", "power", "temperature": self = .other
        default: return nil
        }
    }

    var meaning: HomeLog.Meaning {
        switch self {
        case .motion: .motion
        case .contact: .contact
        case .pressure: .occupancy
        case .flush, .other: .act
        }
    }

    /// Whether a hand or body ends it; a motion sensor's end is a timer, an appliance switches itself off.
    var hasTellingEnd: Bool { self == .contact || self == .pressure }
}

/// The values of event logs.
enum EventValue {
    case on, off, open, closed, present, absent, number

    init?(_ word: ArraySlice<UInt8>) {
        if let first = word.first, LogTime.isDigit(first) || first == UInt8(ascii: "-") {
            let isNumber = word.dropFirst().allSatisfy {
                LogTime.isDigit($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E")
            }
            guard isNumber else { return nil }
            self = .number
            return
        }
        guard word.count <= 8 else { return nil }
        switch String(decoding: word, as: UTF8.self).uppercased() {
        case "ON", "TRUE", "ACTIVE": self = .on
        case "OFF", "FALSE", "INACTIVE": self = .off
        case "OPEN", "OPENED": self = .open
        case "CLOSE", "CLOSED": self = .closed
        case "PRESENT": self = .present
        case "ABSENT": self = .absent
        default: return nil
        }
    }

    var isOn: Bool { self == .on || self == .open || self == .present }

    /// The end of "on" is a timer; doors and lifted objects are moved by hands both ways.
    var meaning: HomeLog.Meaning {
        switch self {
        case .on: .motion
        case .open, .closed: .contact
        case .present, .absent: .act
        case .off, .number: .nothing
        }
    }
}
