import SafetyModel

/// The hash of an installation's files: the same files elsewhere give the same hash.
enum FileHash {
    /// Over the names and bytes of all files.
    static func of(_ files: [FileDraft], mainFile: String) -> UInt64 {
        let folder = Paths.folder(of: mainFile) + "/"
        let named = files.map { file in
            let last = String(file.file.split(separator: "/").last ?? "")
            let isInside = file.file.hasPrefix(folder) && !file.isShipped
            return (name: isInside ? String(file.file.dropFirst(folder.count)) : last, hash: file.hash)
        }
        var writer = ByteWriter()
        for file in named.sorted(by: { ($0.name, $0.hash) < ($1.name, $1.hash) }) {
            writer.write(file.name)
            writer.write(file.hash)
        }
        return writer.digest
    }
}
