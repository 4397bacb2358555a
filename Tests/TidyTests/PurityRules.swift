import Foundation

/// What may not stand in a target because the outside world would leak in with it.
enum PurityRules {
    private static let impure = Words(
        "\\b(Foundation|Date\\(|ContinuousClock|SuspendingClock|Task\\b|Mutex|NSLock|Thread|Dispatch"
            + "|print\\(|debugPrint\\(|Logger|SystemRandomNumberGenerator|random\\(|shuffled?\\("
            + "|randomElement|FileManager|ProcessInfo|getenv|async\\b|await\\b|actor\\b)")
    private static let clocks = Words(
        "\\b(Date\\(|ContinuousClock|SuspendingClock|clock_gettime|gettimeofday|Thread\\b|pthread_"
            + "|DispatchQueue|Task\\s*\\{|Task\\.|await\\b|print\\(|Logger)")
    private static let printing = Words("(?<![.\\w])(print|debugPrint|dump)\\(")

    /// Targets that decide, so that the simulator runs the real thing: no thread and no clock of their own.
    static let threadlessTargets = ["GatewayEngine", "SafetySimulator"]

    /// Clocks, randomness, tasks, locks, loggers and printing in a pure target.
    static func worldInPureCode(_ file: SwiftSource) -> [Finding] {
        guard PlanRules.pureTargets.contains(file.target) else { return [] }
        return file.findings(impure) { "\($0) has no place in a pure target" }
    }

    /// Threads and clocks in a target that gets its time as a parameter.
    static func clockInThreadlessCode(_ file: SwiftSource) -> [Finding] {
        guard threadlessTargets.contains(file.target) else { return [] }
        return file.findings(clocks) { "\($0): time and threads come from outside here" }
    }

    /// Printing in a library.
    static func printing(_ file: SwiftSource) -> [Finding] {
        guard file.path.hasPrefix("Sources/"), file.target != "anju" else { return [] }
        return file.findings(printing) { "\($0) in a library; only the executable prints" }
    }

    /// Walks over sets and dictionaries in pure targets, whose order changes from process to process.
    ///
    /// A guess from names: a name that some file of the target declares as a set or dictionary, and none as
    /// an array.
    static func hashOrder(in files: [SwiftSource]) -> [Finding] {
        let names = hashedNames(in: files)
        guard !names.isEmpty else { return [] }
        let name = "(?:self\\.)?(?:\(names.joined(separator: "|")))"
        let loop = Words("\\bfor\\b.*\\bin\\s+(?:\\w+\\.)*\(name)(?:\\.keys|\\.values)?\\s*(?:\\{|where\\b)")
        let call = Words(
            "\\b\(name)(?:\\.keys|\\.values)?\\.(?:map|flatMap|compactMap|forEach|reduce|first\\b|filter)")
        let list = Words("\\bArray\\((?:\\w+\\.)*\(name)(?:\\.keys|\\.values)?\\)")
        return files.flatMap { file in
            [loop, call, list].flatMap { pattern in
                file.findings(pattern) { "\($0): the order of a set or dictionary is not repeatable" }
            }
        }
    }

    private static let hashed = Words(
        "\\b(?:var|let)\\s+(\\w+)\\s*(?::|=)\\s*(?:Set\\b|Dictionary\\b|\\[[\\w.<>]+\\s*:)")
    private static let ordered = Words("\\b(?:var|let)\\s+(\\w+)\\s*(?::|=)\\s*\\[[^:\\]]*\\]")

    private static func hashedNames(in files: [SwiftSource]) -> [String] {
        let code = files.map(\.codeText).joined(separator: "\n")
        let arrays = Set(ordered.matches(in: code).map { $0[1] })
        return Set(hashed.matches(in: code).map { $0[1] }).subtracting(arrays).sorted()
    }
}
