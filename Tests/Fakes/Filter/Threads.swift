import Foundation
import Synchronization

/// Runs a closure in so many threads, and waits for all of them.
///
/// - Throws: what the first one throws that fails.
package func inThreads(_ count: Int, _ body: @escaping @Sendable (_ number: Int) throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    let group = DispatchGroup()
    for number in 0..<count {
        group.enter()
        let thread = Thread {
            do {
                try body(number)
            } catch {
                failure.withLock { $0 = $0 ?? error }
            }
            group.leave()
        }
        thread.stackSize = 1 << 20
        thread.start()
    }
    group.wait()
    if let error = failure.withLock({ $0 }) { throw error }
}
