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

    /// Loads a good site with this one file wrong and looks for the report.
    func check(in good: SampleSite = SampleSite()) throws {
        var site = good
        site[part] = text
        try site.load().expect(says, severity) { $0 == place }
    }
}

extension LoadResult {
    /// Looks for a report at a place; where it is an error nothing is loaded.
    ///
    /// - Parameter severity: nil where it may be either.
    func expect(
        _ says: String, _ severity: Diagnostic.Severity? = .error, at isPlace: (String) -> Bool,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let found = diagnostics.contains {
            isPlace($0.place.text) && (severity ?? $0.severity) == $0.severity && $0.text.contains(says)
        }
        #expect(
            found, "\(diagnostics.map(\.text).joined(separator: "\n"))", sourceLocation: sourceLocation)
        if severity == .error { #expect(installation == nil, sourceLocation: sourceLocation) }
    }
}
