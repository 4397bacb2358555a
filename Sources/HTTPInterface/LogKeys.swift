/// The keys of this target's log metadata.
enum LogKeys {
    static let act = "act"
    static let error = "error"
    static let port = "http.port"
}
