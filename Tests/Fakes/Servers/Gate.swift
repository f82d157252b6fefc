import Foundation

/// A gate that one thread opens and others wait at: how a test says "now" to a script.
///
/// Once open it stays open.
package final class Gate: @unchecked Sendable {
    private let condition = NSCondition()
    private var opened = false

    package init() {}

    /// Lets everybody through, now and later.
    package func open() {
        condition.withLock {
            opened = true
            condition.broadcast()
        }
    }

    /// Whether it is open.
    package var isOpen: Bool {
        condition.withLock { opened }
    }

    /// Waits until the gate is open.
    ///
    /// - Parameter limit: the longest wait.
    /// - Returns: whether it opened in time.
    package func wait(upTo limit: Duration) -> Bool {
        let end = Date(timeIntervalSinceNow: limit.inSeconds)
        return condition.withLock {
            while !opened {
                guard condition.wait(until: end) else { break }
            }
            return opened
        }
    }
}

extension Duration {
    /// The whole duration as a number of seconds.
    package var inSeconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
