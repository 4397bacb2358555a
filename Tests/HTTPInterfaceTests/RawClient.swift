import Dispatch
import Foundation

/// A client on a plain socket that sends whatever bytes a test wants, on a thread of its own.
struct RawClient: Sendable {
    let port: Int

    struct Answer: Sendable, CustomStringConvertible {
        var status = 0
        /// Names in lower case.
        var headers: [String: String] = [:]
        var body = ""
        /// All bytes that came.
        var text = ""

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any]) ?? [:]
        }
        var description: String { text }
    }

    /// Sends bytes and reads until the server closes or `patience` milliseconds pass without a byte.
    func exchange(_ bytes: [UInt8], patience: Int = Connection.patience) async -> Answer {
        await onThread {
            let connection = Connection(port: port)
            defer { connection.close() }
            connection.send(bytes)
            return Self.parsed(connection.readAll(patience: patience))
        }
    }

    /// A well-formed request on a connection of its own.
    func request(
        _ method: String, _ path: String, token: String? = nil, headers: [String] = [], body: String? = nil
    ) async -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            if !headers.contains(where: { $0.hasPrefix("Content-Type") }) {
                lines.append("Content-Type: application/json")
            }
            lines.append("Content-Length: \(body.utf8.count)")
        }
        return await exchange(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))
    }

    /// Runs blocking code off Swift's cooperative threads.
    func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    static func parsed(_ bytes: [UInt8]) -> Answer {
        let text = String(decoding: bytes, as: UTF8.self)
        var answer = Answer(text: text)
        let parts = text.components(separatedBy: "\r\n\r\n")
        let lines = parts[0].components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ")
        answer.status = words.count > 1 ? Int(words[1]) ?? 0 : 0
        for line in lines.dropFirst() {
            let pair = line.split(separator: ":", maxSplits: 1)
            guard pair.count == 2 else { continue }
            answer.headers[pair[0].lowercased()] = pair[1].trimmingCharacters(in: .whitespaces)
        }
        answer.body = parts.dropFirst().joined(separator: "\r\n\r\n")
        return answer
    }
}

/// One blocking connection to loopback.
struct Connection: Sendable {
    /// Milliseconds that no busy machine exceeds.
    static let patience = 300_000

    private let descriptor: Int32
    private let isOpen: Bool

    init(port: Int, receiveBuffer: Int32? = nil) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        if var size = receiveBuffer {
            setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let descriptor = descriptor
        isOpen = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// Whether somebody listens.
    static func isAccepted(port: Int) -> Bool {
        let connection = Connection(port: port)
        defer { connection.close() }
        return connection.isOpen
    }

    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// What comes next, empty when the server has closed, nil after `patience` milliseconds.
    func read(patience: Int) -> [UInt8]? {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        var ready = poll(&polled, 1, Int32(patience))
        while ready < 0, errno == EINTR { ready = poll(&polled, 1, Int32(patience)) }
        guard ready > 0 else { return nil }
        var part = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &part, part.count, 0)
        return Array(part.prefix(max(0, count)))
    }

    /// Whether there is something to read, or the server has closed, within `patience`; reads nothing.
    func isReadable(within patience: Int = patience) -> Bool {
        var polled = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, Int32(patience)) > 0
    }

    func readAll(patience: Int = patience) -> [UInt8] {
        var bytes: [UInt8] = []
        while let part = read(patience: patience), !part.isEmpty { bytes += part }
        return bytes
    }

    /// Whether the server closes within so many milliseconds, whatever it still says.
    func isClosed(within patience: Int = patience) -> Bool {
        while let part = read(patience: patience) {
            if part.isEmpty { return true }
        }
        return false
    }

    func close() { _ = Foundation.close(descriptor) }
}
