/// The keys of this target's log metadata.
enum LogKeys {
    static let error = "error"
    static let port = "http.port"
}
