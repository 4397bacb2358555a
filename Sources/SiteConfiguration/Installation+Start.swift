import Foundation
public import SafetyModel

extension Installation {
    /// Where the store is, from the main file alone; nil when that file cannot be read at all.
    public static func storeSettings(from path: String) -> StoreSettings? {
        main(path).settings?.settings.store
    }

    /// Whether the files are still those that an installation was made of, without parsing more than the main
    /// file.
    public static func isCurrent(_ hash: UInt64, at path: String) -> Bool {
        let main = main(path)
        guard let settings = main.settings else { return false }
        var finder = IncludeFinder(settings: settings, mainFile: path, folder: Paths.folder(of: path))
        finder.find()
        let others = finder.files.map { file in
            var draft = FileDraft(file: file.name)
            draft.isShipped = file.isShipped
            if case .success(let bytes) = FileBytes.read(file.path, limit: YAMLReader.fileSizeLimit) {
                // The pointer is valid for the hashing only.
                draft.hash = bytes.withUnsafeBytes { fnv1a($0) }
            }
            return draft
        }
        return FileHash.of([main] + others, mainFile: path) == hash
    }

    private static func main(_ path: String) -> FileDraft {
        FileReader(name: path, path: path, folder: Paths.folder(of: path), isMain: true).read()
    }
}
