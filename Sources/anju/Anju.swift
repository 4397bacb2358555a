import ArgumentParser

/// The command line of the gateway.
@main
struct Anju: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "anju",
        abstract: "A home-safety gateway: from a sensor in a home to a person who comes.",
        discussion: """
            A technician's day: write the files, `anju check` them, `anju rehearse` a story, then let systemd `anju run`.
            Exit codes: 0 all is well, 1 the command's own "no" (see its help), 64 wrong usage, others in each help.
            """,
        version: AnjuVersion.text,
        subcommands: [
            RunCommand.self, CheckCommand.self, RehearseCommand.self, HouseholdsCommand.self,
            ExplainCommand.self, ReplayCommand.self, WhoIsCalledCommand.self, EvaluateCommand.self,
            SimulateCommand.self, DecodeCommand.self, SchemaCommand.self, PasswordCommand.self,
            AuditCommand.self, VersionCommand.self,
        ])
}

/// Which version this is.
enum AnjuVersion {
    static let text = "0.1.0"
}

/// `anju version`.
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "version", abstract: "Print the version. Exit code: 0.")

    func run() throws { print("anju \(AnjuVersion.text)") }
}
