/// Which profile a message probably belongs to, from its topic and shape alone.
public struct ProfileGuess: Hashable, Sendable {
    /// The index of the profile.
    public var profile: Int
    /// The index of its topic rule.
    public var rule: Int
    /// What stands for `{base}`.
    public var base: String
    /// The device's name in the topic; empty where the rule names none.
    public var device: String
    /// The level at `{key}`.
    public var key: String
}

/// Guesses profiles for messages of devices that nobody has configured.
public struct ProfileGuesser: Sendable {
    private let candidates: [Candidate]

    /// - Parameter profiles: the shipped profiles and those of the site.
    public init(profiles: [DeviceProfile]) {
        candidates = profiles.enumerated().flatMap { index, profile in
            Self.ecosystem(of: profile).map { Self.candidates(of: profile, index, ecosystem: $0) } ?? []
        }.sorted { ($0.weight, $1.profile) > ($1.weight, $0.profile) }
    }

    /// A guesser that knows one profile only and looks for the topic's rule.
    public init(profile: DeviceProfile, index: Int) {
        candidates = Self.candidates(of: profile, index, ecosystem: "").sorted { $0.weight > $1.weight }
    }

    private static func candidates(of profile: DeviceProfile, _ index: Int, ecosystem: Substring)
        -> [Candidate]
    {
        profile.topics.enumerated().map { rule, topic in
            Candidate(
                ecosystem: ecosystem, profile: index, rule: rule, template: topic.template,
                keys: (topic.ignoredKeys + topic.readings.map(\.path)).map { foldedHash($0) },
                weight: topic.template.literalLength)
        }
    }

    private struct Candidate: Sendable {
        var ecosystem: Substring
        var profile: Int
        var rule: Int
        var template: TopicTemplate
        var keys: [UInt64]
        var weight: Int
    }

    /// Profiles for a certain kind of device never win by topic and shape; those for a whole ecosystem do.
    private static func ecosystem(of profile: DeviceProfile) -> Substring? {
        let parts = profile.id.split(separator: "/", maxSplits: 1)
        guard parts.count == 2, ["any", "bridge", "action-topic", "json", "attribute"].contains(parts[1])
        else {
            return nil
        }
        return parts[0]
    }

    /// The most specific rule that a topic fits; the payload's bytes are valid during the call only.
    ///
    /// - Returns: nil when no profile speaks on such a topic.
    public func guess(topic: String, payload: UnsafeRawBufferPointer) -> ProfileGuess? {
        let levels = topic.split(separator: "/", omittingEmptySubsequences: false)
        let named = candidates.map(\.ecosystem).first { ecosystem in
            !ecosystem.isEmpty && levels.contains { $0.lowercased().hasPrefix(ecosystem) }
        }
        let ecosystem = named ?? (payload.looksLikeZigbee2MQTT ? "zigbee2mqtt" : "generic")
        let base = Self.base(of: levels, ecosystem: ecosystem)
        let higherBase = levels.dropLast(2).joined(separator: "/")
        for candidate in candidates where candidate.ecosystem == ecosystem || candidate.ecosystem.isEmpty {
            let base = candidate.template.ending == .anyKey && named == nil ? higherBase : base
            guard let match = candidate.template.match(topic, base: base) else { continue }
            if candidate.template.ending == .anyKey, !candidate.keys.contains(foldedHash(match.key)) {
                continue
            }
            return ProfileGuess(
                profile: candidate.profile, rule: candidate.rule, base: base, device: match.device,
                key: match.key)
        }
        return nil
    }

    /// The levels up to the one that names the ecosystem.
    ///
    /// Without one all but the last, `availability` and the like apart.
    private static func base(of levels: [Substring], ecosystem: Substring) -> String {
        if !ecosystem.isEmpty, let place = levels.firstIndex(where: { $0.lowercased().hasPrefix(ecosystem) })
        {
            return levels[...place].joined(separator: "/")
        }
        let isBelowDevice = ["availability", "action", "get", "set"].contains(levels.last)
        return levels.dropLast(isBelowDevice ? 2 : 1).joined(separator: "/")
    }
}

extension TopicTemplate {
    /// How much of the topic it spells out.
    fileprivate var literalLength: Int {
        stem.count - (text.contains("{device}") ? 8 : 0) - (text.contains("{base}") ? 6 : 0)
            + (ending == .anyKey ? 1 : 0)
    }

    /// The device's name and the key of a topic that fits.
    fileprivate func match(_ topic: String, base: String) -> (device: String, key: String)? {
        var rest = topic[...]
        var key = ""
        switch ending {
        case .exact: break
        case .anyKey:
            guard let slash = rest.lastIndex(of: "/") else { return nil }
            key = String(rest[rest.index(after: slash)...])
            rest = rest[..<slash]
        case .everythingBelow:
            let filled = filled(base: base, name: "") + "/"
            return topic.hasPrefix(filled) ? ("", "") : nil
        }
        let text = base.isEmpty && stem.hasPrefix("{base}/") ? String(stem.dropFirst("{base}/".count)) : stem
        guard let place = text.range(ofPlaceholder: "{device}") else {
            return filled(base: base, name: "") == rest ? ("", key) : nil
        }
        let before = TopicTemplate(String(text[..<place.lowerBound])).filled(base: base, name: "")
        let after = TopicTemplate(String(text[place.upperBound...])).filled(base: base, name: "")
        guard rest.hasPrefix(before), rest.hasSuffix(after),
            rest.utf8.count > before.utf8.count + after.utf8.count
        else { return nil }
        return (String(rest.dropFirst(before.count).dropLast(after.count)), key)
    }
}

extension UnsafeRawBufferPointer {
    /// Zigbee2MQTT adds `linkquality` to nearly every message.
    fileprivate var looksLikeZigbee2MQTT: Bool {
        let mark = Array("\"linkquality\"".utf8)
        guard count >= mark.count else { return false }
        let window = Swift.min(count, 65_536) - mark.count
        return (0...window).contains {
            self[$0] == mark[0] && self[$0..<($0 + mark.count)].elementsEqual(mark)
        }
    }
}
