import Foundation
import Glibc

/// SIGINT, SIGTERM and SIGHUP, which must not leave a network behind.
struct EndingSignals {
    private static let numbers = [SIGINT, SIGTERM, SIGHUP]

    /// They wait from now on, in this thread and all that come from it.
    init() {
        var set = Self.set
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Does something when one comes, and ends the program.
    func whenOneComes(_ body: @escaping @Sendable () -> Void) {
        Thread.detachNewThread {
            var set = Self.set
            var number: Int32 = 0
            sigwait(&set, &number)
            body()
            exit(128 + number)
        }
    }

    private static var set: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        for number in numbers { sigaddset(&set, number) }
        return set
    }
}
