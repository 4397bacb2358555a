import Foundation
import GRDB
import GatewayPorts

extension JournalError {
    /// What SQLite's or our own error means for the gateway.
    ///
    /// - Parameter path: where the store lies; a failing write on a disk without space is `full`, whatever
    /// its code.
    init(_ error: any Error, at path: String) {
        if let error = error as? JournalError {
            self = error
            return
        }
        guard let error = error as? DatabaseError else {
            self = .failed("\(error)")
            return
        }
        let text = "\(error.message ?? "SQLite error") (\(error.extendedResultCode.rawValue))"
        switch error.resultCode {
        case _ where Self.damage.contains(error.extendedResultCode): self = .corrupt(text)
        case .SQLITE_FULL: self = .full(text)
        case .SQLITE_READONLY, .SQLITE_PERM: self = .readOnly(text)
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self = .corrupt(text)
        case .SQLITE_IOERR where SystemFile.isFull(at: path): self = .full(text)
        case .SQLITE_IOERR where access(path, W_OK) != 0: self = .readOnly(text)
        case .SQLITE_CANTOPEN where access(path, W_OK) != 0: self = .readOnly(text)
        default: self = .failed(text)
        }
    }

    /// Read errors that mean a file cut short or rotten, not a disk that fails.
    private static let damage: [ResultCode] = [.SQLITE_IOERR_SHORT_READ, .SQLITE_IOERR_DATA]

    /// What a failed system call means for the gateway.
    init(errno code: Int32, _ what: String) {
        let text = "\(what): \(String(cString: strerror(code)))"
        switch code {
        case ENOSPC, EDQUOT: self = .full(text)
        case EROFS, EACCES, EPERM: self = .readOnly(text)
        default: self = .failed(text)
        }
    }

    /// Whether the file is damaged.
    var isCorrupt: Bool {
        if case .corrupt = self { return true }
        return false
    }
}
