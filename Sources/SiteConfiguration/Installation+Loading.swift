import Dispatch
import Foundation
public import SafetyModel
import Synchronization

extension Installation {
    /// The years in which the files can name dates: holidays, stand-ins of rosters, pauses.
    public static let datedYears = 2_000...2_199

    /// Reads and checks a configuration: `anju.yaml` and everything it includes.
    ///
    /// Files are parsed on as many threads as there are cores; nothing is kept of them but what they mean.
    /// - Parameter now: the moment around which the time zone's offsets are computed; nil means now.
    public static func load(from path: String, at now: WallTime? = nil) -> LoadResult {
        let now = now ?? WallTime(milliseconds: Int64(Date().timeIntervalSince1970 * 1_000))
        let folder = Paths.folder(of: path)
        let main = FileReader(name: path, path: path, folder: Paths.fromRoot(folder), isMain: true).read()
        guard let settings = main.settings else {
            return LoadResult(
                installation: nil, diagnostics: main.diagnostics, isUnreadable: !main.isReadable)
        }
        var finder = IncludeFinder(settings: settings, mainFile: path, folder: folder)
        finder.find()
        let others = readAll(
            finder.files.map { FileReader(name: $0.name, path: $0.path, isShipped: $0.isShipped) })
        var builder = SiteBuilder(files: [main] + others, settings: settings, now: now)
        builder.problems.add(finder.diagnostics)
        return builder.build()
    }

    private static func readAll(_ readers: [FileReader]) -> [FileDraft] {
        let drafts = Mutex([FileDraft?](repeating: nil, count: readers.count))
        DispatchQueue.concurrentPerform(iterations: readers.count) { index in
            let draft = readers[index].read()
            drafts.withLock { $0[index] = draft }
        }
        return drafts.withLock { $0.compactMap(\.self) }
    }
}
