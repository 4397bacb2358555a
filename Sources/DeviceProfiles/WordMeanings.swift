import SafetyModel

/// A word with its meaning, ready for comparison.
struct WordMeaning: Sendable {
    var hash: UInt64
    /// The word as a number, where it is one; NaN equals nothing.
    var number: Double
    var meaning: ValueMeaning.Meaning
    /// Whether `isInverted` turns it round.
    var isInvertible: Bool

    init(_ text: String, _ meaning: ValueMeaning.Meaning, isInvertible: Bool = false) {
        hash = foldedHash(text)
        number = Double(text) ?? .nan
        self.meaning = meaning
        self.isInvertible = isInvertible
    }
}

/// The usual words of devices; a profile's own values come first.
enum UsualWords {
    /// Words that mean "no value" for every signal.
    static let nothing: [WordMeaning] = [
        "unknown", "unavailable", "none", "null", "nil", "nan", "n/a", "undefined", "",
    ].map { WordMeaning($0, .nothing) }

    /// Words for flags: those of plain logic turn round with `isInverted`, the others say it themselves.
    static let flags: [WordMeaning] =
        ["true", "on", "yes", "1"].map { WordMeaning($0, .reading(.flag(true)), isInvertible: true) }
        + ["false", "off", "no", "0"].map { WordMeaning($0, .reading(.flag(false)), isInvertible: true) }
        + [
            "alarm", "alert", "active", "detected", "open", "opened", "triggered", "trigger", "present",
            "occupied", "wet", "motion", "leak", "leaking", "flooded", "tampered", "fall", "fallen", "home",
            "worn", "online", "connected", "moving",
        ].map { WordMeaning($0, .reading(.flag(true))) }
        + [
            "clear", "cleared", "normal", "ok", "idle", "inactive", "closed", "close", "dry", "absent",
            "vacant",
            "unoccupied", "free", "away", "safe", "offline", "disconnected", "not detected", "no motion",
            "installed",
        ].map { WordMeaning($0, .reading(.flag(false))) }
        + ["test", "testing"].map { WordMeaning($0, .test) }
        + nothing

    /// Words for the keys of one-key-call devices; plain logic stands for an input that stays pressed.
    static let keys: [WordMeaning] =
        CallKey.allCases.map { WordMeaning($0.name, .reading(.key($0))) }
        + ["true", "on", "1"].map { WordMeaning($0, .reading(.key(.emergency))) }
        + ["false", "off", "0"].map { WordMeaning($0, .reading(.flag(false))) }
        + nothing

    static func words(for signal: Signal) -> [WordMeaning] {
        switch signal.shape {
        case .flag: flags
        case .key: keys
        case .number, .pair: nothing
        }
    }
}
