import Foundation
import Synchronization

/// A web server on loopback that does exactly what a test tells it, on plain sockets and threads of its own.
final class ScriptedServer: Sendable {
    /// What it does once it has read a request.
    enum Behaviour: Sendable {
        case answers(Int)
        /// Answers 200 with this text.
        case says(String)
        case redirects(to: String)
        /// Answers once the test says `release()`.
        case answersWhenReleased(Int)
        /// Never answers.
        case hangs
        /// Closes without a word.
        case closes
        /// Begins a status line and sends more of it byte by byte for ever.
        case dripsHead
        /// Answers 200 and then sends its body byte by byte for ever.
        case dripsBody
        /// Answers 200 with so many bytes.
        case answersWith(byteCount: Int)
        /// Answers something that is not HTTP.
        case babbles
    }

    /// A request as it came.
    struct Request: Sendable {
        var path: String
        /// Names in lower case.
        var headers: [String: String]
        var body: [UInt8]
    }

    let port: Int
    private let listener: Int32
    private let behaviour: Behaviour
    private let state = Mutex(State())

    private struct State {
        var requests: [Request] = []
        var sentByteCount = 0
        var isStopped = false
        var isReleased = false
    }

    init(_ behaviour: Behaviour) throws {
        self.behaviour = behaviour
        (listener, port) = try Sockets.listen()
        Thread.detachNewThread { [self] in
            while !isStopped {
                guard let connection = Sockets.accept(listener) else { continue }
                Thread.detachNewThread { [self] in
                    serve(connection)
                    close(connection)
                }
            }
            close(listener)
        }
    }

    var url: String { "http://127.0.0.1:\(port)/hook" }
    var requests: [Request] { state.withLock { $0.requests } }
    var sentByteCount: Int { state.withLock { $0.sentByteCount } }

    /// Refuses connections from now on.
    ///
    /// The accepting thread closes the socket, so that its number is not given to another server while it is
    /// still waited on.
    func stop() {
        state.withLock { $0.isStopped = true }
        shutdown(listener, Int32(SHUT_RDWR))
    }

    func release() { state.withLock { $0.isReleased = true } }

    /// Waits until so many requests have been read.
    func received(_ count: Int) async throws { try await eventually { self.requests.count >= count } }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    private func serve(_ connection: Int32) {
        guard let request = Sockets.readRequest(connection) else { return }
        state.withLock { $0.requests.append(request) }
        behave(connection)
    }

    private func behave(_ connection: Int32) {
        switch behaviour {
        case .answers(let status): answer(status, connection)
        case .says(let text):
            send("HTTP/1.1 200 OK\r\nContent-Length: \(text.utf8.count)\r\n\r\n\(text)", connection)
        case .answersWhenReleased(let status):
            while !state.withLock({ $0.isReleased || $0.isStopped }) { Sockets.pause(1, connection) }
            answer(status, connection)
        case .redirects(let target):
            send("HTTP/1.1 302 Found\r\nLocation: \(target)\r\nContent-Length: 0\r\n\r\n", connection)
        case .hangs: while !isStopped, Sockets.pause(1_000, connection) {}
        case .closes: return
        case .dripsHead:
            send("HTTP/1.1 200 OK and more of the same for ever", connection)
            while !isStopped, send("r", connection) { Sockets.pause(20, connection) }
        case .dripsBody:
            send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n", connection)
            while !isStopped, send("x", connection) { Sockets.pause(5, connection) }
        case .answersWith(let byteCount):
            send("HTTP/1.1 200 OK\r\nContent-Length: \(byteCount)\r\n\r\n", connection)
            let part = String(repeating: "x", count: 10_000)
            for _ in 0..<(byteCount / 10_000) where !send(part, connection) { return }
        case .babbles: send("220 mail.example ESMTP ready\r\n\r\n", connection)
        }
    }

    private func answer(_ status: Int, _ connection: Int32) {
        send("HTTP/1.1 \(status) Whatever\r\nContent-Length: 2\r\n\r\nok", connection)
    }

    @discardableResult
    private func send(_ text: String, _ connection: Int32) -> Bool {
        let sent = Sockets.send(Array(text.utf8), connection)
        if sent { state.withLock { $0.sentByteCount += text.utf8.count } }
        return sent
    }
}

/// The few system calls of the server.
enum Sockets {
    struct Failure: Error {}

    static func listen() throws -> (listener: Int32, port: Int) {
        let (listener, port) = try bind()
        guard Foundation.listen(listener, 128) == 0 else { throw Failure() }
        return (listener, port)
    }

    /// A port that refuses connections and is nobody else's until the socket is closed.
    static func bind() throws -> (socket: Int32, port: Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                Foundation.bind(listener, pointer, length) == 0
                    && getsockname(listener, pointer, &length) == 0
            }
        }
        guard isBound else { throw Failure() }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }

    /// The next connection; nil when there is none after all, as after a signal or a client that gave up.
    static func accept(_ listener: Int32) -> Int32? {
        var polled = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
        guard poll(&polled, 1, 1_000) > 0 else { return nil }
        let connection = Foundation.accept(listener, nil, nil)
        return connection >= 0 ? connection : nil
    }

    static func send(_ bytes: [UInt8], _ connection: Int32) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes {
                Foundation.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// Waits for the client to close, so long at most.
    ///
    /// - Returns: false when the client has closed.
    @discardableResult
    static func pause(_ milliseconds: Int32, _ connection: Int32) -> Bool {
        var polled = pollfd(fd: connection, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, milliseconds) <= 0
    }

    /// Reads a head and as many bytes as it announces.
    static func readRequest(_ connection: Int32) -> ScriptedServer.Request? {
        var bytes: [UInt8] = []
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let head = bytes.firstRange(of: end) {
                let request = parsed(bytes[..<head.lowerBound])
                let count = request.headers["content-length"].flatMap { Int($0) } ?? 0
                if bytes.count - head.upperBound >= count {
                    var request = request
                    request.body = Array(bytes[head.upperBound...].prefix(count))
                    return request
                }
            }
            var part = [UInt8](repeating: 0, count: 65_536)
            let count = recv(connection, &part, part.count, 0)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            bytes += part.prefix(count)
        }
    }

    private static func parsed(_ head: ArraySlice<UInt8>) -> ScriptedServer.Request {
        let lines = String(decoding: head, as: UTF8.self).components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces)
        }
        let words = lines[0].split(separator: " ")
        let path = words.count > 1 ? String(words[1]) : ""
        return ScriptedServer.Request(path: path, headers: headers, body: [])
    }
}
