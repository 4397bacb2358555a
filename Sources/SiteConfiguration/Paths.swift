import Foundation

/// Paths, globs and hosts as configuration writes them.
enum Paths {
    /// A path as it is meant from a folder.
    static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : folder.isEmpty ? path : folder + "/" + path
    }

    /// A path that means the same wherever the process goes.
    static func fromRoot(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        let here = FileManager.default.currentDirectoryPath
        return path == "." ? here : here + "/" + path
    }

    /// The folder of a file; "." for a bare name.
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// The files that a glob names, sorted; `*` and `?` stand for characters within a level.
    static func files(matching glob: String, in folder: String) -> [String] {
        var found = [glob.hasPrefix("/") ? "/" : ""]
        for level in glob.split(separator: "/") {
            found = found.flatMap { next(level: String(level), after: $0, in: folder) }
        }
        let files = FileManager.default
        return found.sorted().filter { files.fileExists(atPath: absolute($0, in: folder)) }
    }

    private static func next(level: String, after start: String, in folder: String) -> [String] {
        let prefix = start.isEmpty || start.hasSuffix("/") ? start : start + "/"
        guard level.contains("*") || level.contains("?") else { return [prefix + level] }
        let place = start.isEmpty ? folder : absolute(start, in: folder)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
        return names.filter { !$0.hasPrefix(".") && matches(Array($0.utf8), Array(level.utf8)) }.map {
            prefix + $0
        }
    }

    /// Whether a name matches a glob: the usual two pointers, linear in practice.
    static func matches(_ name: [UInt8], _ glob: [UInt8]) -> Bool {
        var (n, g) = (0, 0)
        var retry: (n: Int, g: Int)?
        while n < name.count {
            if g < glob.count, glob[g] == UInt8(ascii: "*") {
                retry = (n, g)
                g += 1
            } else if g < glob.count, glob[g] == UInt8(ascii: "?") || glob[g] == name[n] {
                (n, g) = (n + 1, g + 1)
            } else if let from = retry {
                retry = (from.n + 1, from.g)
                (n, g) = (from.n + 1, from.g + 1)
            } else {
                return false
            }
        }
        return glob[g...].allSatisfy { $0 == UInt8(ascii: "*") }
    }

    /// Whether a host is this machine itself.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// Whether a path is a folder.
    static func isFolder(_ path: String, in folder: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: absolute(path, in: folder), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// The host of an http or https address, nil when it is none.
    static func host(ofURL text: String) -> String? {
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), let url = URL(string: text),
            let host = url.host, !host.isEmpty, url.user == nil
        else { return nil }
        return host
    }
}
