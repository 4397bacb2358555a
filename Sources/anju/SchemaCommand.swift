import ArgumentParser
import SiteConfiguration

/// `anju schema`: what a configuration file may hold, for editors.
struct SchemaCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "schema",
        abstract: "Print the JSON Schema of a configuration file, for editors.",
        discussion: """
            Prints a JSON Schema (draft 2020-12) of anju.yaml (main) or of a file that it includes (homes, responders, \
            plans, rules, profiles). An editor with a YAML language server completes keys and marks wrong ones with it. \
            It sees one file and its shape; `anju check` reads all files together and has the last word.

            Exit code: 0.
            """)

    @Argument(help: "The file: main, homes, responders, plans, rules or profiles.")
    var file = "main"

    func validate() throws {
        guard ConfigurationSchema(rawValue: file) != nil else {
            let words = ConfigurationSchema.allCases.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("There is no schema \(file). Write one of \(words).")
        }
    }

    func run() throws {
        guard let schema = ConfigurationSchema(rawValue: file) else { return }
        print(schema.text, terminator: "")
    }
}
