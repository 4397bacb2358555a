import Foundation

/// Who may know whom: imports, `Package.swift` and the module map agree.
enum PlanRules {
    private static let importLine = Words(
        "^\\s*(?:@\\w+(?:\\(\\w+\\))?\\s+)*(?:public |internal |package |private |fileprivate )?import "
            + "(?:struct |class |enum |protocol |func |var |let |typealias )?([A-Za-z_][A-Za-z0-9_]*)")

    /// Rings whose targets import nothing but each other and ordered collections.
    static let pureTargets = [
        "SafetyModel", "Correlation", "Alarming", "Escalation", "SafetyCore", "DeviceProfiles",
    ]

    /// Modules of the toolchain that every target may import that is not pure.
    static let systemModules = ["Foundation", "FoundationEssentials", "Synchronization", "Dispatch", "Glibc"]

    /// Modules that a file imports, in order.
    static func imports(of file: SwiftSource) -> [(line: Int, module: String)] {
        zip(1..., file.code).compactMap { number, line in
            importLine.matches(in: line).first.map { (number, $0[1]) }
        }
    }

    /// Imports that the plan does not allow to the file's target.
    static func forbiddenImports(in file: SwiftSource, plan: Plan) -> [Finding] {
        guard let room = plan.room(file.target) else {
            return [Finding(path: file.path, line: 0, text: "the module map has no target \(file.target)")]
        }
        var allowed = plan.known(to: room.name) + room.modules
        if !pureTargets.contains(room.name) { allowed += systemModules }
        return imports(of: file).filter { !allowed.contains($0.module) }.map { line, module in
            Finding(path: file.path, line: line, text: "\(room.name) may not import \(module)")
        }
    }

    /// Where `Package.swift` and the module map say different things.
    static func differences(package: PackageText, plan: Plan) -> [Finding] {
        let path = "Package.swift"
        let built = package.targets.map(\.name).sorted()
        let drawn = plan.rooms.map(\.name).sorted()
        var found = built.filter { !drawn.contains($0) }.map { "\($0) is missing in the module map" }
        found += drawn.filter { !built.contains($0) }.map { "the module map has \($0), the package has not" }
        found += package.unusedPackages.map { "no target uses the package \($0)" }
        if let circle = plan.circle { found.append("the module map puts \(circle) below itself") }
        for target in package.targets {
            guard let room = plan.room(target.name) else { continue }
            let known = plan.known(to: target.name)
            found += target.targets.filter { !known.contains($0) }
                .map { "\(target.name) may not depend on \($0)" }
            found += target.products.filter { product in
                !(Plan.libraries[product] ?? [product]).contains(where: room.modules.contains)
            }
            .map { "\(target.name) may not depend on the product \($0)" }
        }
        return found.map { Finding(path: path, line: 0, text: $0) }
    }

    /// Test targets without files, and folders of tests that the package does not build.
    static func missingTestTargets(package: PackageText, paths: [String]) -> [Finding] {
        let parts = paths.map { $0.split(separator: "/").map(String.init) }
        let folders = Set(
            parts.filter {
                $0.count > 2 && $0[0] == "Tests" && $0[1].hasSuffix("Tests") && $0[2].hasSuffix(".swift")
            }
            .map { $0[1] }
        ).sorted()
        let unbuilt = folders.filter { !package.tests.contains($0) }.map { "\($0) is not built" }
        let empty = package.tests.filter { !folders.contains($0) }.map { "\($0) has no files" }
        return (unbuilt + empty).map { Finding(path: "Package.swift", line: 0, text: $0) }
    }

    /// Things at the top of the repository that the plan does not have.
    static func strangers(atTop paths: [String]) -> [Finding] {
        let allowed = ["Package.swift", "Sources", "Tests", "config", "systemd", "README.md"]
        let tops = Set(paths.compactMap { $0.split(separator: "/").first.map(String.init) })
        return tops.sorted().filter { !allowed.contains($0) && !$0.hasPrefix(".") }
            .map { Finding(path: $0, line: 0, text: "the top level has no place for it") }
    }
}
