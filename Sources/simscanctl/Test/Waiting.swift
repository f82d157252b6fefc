import Foundation
import SimscanNative
import Synchronization

/// A sign of life on standard error while something takes its time that nobody can foretell.
enum Waiting {
    private static let interval = 0.2

    static func during<Result, E: Error>(_ label: String, _ work: () throws(E) -> Result) throws(E) -> Result {
        guard Terminal.error.isTerminal else { return try work() }
        let watch = Watch(label: label)
        defer { watch.stop() }
        return try work()
    }

    /// Shows the time that has passed, from a thread of its own.
    private final class Watch: Sendable {
        private let isStopped = Atomic(false)
        private let ended = DispatchSemaphore(value: 0)

        init(label: String) {
            Thread.detachNewThread { [self] in
                var bar = ProgressBar(label)
                let start = Instant.now
                while !isStopped.load(ordering: .acquiring) {
                    let seconds = (Instant.now - start).nanoseconds / 1_000_000_000
                    bar.update(0, of: nil, String(seconds) + " s")
                    Thread.sleep(forTimeInterval: Waiting.interval)
                }
                bar.finish()
                ended.signal()
            }
        }

        /// The line is gone when this returns.
        func stop() {
            isStopped.store(true, ordering: .releasing)
            ended.wait()
        }
    }
}
