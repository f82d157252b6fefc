internal import ClamdProtocol

/// A scanner as the settings know it.
package enum ScannerKind: String, CaseIterable, Sendable {
    case clamd
    case spamd
    case trophie
}

/// Whether one address of one scanner's host works (`simscanctl check`).
package struct HostReport: Equatable, Sendable {
    package enum State: Equatable, Sendable {
        /// It answers as it should; the version where it says one.
        case works(version: String?)
        /// It answers CHECK and no PING, as rspamd does.
        case checksOnly
        /// It is there, and will work when it has read its signatures.
        case starting
        case noAddress(String)
        case cannotConnect(String)
        case silent
        /// It answers, with what no such scanner says; the text is the answer's beginning.
        case wrongAnswer(String)
        case broken(String)
    }

    package let scanner: ScannerKind
    /// As the settings have it.
    package let address: ScannerAddress
    /// Which of the name's addresses was asked; nil where there is none.
    package let endpoint: String?
    package let state: State
    /// From the question to the connection, and to the answer to PING.
    package let connected: Duration?
    package let answered: Duration?
}

/// Connects to every address of every scanner and asks PING and VERSION.
///
/// clamd is asked `PING` and `VERSION` (`clamd(8)`), spamd `PING` and for the headers of a small message, which tell
/// its version; trophie and sophie, which have no such question, are only connected to.
///
/// - Parameters:
///   - scanners: with the addresses of the settings.
///   - patience: how long names may take to be resolved, and then hosts to answer.
package func checkHosts(
    _ scanners: [(kind: ScannerKind, addresses: [ScannerAddress])], patience: Duration
) -> [HostReport] {
    let resolver = Resolver()
    defer { resolver.close() }
    var reports: [HostReport] = []
    var hosts: [Host] = []
    for (kind, addresses) in scanners {
        for address in addresses {
            do throws(ScannerFault) {
                for endpoint in try endpoints(of: address, resolver, patience: patience) {
                    hosts.append(Host(kind: kind, address: address, endpoint: endpoint, place: reports.count))
                    reports.append(hosts[hosts.count - 1].report(.silent, nil))
                }
            } catch {
                reports.append(
                    HostReport(
                        scanner: kind, address: address, endpoint: nil, state: .noAddress(error.text), connected: nil,
                        answered: nil))
            }
        }
    }
    let questions = hosts.flatMap { host in host.questions.map { (host.endpoint, $0) } }
    var answers = probe(questions, patience: patience)[...]
    for host in hosts {
        let own = Array(answers.prefix(host.questions.count))
        answers = answers.dropFirst(own.count)
        reports[host.place] = host.report(host.state(own), own.first)
    }
    // What says nothing to PING may be a server that knows CHECK alone.
    let mute = hosts.filter { $0.kind == .spamd && reports[$0.place].state == .broken(Host.saidNothing) }
    let checks = probe(mute.map { ($0.endpoint, Host.checkQuestion) }, patience: patience)
    for (host, answer) in zip(mute, checks) {
        guard case .answered(let bytes) = answer.ending, bytes.starts(with: "SPAMD/".utf8) else { continue }
        reports[host.place] = host.report(.checksOnly, answer)
    }
    return reports
}

/// One address that is asked.
private struct Host {
    let kind: ScannerKind
    let address: ScannerAddress
    let endpoint: Endpoint
    /// Of its report.
    let place: Int

    static let saidNothing = "it closed the connection without a word"

    /// The first one is the one whose time is told.
    var questions: [ProbeConversation] {
        switch kind {
        case .clamd:
            [
                ProbeConversation(Array("zPING\0".utf8), until: 0),
                ProbeConversation(ClamdCommand.version.bytes, until: 0),
            ]
        case .spamd:
            [
                ProbeConversation(Array("PING SPAMC/1.5\r\n\r\n".utf8), halfCloses: true),
                Self.question("HEADERS"),
            ]
        case .trophie: [ProbeConversation([])]
        }
    }

    static var checkQuestion: ProbeConversation { question("CHECK") }

    /// About a message that is nobody's.
    private static func question(_ method: String) -> ProbeConversation {
        let message = "Subject: simscanctl asks whether this works\n\n.\n"
        let head = method + " SPAMC/1.5\r\nContent-length: " + String(message.utf8.count) + "\r\n\r\n"
        return ProbeConversation(Array((head + message).utf8), halfCloses: true)
    }

    func report(_ state: HostReport.State, _ answer: ProbeAnswer?) -> HostReport {
        HostReport(
            scanner: kind, address: address, endpoint: endpoint.name, state: state, connected: answer?.connected,
            answered: answer?.answered)
    }

    func state(_ answers: [ProbeAnswer]) -> HostReport.State {
        guard let ping = answers.first else { return .silent }
        switch ping.ending {
        case .cannotConnect(let text): return .cannotConnect(text)
        case .silent: return .silent
        case .broken(let text): return .broken(text)
        case .answered(let bytes):
            switch kind {
            case .trophie: return .works(version: nil)
            case .clamd: return clamdState(bytes, answers.last)
            case .spamd: return spamdState(bytes, answers.last)
            }
        }
    }

    private func clamdState(_ pong: [UInt8], _ version: ProbeAnswer?) -> HostReport.State {
        if pong.isEmpty { return .broken(Self.saidNothing) }
        guard pong.elementsEqual("PONG".utf8) else { return wrong(pong) }
        guard case .answered(let line) = version?.ending else { return .works(version: nil) }
        if line.starts(with: "COMMAND UNAVAILABLE".utf8) { return .starting }
        return ClamdVersion(reply: line) == nil ? wrong(line) : .works(version: text(line))
    }

    private func spamdState(_ pong: [UInt8], _ headers: ProbeAnswer?) -> HostReport.State {
        if pong.isEmpty { return .broken(Self.saidNothing) }
        let line = pong.prefix { $0 != UInt8(ascii: "\r") && $0 != UInt8(ascii: "\n") }
        guard line.starts(with: "SPAMD/".utf8), line.split(separator: 0x20).last?.elementsEqual("PONG".utf8) == true
        else { return wrong(pong) }
        guard case .answered(let header) = headers?.ending else { return .works(version: nil) }
        return .works(version: checkerVersion(header))
    }

    /// `SpamAssassin 4.0.1` of `X-Spam-Checker-Version: SpamAssassin 4.0.1 (2024-03-25) on host`.
    private func checkerVersion(_ header: [UInt8]) -> String? {
        let name = Array("X-Spam-Checker-Version:".utf8)
        for line in header.split(separator: UInt8(ascii: "\n")) where line.starts(with: name) {
            return text(Array(line.dropFirst(name.count).split(separator: 0x20).prefix(2).joined(separator: [0x20])))
        }
        return nil
    }

    private func wrong(_ answer: [UInt8]) -> HostReport.State { .wrongAnswer(text(answer)) }

    /// As much as a line has room for.
    private func text(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: Text.printableASCII(bytes.prefix(80)), as: UTF8.self)
    }
}
