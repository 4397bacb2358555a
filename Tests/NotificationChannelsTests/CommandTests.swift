import Escalation
import Foundation
import GatewayPorts
import SafetyModel
import Testing

@testable import NotificationChannels

@Suite(.serialized, .timeLimit(.minutes(5))) struct CommandTests {
    private func result(
        _ arguments: [String], audience: ChannelAudience = .private, timeout: Duration = .seconds(60)
    ) async throws -> DeliveryReport.Result {
        let command = CommandSettings(arguments: arguments)
        let channel = QueuedChannel(
            ChannelSettings(name: "c", audience: audience, timeout: timeout, way: .command(command)),
            command: command, in: Examples.surroundings())
        let result = try await channel.result(of: Examples.rich())
        await channel.shutdown()
        return result
    }

    @Test(arguments: [
        (["/bin/true"], DeliveryReport.Result.delivered),
        (["/bin/false"], .rejected(reason: "the program ended with 1")),
        (["/bin/sh", "-c", "exit 75"], .failed(reason: "the program ended with 75")),
        (["/bin/sh", "-c", "kill -SEGV $$"], .failed(reason: "the program ended by signal 11")),
        (["/no/such/program"], .rejected(reason: "the program cannot be started: No such file or directory")),
        // No shell reads the arguments.
        (["/usr/bin/test", "$(id) `id` ; false", "=", "$(id) `id` ; false"], .delivered),
        // Nothing of our own is open in it but its three standard files.
        (["/bin/sh", "-c", "set -- /proc/$$/fd/*; test $# -le 4"], .delivered),
    ])
    func `the exit code decides`(_ arguments: [String], _ expected: DeliveryReport.Result) async throws {
        #expect(try await result(arguments) == expected)
    }

    @Test func `the order stands on the standard input, the message in the environment`() async throws {
        let folder = try LeashedProgram.folder()
        defer { Examples.remove(folder) }
        let script = "cat >\"$1/in\"; printf %s \"$ANJU_MESSAGE|$ANJU_ADDRESS|$HOME\" >\"$1/env\""
        #expect(try await result(["/bin/sh", "-c", script, "sh", folder]) == .delivered)
        let input = try Data(contentsOf: URL(fileURLWithPath: folder + "/in"))
        #expect(Array(input) == OrderEvent.document(of: Examples.rich()))
        let environment = try String(contentsOfFile: folder + "/env", encoding: .utf8)
        #expect(environment.hasPrefix("火警"))
        #expect(environment.hasSuffix("|+86 138-0000-0001|"))
    }

    @Test func `a public command reads nothing of a home`() async throws {
        let folder = try LeashedProgram.folder()
        defer { Examples.remove(folder) }
        let script = "cat >\"$1/in\"; env >>\"$1/in\""
        #expect(
            try await result(["/bin/sh", "-c", script, "sh", folder], audience: .public) == .delivered)
        let input = try String(contentsOfFile: folder + "/in", encoding: .utf8)
        #expect(
            input.hasPrefix(
                #"{"order":"12-3","purpose":"alarm","urgency":"lifeSafety","kind":"火警","attempt":1}"#))
        for word in ["3-2-501", "幸福里", "王桂兰"] { #expect(!input.contains(word)) }
    }

    @Test func `a program that takes too long is ended with all that it started`() async throws {
        let folder = try LeashedProgram.folder()
        defer { Examples.remove(folder) }
        let script = "sleep 600 & echo $! >\"$1/pid\"; trap '' TERM; wait"
        // The queue's clock and the carrier's own look at the same moment; either may report first.
        let reasons = ["timed out", "the program took too long and was ended"]
        let ended = try await result(["/bin/sh", "-c", script, "sh", folder], timeout: .milliseconds(500))
        #expect(reasons.map { .failed(reason: $0) }.contains(ended))
        let text = try String(contentsOfFile: folder + "/pid", encoding: .utf8)
        let child = try #require(pid_t(text.trimmingCharacters(in: .whitespacesAndNewlines)))
        try await eventually { !Self.isRunning(child) }
    }

    /// Whether a process still does something; one that only waits to be reaped does not.
    private static func isRunning(_ process: pid_t) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
            return false
        }
        return text.split(separator: " ").dropFirst(2).first != "Z"
    }
}
