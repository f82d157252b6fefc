internal import Glibc
internal import SystemPackage

/// Runs all scans of a message side by side on one `poll(2)`, until the verdict is certain, every scan has its
/// answer, or the deadline has passed.
///
/// When it returns, every connection is closed.
///
/// - Parameter isCertain: asked whenever an answer may have come.
func run(_ scans: [Scan], resolver: Resolver, until deadline: Instant, isCertain: () -> Bool) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer {
        buffer.deallocate()
        for scan in scans { scan.close() }
        resolver.close()
    }
    let polled = PollSet()
    // Whose connection each is. Pairs in one array would have their metadata made at run time, in every process.
    var polledScans: [Scan] = []
    var polledAttempts: [Attempt] = []
    while true {
        let now = Instant.now
        for scan in scans { scan.advance(now: now) }
        if isCertain() || scans.allSatisfy({ $0.answer != nil }) { return }
        guard now < deadline else {
            for scan in scans { scan.deadlinePassed(now: now) }
            return
        }

        polled.removeAll()
        polledScans.removeAll(keepingCapacity: true)
        polledAttempts.removeAll(keepingCapacity: true)
        var wake = deadline
        for scan in scans where scan.answer == nil {
            if let timer = scan.nextTimer(now: now) { wake = min(wake, timer) }
            for attempt in scan.attempts {
                guard let descriptor = attempt.pollDescriptor else { continue }
                polled.append(descriptor)
                polledScans.append(scan)
                polledAttempts.append(attempt)
            }
        }
        if let timer = resolver.nextTimer(now: now) { wake = min(wake, timer) }
        resolver.appendPollDescriptors(to: polled)

        guard polled.wait(milliseconds: (wake - now).milliseconds) else {
            // EINTR is nobody's fault; with no memory for a poll there is no waiting at all.
            if errno == EINTR || errno == EAGAIN { continue }
            for scan in scans { scan.deadlinePassed(now: now) }
            return
        }
        let after = Instant.now
        for (index, scan) in polledScans.enumerated() where polled[index].revents != 0 {
            scan.ready(polledAttempts[index], events: polled[index].revents, buffer: buffer, now: after)
        }
        resolver.process(polled, from: polledScans.count)
    }
}
