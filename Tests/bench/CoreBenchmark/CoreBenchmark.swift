import Foundation
import SiteConfiguration

/// Measures the core alone: how many observations a second one core takes in, and at what price.
///
/// Arguments: the main file of a site, then parts: `speed` or one kind of traffic, `memory`, `allocations`,
/// `snapshot`, `rules`. Prints one line of JSON a figure.
@main
struct CoreBenchmark {
    static func main() throws {
        var arguments = CommandLine.arguments.dropFirst().makeIterator()
        guard let path = arguments.next() else {
            FileHandle.standardError.write(Data("usage: CoreBenchmark SITE.yaml [PART...]\n".utf8))
            exit(64)
        }
        var parts: [String] = []
        while let part = arguments.next() { parts.append(part) }
        let result = Installation.load(from: path)
        guard let installation = result.installation else {
            let errors = result.diagnostics.filter { $0.severity == .error }.map { $0.text + "\n" }
            FileHandle.standardError.write(Data(errors.joined().utf8))
            exit(65)
        }
        let bench = MachineBench(installation.site)
        for part in parts {
            switch part {
            case "speed": for kind in Traffic.Kind.allCases { bench.measureSpeed(kind) }
            case "memory": bench.measureMemory()
            case "allocations": bench.measureAllocations()
            case "snapshot": bench.measureSnapshot()
            case "rules": bench.measureRules()
            default:
                if let kind = Traffic.Kind(rawValue: part) {
                    bench.measureSpeed(kind)
                    continue
                }
                FileHandle.standardError.write(Data("there is no part \(part)\n".utf8))
                exit(64)
            }
        }
    }
}
