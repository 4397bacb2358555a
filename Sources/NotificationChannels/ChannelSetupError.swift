/// Why a channel cannot be built from its settings.
public enum ChannelSetupError: Error, Hashable, Sendable {
    /// The URL, or what is wrong with it.
    case badURL(String)
    /// The file with the secret cannot be read.
    case unreadableSecret(path: String)
    /// The first line of the file with the secret is empty or too long.
    case unfitSecret(path: String)

    /// The most bytes of a secret.
    public static let secretLimit = 4_096

    /// What is wrong and what to write instead, in one line.
    public var text: String {
        switch self {
        case .badURL(let reason): "the URL cannot be used: \(reason)"
        case .unreadableSecret(let path): "the secret file \(path) cannot be read"
        case .unfitSecret(let path):
            "the first line of the secret file \(path) must be the secret, 1 to \(Self.secretLimit) bytes"
        }
    }
}
