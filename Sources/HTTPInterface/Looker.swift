import Dispatch
import GatewayPorts

/// Looks at the board and the desk's record without ever waiting for a disk on Swift's cooperative threads.
struct Looker: Sendable {
    let board: any StatusBoard
    private let patience: Duration
    private let places: Places
    private let queue = DispatchQueue(label: "anju.http.looks", attributes: .concurrent)

    /// - Parameter count: how many look at the same time.
    init(board: any StatusBoard, limits: HTTPLimits, count: Int) {
        self.board = board
        patience = limits.answerPatience
        places = Places(limit: count)
    }

    /// What `body` finds.
    ///
    /// - Throws: 503 when too many look at once, or when it does not come back in time; it is then left
    /// behind.
    func look<Found: Sendable>(
        _ body: @escaping @Sendable (any StatusBoard) -> Found
    ) async throws(Problem) -> Found {
        guard places.take() else { throw .unavailable("Too many requests at the same time.") }
        let found: Found? = await Patience.answer(within: patience) { give in
            queue.async { [board, places] in
                let found = body(board)
                places.giveBack()
                give(found)
            }
        }
        guard let found else { throw .unavailable("The record did not answer in time.") }
        return found
    }

    /// What `body` finds in a record that may fail.
    func read<Found: Sendable>(
        _ body: @escaping @Sendable (any StatusBoard) throws(JournalError) -> Found
    ) async throws(Problem) -> Found {
        let found: Result<Found, JournalError> = try await look { board in
            Result { () throws(JournalError) in try body(board) }
        }
        switch found {
        case .success(let found): return found
        case .failure: throw .unavailable("The record cannot be read now.")
        }
    }
}
