import Foundation

/// The repository's files, read once for all checks.
enum Repository {
    /// The folder with `Package.swift`.
    static let root: URL = {
        let here = URL(filePath: #filePath).resolvingSymlinksInPath()
        return here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }()

    /// Paths of all files inside the repository, sorted; build folders, Git's own and ignored files left out.
    static let paths: [String] = {
        let keys: [URLResourceKey] = [.isRegularFileKey]
        guard let walker = FileManager.default.enumerator(at: root, includingPropertiesForKeys: keys) else {
            return []
        }
        let prefix = root.path(percentEncoded: false)
        var found: [String] = []
        for case let url as URL in walker {
            let path = String(url.path(percentEncoded: false).dropFirst(prefix.count)).trimmingSlashes
            if isIgnored(path) {
                walker.skipDescendants()
            } else if (try? url.resourceValues(forKeys: Set(keys)).isRegularFile) == true {
                found.append(path)
            }
        }
        return found.sorted()
    }()

    /// All Swift files.
    static let swiftFiles: [SwiftSource] = paths.filter { $0.hasSuffix(".swift") }
        .map { SwiftSource(path: $0, text: text(of: $0)) }

    /// Swift files of the product.
    static var sources: [SwiftSource] { swiftFiles.filter { $0.path.hasPrefix("Sources/") } }

    /// Swift files of the tests.
    static var tests: [SwiftSource] { swiftFiles.filter { $0.path.hasPrefix("Tests/") } }

    /// Files that people write, with their texts; pictures and recordings left out.
    static let texts: [(path: String, text: String)] = paths.filter(isText).map { ($0, text(of: $0)) }

    /// A file's text; empty when it is not there.
    static func text(of path: String) -> String {
        guard let bytes = try? Data(contentsOf: root.appending(path: path)) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func isExecutable(_ path: String) -> Bool {
        FileManager.default.isExecutableFile(atPath: root.appending(path: path).path(percentEncoded: false))
    }

    private static func isText(_ path: String) -> Bool {
        !["gz", "png", "jpg", "db", "svg", "jsonl"].contains { path.hasSuffix(".\($0)") }
    }

    private static func isIgnored(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        guard let first = parts.first, let last = parts.last else { return false }
        return first == ".git" || first.hasPrefix(".build") || first == ".swiftpm"
            || first == "Package.resolved"
            || last == "__pycache__" || last.hasSuffix(".o")
    }
}

extension String {
    /// Without a slash at the beginning and the end.
    fileprivate var trimmingSlashes: String { trimmingCharacters(in: CharacterSet(charactersIn: "/")) }
}
