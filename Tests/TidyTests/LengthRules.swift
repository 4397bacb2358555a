import Foundation

/// How long files, lines and functions may be.
enum LengthRules {
    static let fileLinesLimit = 400
    static let functionLinesLimit = 60
    static let columnsLimit = 110
    /// A line that is nothing but one text, or a row of a table, cannot be broken well.
    static let textColumnsLimit = 130

    /// A function, initializer or computed property with the lines from its first word to its closing brace.
    struct Function: Hashable, Sendable {
        var name: String
        /// From 1.
        var line: Int
        var lines: Int
    }

    static func longFile(_ file: SwiftSource) -> [Finding] {
        guard file.lines.count > fileLinesLimit else { return [] }
        let text = "\(file.lines.count) lines; at most \(fileLinesLimit)"
        return [Finding(path: file.path, line: 0, text: text)]
    }

    static func longLines(_ file: SwiftSource) -> [Finding] {
        file.lines.indices.compactMap { index in
            let columns = file.lines[index].count
            let limit = isUnbreakable(index, in: file) ? textColumnsLimit : columnsLimit
            guard columns > limit else { return nil }
            return Finding(path: file.path, line: index + 1, text: "\(columns) columns; at most \(limit)")
        }
    }

    /// Whether the line is one text, or a row of a table in a comment.
    private static func isUnbreakable(_ index: Int, in file: SwiftSource) -> Bool {
        let isText = file.code[index].allSatisfy { " \"#,()".contains($0) }
        let comment = file.comments[index].trimmingCharacters(in: .whitespaces)
        return comment.isEmpty ? isText : comment.hasPrefix("/// |") || comment.hasPrefix("///     ")
    }

    static func longFunctions(_ file: SwiftSource) -> [Finding] {
        functions(in: file).filter { $0.lines > functionLinesLimit }.map { function in
            let text = "\(function.name) has \(function.lines) lines; at most \(functionLinesLimit)"
            return Finding(path: file.path, line: function.line, text: text)
        }
    }

    private static let start = Words(
        "(?:^|\\s)(?:(func)\\s+([^\\s(<]+)|(init)\\??\\s*[(<]|(deinit)\\b|(subscript)\\s*[(<]"
            + "|(?:var)\\s+(\\w+)\\s*:[^={]*\\{\\s*$)")

    /// All functions of a file, found by matching braces in the code without comments and texts.
    static func functions(in file: SwiftSource) -> [Function] {
        file.code.indices.compactMap { index in
            let line = file.code[index]
            guard let match = start.matches(in: line).first else { return nil }
            if !match[3].isEmpty, line.contains(".init(") || line.contains("= init") { return nil }
            let word = match[0].trimmingCharacters(in: .whitespaces)
            guard let last = lastLine(of: file.code, from: index, startingAt: word) else { return nil }
            let name = [match[2], match[6]].first { !$0.isEmpty } ?? String(word.prefix { $0.isLetter })
            return Function(name: name, line: index + 1, lines: last - index + 1)
        }
    }

    /// The index of the line with the closing brace; nil when the declaration has no body.
    private static func lastLine(of code: [String], from first: Int, startingAt word: String) -> Int? {
        var braces = 0
        var parentheses = 0
        var isOpen = false
        for index in first..<code.count {
            var line = Substring(code[index])
            if index == first, let found = line.range(of: word) { line = line[found.lowerBound...] }
            if index > first, !isOpen, parentheses == 0, !continuesSignature(line) { return nil }
            for character in line {
                switch character {
                case "(", "[": parentheses += 1
                case ")", "]": parentheses -= 1
                case "{":
                    if parentheses == 0 || isOpen { braces += 1 }
                    isOpen = isOpen || parentheses == 0
                case "}":
                    if isOpen { braces -= 1 }
                    if isOpen, braces == 0 { return index }
                default: break
                }
            }
        }
        return nil
    }

    private static func continuesSignature(_ line: Substring) -> Bool {
        let code = line.trimmingCharacters(in: .whitespaces)
        return ["{", "->", "where", "throws", "async", ")"].contains { code.hasPrefix($0) }
    }

    /// The middle of some lengths; 0 for none.
    static func median(_ lengths: [Int]) -> Int {
        lengths.isEmpty ? 0 : lengths.sorted()[lengths.count / 2]
    }
}
