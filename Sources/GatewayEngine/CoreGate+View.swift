import Foundation
import SafetyCore

extension CoreGate {
    /// What is known now.
    ///
    /// Whoever looks never has the turn: the one who has it leaves the view behind, so that a slow reader
    /// costs an alarm nothing.
    var view: BoardLook {
        condition.lock()
        defer { condition.unlock() }
        defer { offeredView = nil }
        while true {
            if let offeredView { return offeredView }
            // Nobody is inside, and under the lock nobody gets in.
            if askedTurn == endedTurn { return nowForReaders }
            isViewWanted = true
            condition.wait()
        }
    }

    /// The caller has the turn, or nobody has it and the caller has the lock.
    var nowForReaders: BoardLook {
        BoardLook(view: runner.machine.view, language: languageInForce)
    }
}
