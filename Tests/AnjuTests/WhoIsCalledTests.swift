import ArgumentParser
import SafetySimulator
import Testing

@testable import anju

/// `anju who-is-called`: moments that it takes, and moments that it refuses before it looks into any file.
struct WhoIsCalledTests {
    private static func refusal(of at: String) throws -> String? {
        let command = try WhoIsCalledCommand.parse([
            "--config", "/nowhere/anju.yaml", "--at", at, "--home", "h1", "--alarm", "fire",
        ])
        do {
            try command.run()
        } catch let error as ValidationError {
            return error.message
        } catch {
            return nil
        }
        return nil
    }

    @Test(arguments: [
        "tomorrow", "2026-10-01", "03:00", "2026-02-30T03:00", "2026-13-01T03:00", "2026-10-01T24:30",
        "2026-10-01T03", "2026-10-01T03:00+08:00", "",
    ])
    func `what is no time is refused, with a time that would be one`(at: String) throws {
        let said = try #require(try Self.refusal(of: at))
        #expect(said == "--at \(at) is no time. Write for example 2026-10-01T03:00.")
    }

    @Test(arguments: [
        "1999-12-31T23:59", "2200-01-01T00:00", "9999-01-01T00:00", "0026-10-01T03:00", "20261-10-01T03:00",
    ])
    func `a year that no roster can speak of is refused`(at: String) throws {
        let said = try #require(try Self.refusal(of: at))
        #expect(
            said == "--at \(at) is beyond what rosters and holidays can say. Write a year from 2000 to 2199.")
    }

    @Test(
        arguments: [
            ("2026-10-01T03:00", 1_790_823_600_000), ("2026-10-01 03:00", 1_790_823_600_000),
            ("2026-10-01T03:00:30", 1_790_823_630_000), ("2000-01-01T00:00", 946_684_800_000),
            ("2199-12-31T23:59", 7_258_118_340_000),
        ] as [(String, Int64)])
    func `a time is read as it stands, without a zone`(at: String, milliseconds: Int64) throws {
        #expect(try WhoIsCalledCommand.time(at).milliseconds == milliseconds)
        #expect(try Self.refusal(of: at) == nil, "the files are asked next")
    }
}
