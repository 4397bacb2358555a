import ArgumentParser
import Foundation
import HTTPInterface
import SafetyModel

/// `anju password`: a password becomes the line for `users.yaml`.
struct PasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "password",
        abstract: "Turn a password into the line for users.yaml.",
        discussion: """
            Asks for the password twice without showing it; from a pipe it reads one line. The line it prints holds \
            what scrypt makes of the password, never the password itself.

            Exit codes: 0 printed, 1 the two differ or the password is too short.
            """)

    /// The fewest characters of a password (NIST SP 800-63B wants eight; this one opens people's homes).
    static let lengthMinimum = 10

    func run() throws {
        let password = try Self.read()
        guard password.count >= Self.lengthMinimum else {
            Self.complain("The password has fewer than \(Self.lengthMinimum) characters.")
            throw ExitCode(1)
        }
        guard password.utf8.count <= HTTPLimits().passwordByteLimit, let hash = ScryptHash(of: password)
        else {
            Self.complain("The password is too long.")
            throw ExitCode(1)
        }
        print("    password: \(hash.phc)")
    }

    private static func read() throws -> String {
        guard isatty(STDIN_FILENO) == 1 else { return readLine(strippingNewline: true) ?? "" }
        let first = ask("Password: ")
        guard ask("Once more: ") == first else {
            complain("The two are not the same.")
            throw ExitCode(1)
        }
        return first
    }

    /// Reads a line from the terminal without showing it.
    private static func ask(_ question: String) -> String {
        FileHandle.standardError.write(Data(question.utf8))
        var before = termios()
        let isKnown = tcgetattr(STDIN_FILENO, &before) == 0
        if isKnown {
            var silent = before
            silent.c_lflag &= ~tcflag_t(ECHO)
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
        }
        defer {
            if isKnown { tcsetattr(STDIN_FILENO, TCSAFLUSH, &before) }
            FileHandle.standardError.write(Data("\n".utf8))
        }
        return readLine(strippingNewline: true) ?? ""
    }

    private static func complain(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
