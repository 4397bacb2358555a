import Foundation

/// A program that ends with the test, also when the test crashes: a shell holds it, whose input ends then.
final class LeashedProgram {
    private let shell = Process()
    private let leash: Pipe
    /// Between making a pipe and marking it no other test may start a process.
    private static let spawning = NSLock()

    init(_ arguments: [String]) throws {
        Self.spawning.lock()
        defer { Self.spawning.unlock() }
        // Made under the lock, so that no other child inherits it.
        leash = Pipe()
        _ = fcntl(leash.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments =
            [
                "-c", "\"$@\" </dev/null >/dev/null 2>&1 & child=$!; read _; kill -KILL $child", "sh",
            ] + arguments
        shell.standardInput = leash
        shell.standardOutput = FileHandle.nullDevice
        shell.standardError = FileHandle.nullDevice
        try shell.run()
    }

    /// Ends the program and waits for its end.
    func stop() {
        try? leash.fileHandleForWriting.close()
        shell.waitUntilExit()
    }

    /// Runs a program to its end.
    ///
    /// - Returns: its exit code.
    static func run(_ arguments: [String]) throws -> Int32 {
        let program = Process()
        program.executableURL = URL(fileURLWithPath: arguments[0])
        program.arguments = Array(arguments.dropFirst())
        program.standardInput = FileHandle.nullDevice
        program.standardOutput = FileHandle.nullDevice
        program.standardError = FileHandle.nullDevice
        spawning.lock()
        let started = Result { try program.run() }
        spawning.unlock()
        try started.get()
        program.waitUntilExit()
        return program.terminationStatus
    }

    /// Where a program of these names stands; nil when none is installed.
    static func path(_ candidates: String...) -> String? {
        candidates.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// A folder for one test.
    static func folder() throws -> String {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("anju-\(UUID().uuidString)")
            .path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
