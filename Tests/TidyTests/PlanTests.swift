import Testing

/// The map, the package and the imports are read as they are written.
@Suite struct PlanTests {
    static let small = Plan(
        markdown: """
            | ring | target | may depend on | other modules | what |
            |---|---|---|---|---|
            | 0 | `Cellar` | - | - | jars |
            | 1 | `Kitchen` | `Cellar` | `Yams` | stove |
            | 2 | `Attic` | `Kitchen` | - | boxes |
            """)

    static let manifest = """
        let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
        let package = Package(
            dependencies: [
                .package(url: "https://example.org/jpsim/Yams", from: "6.2.2"),
                .package(url: "https://example.org/apple/swift-log", from: "1.16.2"),
                .package(url: "https://example.org/apple/swift-crypto", from: "4.5.2"),
            ],
            targets: [
                // Ring 0.
                room("Cellar"),
                room(
                    "Kitchen",
                    [
                        "Cellar", logging,
                        .product(name: "Yams", package: "Yams"),
                    ]),
                .executableTarget(
                    name: "Attic", dependencies: ["Kitchen"], swiftSettings: strict),
                .target(name: "CThing", linkerSettings: [.linkedLibrary("thing")]),
                check("CellarTests", ["Cellar"]),
            ]
        )
        """

    @Test func `the map knows what is below what is below`() {
        #expect(Self.small.known(to: "Attic") == ["Cellar", "Kitchen"])
        #expect(Self.small.circle == nil)
        let round = Plan(markdown: "| 0 | `A` | `B` | - |\n| 0 | `B` | `A` | - |")
        #expect(round.circle == "A")
    }

    @Test func `the package is read from its text`() {
        let package = PackageText(Self.manifest)
        #expect(package.targets.map(\.name) == ["Cellar", "Kitchen", "Attic", "CThing"])
        #expect(package.targets.map(\.targets) == [[], ["Cellar"], ["Kitchen"], []])
        #expect(package.targets[1].products.sorted() == ["Logging", "Yams"])
        #expect(package.tests == ["CellarTests"])
        #expect(package.unusedPackages == ["swift-crypto"])
    }

    @Test func `the package and the map are compared both ways`() {
        let found = PlanRules.differences(package: PackageText(Self.manifest), plan: Self.small).map(\.text)
        #expect(
            found == [
                "CThing is missing in the module map", "no target uses the package swift-crypto",
                "Kitchen may not depend on the product Logging",
            ])
        let upward = PackageText("targets: [\nroom(\"Cellar\", [\"Attic\"]),\n]")
        let differences = PlanRules.differences(package: upward, plan: Self.small).map(\.text)
        #expect(differences.contains("Cellar may not depend on Attic"))
        #expect(differences.contains("the module map has Kitchen, the package has not"))
    }

    @Test func `test folders and test targets are compared both ways`() {
        let package = PackageText(Self.manifest)
        let found = PlanRules.missingTestTargets(package: package, paths: ["Tests/AtticTests/A.swift"])
        #expect(found.map(\.text) == ["AtticTests is not built", "CellarTests has no files"])
    }

    @Test(arguments: [
        ("import A", "A"), ("public import A", "A"), ("@testable import A", "A"),
        ("@preconcurrency public import A", "A"), ("import struct A.B", "A"), ("internal import A", "A"),
    ])
    func `every form of import is read`(line: String, module: String) {
        let file = SwiftSource(path: "Sources/A/B.swift", text: line)
        #expect(PlanRules.imports(of: file).map(\.module) == [module])
    }
}
