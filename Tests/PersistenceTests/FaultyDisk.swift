import Foundation
import SafetyModel
import Testing

/// A folder whose files hang or fail on order, for children of this process.
final class FaultyDisk {
    let path: String
    private let isOwner: Bool

    /// Builds the interposer and hands it to the children by the environment.
    init() throws {
        path = NSTemporaryDirectory() + "anju-faults-\(UUID().uuidString)"
        isOwner = true
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let library = path + "/slowdisk.so"
        try Self.build(into: library)
        setenv("ANJU_TEST_FOLDER", path, 1)
        setenv("SLOWDISK_CONTROL", path + "/control", 1)
        setenv("SLOWDISK_PATH", path + "/store", 1)
        setenv("SLOWDISK_COUNT", path + "/count", 1)
        setenv("LD_PRELOAD", library, 1)
        try FileManager.default.createDirectory(atPath: path + "/store", withIntermediateDirectories: true)
    }

    private init(path: String) {
        self.path = path
        isOwner = false
    }

    deinit {
        guard isOwner else { return }
        unsetenv("LD_PRELOAD")
        chmod(path + "/store", 0o700)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The disk of the parent, seen by its child.
    static func inherited() throws -> FaultyDisk {
        alarm(900)  // a child that waits for ever ends
        return FaultyDisk(path: try #require(ProcessInfo.processInfo.environment["ANJU_TEST_FOLDER"]))
    }

    var settings: StoreSettings { TestFolder.settings(at: path + "/store/anju.db") }

    /// From now on: one line as `slowdisk.c` reads it; empty for a sound disk.
    func order(_ line: String) throws {
        try Data((line + "\n").utf8).write(to: URL(fileURLWithPath: path + "/control.new"))
        guard rename(path + "/control.new", path + "/control") == 0 else {
            throw CocoaError(.fileWriteUnknown)
        }
        ordered = try counts().syncs
    }

    private var ordered: UInt64 = 0

    /// Whether a sync has begun since the last order.
    func isHanging() -> Bool { ((try? counts().syncs) ?? 0) > ordered }

    /// How many syncs and writes the store's files have seen.
    func counts() throws -> (syncs: UInt64, writes: UInt64) {
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path + "/count"))
        return bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }

    func makeReadOnly() throws {
        try #require(chmod(path, 0o755) == 0 && chmod(path + "/store", 0o555) == 0)
    }

    private static func build(into library: String) throws {
        let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("faults/slowdisk.c").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        compiler.arguments = ["cc", "-O2", "-shared", "-fPIC", "-o", library, source, "-ldl"]
        try compiler.run()
        compiler.waitUntilExit()
        try #require(compiler.terminationStatus == 0, "cc could not build \(source)")
    }
}
