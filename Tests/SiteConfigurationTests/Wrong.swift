import Testing

@testable import SiteConfiguration

/// One way to get a file wrong, and what `anju check` must say about it.
struct Wrong: Sendable, CustomTestStringConvertible {
    var part: SampleSite.Part
    var text: String
    /// `file:line:column` of the report.
    var place: String
    /// What the report must hold.
    var says: String
    var severity: Diagnostic.Severity

    init(
        _ part: SampleSite.Part, _ text: String, at place: String, _ says: String,
        _ severity: Diagnostic.Severity = .error
    ) {
        self.part = part
        self.text = text
        self.place = place
        self.says = says
        self.severity = severity
    }

    var testDescription: String { "\(place): \(says)" }

    /// Loads the good site with this one file wrong and looks for the report.
    func check() throws {
        var site = SampleSite()
        site[part] = text
        let result = try site.load()
        let found = result.diagnostics.contains {
            $0.place.text == place && $0.severity == severity && $0.text.contains(says)
        }
        #expect(found, "\(result.diagnostics.map(\.text).joined(separator: "\n"))")
        if severity == .error { #expect(result.installation == nil) }
    }
}
