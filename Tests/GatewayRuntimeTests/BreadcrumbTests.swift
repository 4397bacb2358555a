import Foundation
import GatewayPorts
import Testing

@testable import GatewayRuntime

@Suite struct BreadcrumbTests {
    private let folder: TestFolder
    private var path: String { folder.path + "/breadcrumb" }

    init() throws { folder = try TestFolder() }

    private func open() throws -> MappedBreadcrumb { try #require(MappedBreadcrumb(path: path)) }

    /// A run of the gateway that ends while it takes an input in.
    private func crash(on digest: UInt64) throws {
        let crumb = try open()
        crumb.enter(7)
        crumb.leave()
        crumb.enter(digest)
    }

    @Test func `an input is suspect after its second crash, whatever came between`() throws {
        try crash(on: 5)
        #expect(try open().suspects.isEmpty)
        try crash(on: 6)
        #expect(try open().suspects.isEmpty)
        try crash(on: 5)
        #expect(try open().suspects == [5])
        #expect(try open().suspects == [5])
    }

    @Test func `a run that ends between two inputs, or in a tick, leaves no trace`() throws {
        for _ in 0..<3 {
            let crumb = try open()
            crumb.enter(5)
            crumb.leave()
        }
        for _ in 0..<3 { try crash(on: 0) }
        #expect(try open().suspects.isEmpty)
    }

    @Test func `beyond its limit the oldest is forgotten`() throws {
        for _ in 0..<crashLimit { try crash(on: 1_000) }
        #expect(try open().suspects == [1_000])
        for digest in 1...UInt64(MappedBreadcrumb.suspectLimit - 1) { try crash(on: digest) }
        #expect(try open().suspects == [1_000])
        try crash(on: 77)
        #expect(try open().suspects.isEmpty)
    }

    @Test(arguments: [[], [1, 2, 3], Array(repeating: UInt8(0xFF), count: 10_000)])
    func `a file of something else is begun anew`(_ bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        #expect(try open().suspects.isEmpty)
        for _ in 0..<crashLimit { try crash(on: 3) }
        #expect(try open().suspects == [3])
    }

    @Test func `where no file can be, the gateway works without`() {
        #expect(MappedBreadcrumb(path: folder.path + "/missing/breadcrumb") == nil)
        #expect(MappedBreadcrumb(path: "/dev/full") == nil)
    }

    @Test func `it survives the process that is killed`() async throws {
        for _ in 0..<crashLimit {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                alarm(20)
                MappedBreadcrumb(path: path)?.enter(99)
                kill(getpid(), SIGKILL)
            }
        }
        #expect(try open().suspects == [99])
    }
}
