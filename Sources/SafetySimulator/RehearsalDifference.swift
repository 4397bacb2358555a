/// How a trace differs from the expected one, readable line by line.
public struct RehearsalDifference: Hashable, Sendable {
    /// The lines in order: what should have come and did not, what came and should not, and what stands
    /// around them.
    public var lines: [Line]

    /// One line of the difference.
    public struct Line: Hashable, Sendable {
        /// Whether it is missing, unexpected or as it should be.
        public var kind: Kind
        /// As it stands in its trace.
        public var text: String
    }

    /// What a line is.
    public enum Kind: Hashable, Sendable {
        /// It should have come and did not.
        case missing
        /// It came and should not.
        case unexpected
        /// It came as expected.
        case same
        /// Lines that came as expected were left out here.
        case gap
    }

    /// Lines that are shown before and after a difference.
    public static let contextLines = 2

    /// Compares two traces; blanks between words do not count, nor do empty lines and comments.
    ///
    /// - Returns: nil when they are alike.
    public static func between(expected: [String], happened: [String]) -> RehearsalDifference? {
        let wanted = expected.filter(isTraceLine)
        let found = happened.filter(isTraceLine)
        let old = wanted.map(squeezed)
        let new = found.map(squeezed)
        guard old != new else { return nil }
        var removed = [Bool](repeating: false, count: old.count)
        var inserted = [Bool](repeating: false, count: new.count)
        for change in new.difference(from: old) {
            switch change {
            case .remove(let offset, _, _): removed[offset] = true
            case .insert(let offset, _, _): inserted[offset] = true
            }
        }
        var all: [Line] = []
        var (left, right) = (0, 0)
        while left < old.count || right < new.count {
            if left < old.count, removed[left] {
                all.append(Line(kind: .missing, text: wanted[left]))
                left += 1
            } else if right < new.count, inserted[right] {
                all.append(Line(kind: .unexpected, text: found[right]))
                right += 1
            } else {
                all.append(Line(kind: .same, text: found[right]))
                left += 1
                right += 1
            }
        }
        return RehearsalDifference(lines: shortened(all))
    }

    /// Each line with its mark: `-` is missing, `+` is unexpected.
    public var text: [String] {
        lines.map { line in
            switch line.kind {
            case .missing: "- " + line.text
            case .unexpected: "+ " + line.text
            case .same: "  " + line.text
            case .gap: "  ..."
            }
        }
    }

    private static func shortened(_ all: [Line]) -> [Line] {
        let changed = all.indices.filter { all[$0].kind != .same }
        var lines: [Line] = []
        var next = 0
        for place in all.indices {
            while next < changed.count, changed[next] + contextLines < place { next += 1 }
            let isNear = next < changed.count && abs(changed[next] - place) <= contextLines
            if isNear {
                lines.append(all[place])
            } else if lines.last?.kind != .gap {
                lines.append(Line(kind: .gap, text: ""))
            }
        }
        return lines
    }

    private static func squeezed(_ line: String) -> String {
        line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    }

    private static func isTraceLine(_ line: String) -> Bool {
        guard let first = line.first(where: { !$0.isWhitespace }) else { return false }
        return first != "#"
    }
}

extension Scenario {
    /// The text of its file with another expected trace; everything above `expect` stays as it is.
    ///
    /// - Parameter text: the whole file as it was read.
    public func rewriting(_ text: String, expecting trace: [String]) -> String {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        var head = expectLine.map { lines.prefix($0 - 1) } ?? lines[...]
        while let last = head.last, last.allSatisfy(\.isWhitespace) { head.removeLast() }
        return head.joined(separator: "\n") + "\n\nexpect\n" + trace.map { $0 + "\n" }.joined()
    }
}
