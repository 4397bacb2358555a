/// The words of an enumeration's cases, made once: reflection at each use costs microseconds that an alarm
/// does not have.
public struct Words<Case: CaseIterable & RawRepresentable & Sendable>: Sendable
where Case.RawValue == UInt8 {
    /// By raw value.
    private let words: [String]

    /// Makes the words of all cases, as the source spells them.
    public init() {
        var words: [String] = []
        for one in Case.allCases {
            let place = Int(one.rawValue)
            if words.count <= place { words += Array(repeating: "", count: place + 1 - words.count) }
            words[place] = "\(one)"
        }
        self.words = words
    }

    /// The word of a case.
    public subscript(_ one: Case) -> String { words[Int(one.rawValue)] }
}
