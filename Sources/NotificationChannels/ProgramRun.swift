import CCurl
import Foundation
import Glibc

/// One run of a program, in a group of processes of its own that ends with it.
struct ProgramRun {
    let arguments: [String]
    let environment: [String: String]

    /// How it went.
    enum Outcome: Equatable {
        case exited(Int32)
        /// By somebody else's signal.
        case killed(Int32)
        /// By us, because it took too long.
        case ended
        case notStarted(String)
    }

    private static let lookInterval: useconds_t = 10_000

    /// Runs it to its end, or until `isOver` says that nobody waits any more; blocks.
    func run(input: [UInt8], isOver: () -> Bool) -> Outcome {
        guard let source = tmpfile() else { return .notStarted("no temporary file") }
        // A file instead of a pipe: a program that reads nothing then holds nobody up.
        defer { fclose(source) }
        guard input.isEmpty || fwrite(input, 1, input.count, source) == input.count, fflush(source) == 0
        else {
            return .notStarted("no room for its input")
        }
        rewind(source)
        var process: pid_t = 0
        let code = spawn(&process, input: fileno(source))
        guard code == 0 else { return .notStarted(String(cString: strerror(code))) }
        var status: Int32 = 0
        var isEnded = false
        while true {
            let reaped = waitpid(process, &status, isEnded ? 0 : WNOHANG)
            if reaped == process { break }
            if reaped < 0, errno != EINTR { return .notStarted("it cannot be watched") }
            if reaped == 0, isOver() {
                isEnded = true
                kill(-process, SIGKILL)
            } else if reaped == 0 {
                usleep(Self.lookInterval)
            }
        }
        // What it left behind in its group ends with it.
        kill(-process, SIGKILL)
        if isEnded { return .ended }
        let signal = status & 0x7f
        return signal == 0 ? .exited((status >> 8) & 0xff) : .killed(signal)
    }

    private func spawn(_ process: inout pid_t, input: Int32) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // Signals that the gateway ignores or holds back are the program's own again.
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        let flags = POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK
        posix_spawnattr_setflags(&attributes, Int16(flags))
        posix_spawnattr_setpgroup(&attributes, 0)
        var words = arguments.map { strdup($0) } + [nil]
        var settings = environment.sorted { $0.key < $1.key }.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for text in words + settings { free(text) } }
        guard let path = arguments.first else { return ENOENT }
        return posix_spawn(&process, path, &actions, &attributes, &words, &settings)
    }
}
