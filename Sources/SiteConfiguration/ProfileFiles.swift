public import DeviceProfiles
import Foundation

/// Reads device profiles without a site, for tools.
public enum ProfileFiles {
    /// The most files of a folder.
    public static let fileLimit = 256

    /// Reads every `*.yaml` of a folder by name; a profile may extend one of an earlier file.
    ///
    /// - Returns: the profiles, and everything that is wrong with them.
    public static func load(folder: String) -> (profiles: [DeviceProfile], diagnostics: [Diagnostic]) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var resolver = ProfileResolver(known: [])
        var diagnostics: [Diagnostic] = []
        for name in names.filter({ $0.hasSuffix(".yaml") }).sorted().prefix(fileLimit) {
            let log = ProblemLog(file: "\(folder)/\(name)")
            switch FileBytes.read("\(folder)/\(name)", limit: YAMLReader.fileSizeLimit) {
            case .failure(let fault):
                log.error(at: Mark(line: 1, column: 1), "The file cannot be read: \(fault.reason)")
            case .success(let bytes):
                if let root = YAMLReader.read(bytes, log: log),
                    let table = Table(root, "this file", keys: FileDraft.sections, log: log),
                    let section = table["profiles"]
                {
                    resolver.add(ProfileReader(log: log).readLayers(section))
                }
            }
            diagnostics += log.diagnostics
        }
        return (resolver.profiles, diagnostics + resolver.diagnostics)
    }

    /// Where the profiles that come with the program lie.
    ///
    /// `config/profiles` in the working directory or above the executable, else `/etc/anju/profiles`.
    public static func shippedFolder() -> String? {
        var places = [FileManager.default.currentDirectoryPath]
        if let executable = Bundle.main.executablePath {
            var folder = URL(fileURLWithPath: executable).resolvingSymlinksInPath()
                .deletingLastPathComponent()
            while folder.path != "/" {
                places.append(folder.path)
                folder = folder.deletingLastPathComponent()
            }
        }
        let folders =
            places.map { $0 + "/config/profiles" } + ["/etc/anju/profiles", "/usr/share/anju/profiles"]
        return folders.first { FileManager.default.fileExists(atPath: $0 + "/zigbee2mqtt.yaml") }
    }
}
