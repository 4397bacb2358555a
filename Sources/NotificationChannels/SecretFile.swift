import Foundation

/// The first line of a file that holds a secret.
enum SecretFile {
    /// Reads it once, when a channel is built: sending an alarm never waits for a file.
    static func line(of path: String) throws(ChannelSetupError) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path) else { throw .unreadableSecret(path: path) }
        defer { try? file.close() }
        guard let bytes = try? file.read(upToCount: ChannelSetupError.secretLimit + 1) else {
            throw .unfitSecret(path: path)
        }
        let line = bytes.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard (1...ChannelSetupError.secretLimit).contains(line.count) else { throw .unfitSecret(path: path) }
        return Array(line)
    }

    /// As text.
    static func text(of path: String) throws(ChannelSetupError) -> String {
        String(decoding: try line(of: path), as: UTF8.self)
    }
}
