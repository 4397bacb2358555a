/// The keys of log metadata, listed once.
///
/// Never names, telephone numbers, message texts or credentials.
enum LogKeys {
    static let count = "count"
    static let error = "error"
    static let incident = "incident.id"
    static let link = "link.state"
    static let sequence = "journal.sequence"
    static let reason = "reason"
    static let site = "site.hash"
    static let seconds = "seconds"
}
