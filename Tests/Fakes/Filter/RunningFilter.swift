import CLinux
import Foundation
import Glibc
import SystemPackage

/// A filter that runs, with a thread that feeds it and listens to it.
package final class RunningFilter: @unchecked Sendable {
    /// Its process id, good until `wait()` has returned.
    package let pid: Int32

    private let run: FilterRun
    private let process: FileDescriptor
    private let started: ContinuousClock.Instant
    private let wakeUp: (readEnd: FileDescriptor, writeEnd: FileDescriptor)
    private let ended = Gate()
    /// The reject channels that are files; they are read when the filter has ended.
    private let files: [Int32: FileDescriptor]

    // The feeding thread's own.
    private var message: OutgoingBytes
    private var envelope: OutgoingBytes
    private var incoming: [Int32: IncomingBytes]
    private var result: FilterResult?

    init(_ run: FilterRun) throws {
        self.run = run
        var childEnds: [Int32: FileDescriptor] = [:]
        var incoming: [Int32: IncomingBytes] = [:]
        var files: [Int32: FileDescriptor] = [:]
        defer { for end in childEnds.values { try? end.close() } }

        let directory = try TemporaryDirectory()
        defer { directory.remove() }
        switch run.messageSource {
        case .file:
            let path = try directory.write(run.message, to: "message")
            childEnds[0] = try Child.open(path, .readOnly)
            message = OutgoingBytes([], to: nil)
        case .pipe, .heldPipe:
            let pipe = try Child.pipe()
            childEnds[0] = pipe.readEnd
            var held: Int?
            if case .heldPipe(let count) = run.messageSource { held = count }
            message = OutgoingBytes(run.message, to: pipe.writeEnd, heldAfter: held)
        }

        let envelopePipe = try Child.pipe()
        childEnds[1] = envelopePipe.readEnd
        envelope = OutgoingBytes(run.envelope, to: envelopePipe.writeEnd, closesAtEnd: !run.envelopeStaysOpen)

        let errorPipe = try Child.pipe()
        childEnds[2] = errorPipe.writeEnd
        incoming[2] = IncomingBytes(from: errorPipe.readEnd)

        for (fd, kind) in run.rejectChannels {
            switch kind {
            case .pipe:
                let pipe = try Child.pipe()
                childEnds[fd] = pipe.writeEnd
                incoming[fd] = IncomingBytes(from: pipe.readEnd)
            case .abandonedPipe:
                let pipe = try Child.pipe()
                childEnds[fd] = pipe.writeEnd
                try pipe.readEnd.close()
            case .readEnd:
                let pipe = try Child.pipe()
                childEnds[fd] = pipe.readEnd
                try pipe.writeEnd.close()
            case .file:
                let path = directory.path(of: "channel\(fd)")
                childEnds[fd] = try Child.open(path, .writeOnly, create: true)
                files[fd] = try Child.open(path, .readOnly)
            }
        }
        self.incoming = incoming
        self.files = files
        wakeUp = try Child.pipe()
        started = .now
        pid = try Child.start(
            run.launcher + [run.program] + run.arguments, environment: run.environment, descriptors: childEnds,
            directory: run.directory)
        process = FileDescriptor(rawValue: linux_process_descriptor(pid))
        Thread.detachNewThread { [self] in
            result = exchange()
            ended.open()
        }
    }

    /// Lets the rest of a held message through.
    package func releaseMessage() {
        _ = try? wakeUp.writeEnd.writeAll([0])
    }

    /// Sends the filter a signal.
    package func kill(_ signal: Int32 = SIGKILL) {
        // The process is not waited for before its end is noted here, so its id cannot be another's.
        if !ended.isOpen { _ = Glibc.kill(pid, signal) }
    }

    /// Waits for the end.
    package func wait() -> FilterResult {
        _ = ended.wait(upTo: run.timeLimit + .seconds(60))
        guard let result else { preconditionFailure("the thread of a filter's run did not end") }
        return result
    }

    // MARK: The feeding thread

    /// After the end of the filter, how long a descendant of its may still hold a descriptor of ours.
    private static let grace = Duration.seconds(2)

    private func exchange() -> FilterResult {
        var processEnded: ContinuousClock.Instant?
        var deadline = started + run.timeLimit
        var timedOut = false
        while processEnded == nil || !incoming.values.allSatisfy(\.isAtEnd) {
            let now = ContinuousClock.now
            if now >= deadline {
                if processEnded != nil { break }
                timedOut = true
                _ = Glibc.kill(pid, SIGKILL)
                deadline = now + Self.grace
            }
            let ready = pollAll(until: deadline, processEnded: processEnded != nil)
            if ready.contains(wakeUp.readEnd.rawValue) {
                var byte: UInt8 = 0
                _ = try? withUnsafeMutableBytes(of: &byte) { try wakeUp.readEnd.read(into: $0) }
                message.release()
            }
            if ready.contains(process.rawValue) {
                processEnded = .now
                deadline = .now + Self.grace
            }
            message.write(ifIn: ready)
            if message.isClosed { envelope.write(ifIn: ready) }
            for key in incoming.keys { incoming[key]?.read(ifIn: ready) }
        }
        return finish(at: processEnded ?? .now, timedOut: timedOut)
    }

    private func pollAll(until deadline: ContinuousClock.Instant, processEnded: Bool) -> Set<Int32> {
        var entries: [pollfd] = []
        func add(_ fd: Int32?, _ events: Int32) {
            if let fd { entries.append(pollfd(fd: fd, events: Int16(events), revents: 0)) }
        }
        add(wakeUp.readEnd.rawValue, POLLIN)
        if !processEnded {
            add(process.rawValue, POLLIN)
            add(message.fdToWrite, POLLOUT)
            if message.isClosed { add(envelope.fdToWrite, POLLOUT) }
        }
        for bytes in incoming.values { add(bytes.fdToRead, POLLIN) }
        let milliseconds = max(0, (deadline - .now).inSeconds * 1000).rounded(.up)
        guard poll(&entries, nfds_t(entries.count), Int32(milliseconds)) > 0 else { return [] }
        return Set(entries.filter { $0.revents != 0 }.map(\.fd))
    }

    private func finish(at end: ContinuousClock.Instant, timedOut: Bool) -> FilterResult {
        var status: Int32 = 0
        var usage = rusage()
        while wait4(pid, &status, 0, &usage) < 0, errno == EINTR {}
        let signal = status & 0x7f
        var rejectTexts = incoming.filter { $0.key != 2 }.mapValues(\.bytes)
        for (fd, file) in files {
            var text = IncomingBytes(from: file)
            while !text.isAtEnd { text.read(ifIn: [file.rawValue]) }
            rejectTexts[fd] = text.bytes
            text.close()
        }
        let leftOpen = !incoming.values.allSatisfy(\.isAtEnd)
        message.close()
        envelope.close()
        for bytes in incoming.values { bytes.close() }
        for descriptor in [process, wakeUp.readEnd, wakeUp.writeEnd] { try? descriptor.close() }
        return FilterResult(
            ending: timedOut ? .timedOut : signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal),
            rejectTexts: rejectTexts,
            standardError: incoming[2]?.bytes ?? [],
            messageBytesTaken: run.messageSource == .file ? run.message.count : message.written,
            leftDescriptorsOpen: leftOpen,
            duration: end - started,
            processorTime: Duration(usage.ru_utime) + Duration(usage.ru_stime))
    }
}

extension Duration {
    fileprivate init(_ time: timeval) {
        self = .seconds(time.tv_sec) + .microseconds(time.tv_usec)
    }
}
