import Foundation

/// One place that breaks the law of the house.
struct Finding: Hashable, CustomStringConvertible, Sendable {
    let path: String
    /// From 1; 0 when the whole file is meant.
    let line: Int
    /// What is wrong and what to do instead.
    let text: String

    var description: String { line > 0 ? "\(path):\(line): \(text)" : "\(path): \(text)" }
}

/// A regular expression that a check is built with; it is part of the program, so a wrong one is a bug.
struct Words: Sendable {
    private let expression: NSRegularExpression

    init(_ pattern: String) {
        do {
            expression = try NSRegularExpression(pattern: pattern)
        } catch {
            preconditionFailure("The pattern \(pattern) is not a regular expression.")
        }
    }

    func isFound(in line: String) -> Bool { !matches(in: line).isEmpty }

    /// The groups of every match; group 0 is the whole match.
    func matches(in text: String) -> [[String]] {
        let all = NSRange(text.startIndex..., in: text)
        return expression.matches(in: text, range: all).map { match in
            (0..<match.numberOfRanges).map { index in
                Range(match.range(at: index), in: text).map { String(text[$0]) } ?? ""
            }
        }
    }
}

extension SwiftSource {
    /// A finding for every line of code in which the pattern stands.
    func findings(_ pattern: Words, _ text: (String) -> String) -> [Finding] {
        zip(1..., code).compactMap { number, line in
            guard let match = pattern.matches(in: line).first else { return nil }
            return Finding(
                path: path, line: number, text: text(match[0].trimmingCharacters(in: .whitespaces)))
        }
    }
}
