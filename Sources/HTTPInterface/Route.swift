import HTTPTypes

/// A place of the interface: what a path means, without its query.
enum Route: Hashable, Sendable {
    case health
    case metrics
    case incidents
    case incident(Int64)
    case act(Int64, ActWord)

    /// What a person can do to an incident, as it stands in the path.
    enum ActWord: String, Sendable {
        case acknowledge
        case onScene = "on-scene"
        case needHelp = "need-help"
        case close
        case handOver = "hand-over"
        case note
    }

    /// Nil where there is nothing.
    init?(path: Substring) {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        switch Array(segments) {
        case ["healthz"]: self = .health
        case ["metrics"]: self = .metrics
        case ["api", "v1", "incidents"]: self = .incidents
        case let parts where parts.starts(with: ["api", "v1", "incidents"]):
            self.init(incident: parts[3], rest: parts.dropFirst(4))
        default: return nil
        }
    }

    private init?(incident: Substring, rest: ArraySlice<Substring>) {
        guard let number = DecimalText.number(incident) else { return nil }
        guard let word = rest.first else {
            self = .incident(number)
            return
        }
        guard rest.count == 1, let act = ActWord(rawValue: String(word)) else { return nil }
        self = .act(number, act)
    }

    /// The methods it answers, as the `Allow` header names them.
    var allow: String {
        if case .act = self { "POST" } else { "GET, HEAD" }
    }

    func answers(_ method: HTTPRequest.Method) -> Bool {
        if case .act = self { method == .post } else { method == .get || method == .head }
    }
}

/// Numbers as they stand in paths and queries.
enum DecimalText {
    /// A positive number of digits only, or nil.
    static func number(_ text: some StringProtocol) -> Int64? {
        guard !text.isEmpty, text.utf8.count <= 19, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int64(text), number > 0
        else { return nil }
        return number
    }
}
