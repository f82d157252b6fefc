internal import Glibc
internal import SystemPackage

/// One question to one host, to see whether it works, and its answer as it came.
final class ProbeConversation: Conversation {
    let outputs: [Output]
    /// Ends the answer; nil: the end of the connection does.
    private let terminator: UInt8?
    private var answer: [UInt8] = []

    /// No answer to such a question is longer.
    private static let maximumBytes = 65_536

    init(_ question: [UInt8], halfCloses: Bool = false, until terminator: UInt8? = nil) {
        let bytes: [Output] = question.isEmpty ? [] : [.bytes(question, more: false)]
        outputs = bytes + (halfCloses ? [.halfClose] : [])
        self.terminator = terminator
    }

    func received(_ bytes: Span<UInt8>) -> ScannerAnswer? {
        for index in bytes.indices {
            if bytes[index] == terminator { return .version(answer) }
            answer.append(bytes[index])
        }
        return answer.count > Self.maximumBytes ? .version(answer) : nil
    }

    func reachedEnd() -> ScannerAnswer { .version(answer) }
}

/// What came of one question to one host.
struct ProbeAnswer {
    enum Ending {
        case answered([UInt8])
        case cannotConnect(String)
        /// Connected, and no answer within the patience.
        case silent
        case broken(String)
    }

    var ending: Ending
    /// From the question to the connection and to the answer.
    var connected: Duration?
    var answered: Duration?
}

/// Asks each host its question, all at the same time, and waits for all.
///
/// - Parameter patience: after this a host that has not answered is silent.
func probe(
    _ questions: [(endpoint: Endpoint, conversation: ProbeConversation)], patience: Duration
) -> [ProbeAnswer] {
    let start = Instant.now
    var answers = questions.map { _ in ProbeAnswer(ending: .silent) }
    var open: [(index: Int, attempt: Attempt)] = []
    func end(_ index: Int, _ attempt: Attempt, _ answer: ScannerAnswer) {
        let elapsed = Instant.now - start
        switch answer {
        case .version(let bytes):
            answers[index].ending = .answered(bytes)
            answers[index].answered = elapsed
        case .failed(let fault) where fault.phase == .connect: answers[index].ending = .cannotConnect(fault.text)
        case .failed(let fault): answers[index].ending = .broken(fault.text)
        case .clean, .infected, .notScanned, .spam: preconditionFailure("a probe has no verdict")
        }
        attempt.close()
        open.removeAll { $0.index == index }
    }
    for (index, question) in questions.enumerated() {
        do throws(ScannerFault) {
            let attempt = try Attempt(
                to: question.endpoint, conversation: question.conversation, spool: .standardInput, now: start)
            open.append((index, attempt))
        } catch {
            answers[index].ending = .cannotConnect(error.text)
        }
    }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
    defer { buffer.deallocate() }
    while !open.isEmpty {
        let now = Instant.now
        for (index, attempt) in open {
            if let answer = attempt.ticked(now: now) { end(index, attempt, answer) }
            guard attempt.isConnected, answers[index].connected == nil else { continue }
            answers[index].connected = now - start
            // Where there is nothing to ask, the connection is the answer.
            if attempt.conversation.outputs.isEmpty { end(index, attempt, .version([])) }
        }
        guard now < start + patience else { break }
        var wake = start + patience
        let polled = PollSet()
        var owners: [(index: Int, attempt: Attempt)] = []
        for owner in open {
            if let timer = owner.attempt.nextTimer { wake = min(wake, timer) }
            guard let descriptor = owner.attempt.pollDescriptor else { continue }
            polled.append(descriptor)
            owners.append(owner)
        }
        if open.isEmpty { break }
        guard polled.wait(milliseconds: (wake - now).milliseconds) || errno == EINTR else { break }
        for (position, owner) in owners.enumerated() where polled[position].revents != 0 {
            let wasConnected = owner.attempt.isConnected
            let answer = owner.attempt.ready(polled[position].revents, buffer: buffer, now: .now)
            if owner.attempt.isConnected && !wasConnected { answers[owner.index].connected = .now - start }
            if let answer { end(owner.index, owner.attempt, answer) }
        }
    }
    for (index, attempt) in open {
        if !attempt.isConnected { answers[index].ending = .cannotConnect("cannot connect, no answer in time") }
        attempt.close()
    }
    return answers
}

/// The socket addresses that a scanner's address stands for: itself, or all that a name has.
func endpoints(
    of address: ScannerAddress, _ resolver: Resolver, patience: Duration
) throws(ScannerFault) -> [Endpoint] {
    let host: String
    let port: UInt16
    switch address {
    case .unix(let path):
        if let endpoint = Endpoint(unixPath: path) { return [endpoint] }
        throw ScannerFault(phase: .resolve, text: "the path is too long for a socket")
    case .tcp(let name, let number):
        if let endpoint = Endpoint(literal: name, port: number) { return [endpoint] }
        (host, port) = (name, number)
    }
    let end = Instant.now + patience
    let lookup = resolver.lookUp(host, port: port)
    while lookup.result == nil, Instant.now < end {
        let polled = PollSet()
        resolver.appendPollDescriptors(to: polled)
        let now = Instant.now
        let wake = min(end, resolver.nextTimer(now: now) ?? end)
        guard polled.wait(milliseconds: (wake - now).milliseconds) || errno == EINTR else { break }
        resolver.process(polled, from: 0)
    }
    guard let result = lookup.result else { throw ScannerFault(phase: .resolve, text: "no address in time") }
    return try result.get()
}
