import ArgumentParser
import DeviceProfiles
import Foundation
import SafetyModel
import SiteConfiguration

/// `anju decode`: payloads in, observations out, without a gateway.
struct DecodeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "decode",
        abstract: "Show what messages say, each by itself.",
        discussion: """
            Reads JSON Lines with "topic" and "payload" (a text) from standard input and writes one JSON line for each:
            {"codes": [...], "observations": [...], "profile": ..., "failure": null or a text}.
            Nothing is remembered from line to line. A line that cannot be read gives a line with a failure.

            Exit codes: 0 all lines were answered, 64 wrong options, 78 the profiles have errors.
            """)

    @Flag(help: "Choose the profile from each message's topic and shape.")
    var guess = false

    @Option(help: "The profile of all messages, for instance zigbee2mqtt/smoke.")
    var profile: String?

    @Option(help: "A folder of device profiles instead of the shipped ones.")
    var profiles: String?

    @Flag(help: "Treat all messages as retained.")
    var retained = false

    func validate() throws {
        guard guess != (profile != nil) else {
            throw ValidationError("Give either --guess or --profile ECOSYSTEM/KIND.")
        }
    }

    func run() throws {
        let known = try loadProfiles()
        var chosen: Int?
        if let profile {
            guard let index = known.firstIndex(where: { $0.id == profile }) else {
                let names = known.map(\.id).joined(separator: ", ")
                throw ValidationError("There is no profile \(profile); the profiles are \(names).")
            }
            chosen = index
        }
        let decoder = LineDecoder(profiles: known, chosen: chosen, isRetained: retained)
        while let line = readLine(strippingNewline: true) {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            FileHandle.standardOutput.write(Data((decoder.answer(to: line) + "\n").utf8))
        }
    }

    private func loadProfiles() throws -> [DeviceProfile] {
        guard let folder = profiles ?? ProfileFiles.shippedFolder() else {
            throw ValidationError("No device profiles found; say where they are with --profiles FOLDER.")
        }
        let loaded = ProfileFiles.load(folder: folder)
        for diagnostic in loaded.diagnostics {
            FileHandle.standardError.write(Data((diagnostic.text + "\n").utf8))
        }
        if loaded.diagnostics.contains(where: { $0.severity == .error }) { throw ExitCode(78) }
        guard !loaded.profiles.isEmpty else {
            throw ValidationError("There are no device profiles in \(folder).")
        }
        return loaded.profiles
    }
}
