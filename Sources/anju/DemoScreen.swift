import Glibc
import SafetySimulator

/// The terminal itself: prints lines, and keeps one moving line at the bottom where there is a terminal.
final class DemoScreen {
    /// Whether standard output is a terminal that understands escape sequences.
    let isTerminal: Bool
    let text: TerminalText
    private var hasProgress = false

    init() {
        let isSimple = Self.variable("TERM") == "dumb"
        isTerminal = isatty(STDOUT_FILENO) == 1 && !isSimple
        let wantsColour = Self.variable("NO_COLOR") == nil
        text = TerminalText(width: Self.columns(), isColoured: isTerminal && wantsColour)
    }

    /// Prints a line above the moving one.
    func write(_ line: String) {
        clearProgress()
        emit(line + "\n")
    }

    /// Replaces the moving line.
    func show(progress line: String) {
        guard isTerminal else { return }
        emit("\r\u{1b}[2K" + line)
        hasProgress = true
    }

    func clearProgress() {
        if hasProgress { emit("\r\u{1b}[2K") }
        hasProgress = false
    }

    private func emit(_ words: String) {
        var rest = Array(words.utf8)[...]
        while !rest.isEmpty {
            // The pointer is valid for this call only.
            let written = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            rest = rest.dropFirst(written)
        }
    }

    private static func variable(_ name: String) -> String? {
        guard let value = getenv(name), value.pointee != 0 else { return nil }
        return String(cString: value)
    }

    private static func columns() -> Int {
        if let text = variable("COLUMNS"), let columns = Int(text) { return columns }
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 120 }
        return Int(size.ws_col)
    }
}

/// Whether ctrl-C was pressed or the process was asked to end.
enum DemoInterruption {
    // A signal handler may only write a flag of this type; it is read by the one thread that runs the day.
    nonisolated(unsafe) private static var flag: sig_atomic_t = 0

    static var isRequested: Bool { flag != 0 }

    static func watch() {
        signal(SIGINT) { _ in DemoInterruption.flag = 1 }
        signal(SIGTERM) { _ in DemoInterruption.flag = 1 }
        signal(SIGHUP) { _ in DemoInterruption.flag = 1 }
    }
}
