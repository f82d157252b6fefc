import Foundation
import Glibc

/// A name server on 127.0.0.1 that knows a few names (RFC 1035), and is silent or late where a test says so.
final class FakeNameServer: @unchecked Sendable {
    /// What it answers to one name; AAAA questions get no address.
    enum Answer {
        /// These IPv4 addresses.
        case addresses([String])
        /// There is no such name.
        case unknown
        /// Nothing.
        case silence
        /// These addresses, after so many milliseconds.
        case late([String], milliseconds: Int)
    }

    /// As `ares_set_servers_ports_csv(3)` takes it.
    let address: String
    private let socket: Int32
    private let answers: [String: Answer]

    init(_ answers: [String: Answer]) {
        self.answers = answers
        let socket = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var name = sockaddr_in()
        name.sin_family = sa_family_t(AF_INET)
        name.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(socket, address, length)
                _ = getsockname(socket, address, &length)
            }
        }
        self.socket = socket
        address = "127.0.0.1:" + String(UInt16(bigEndian: name.sin_port))
        Thread.detachNewThread { [self] in
            while serveOne() {}
            close(socket)
        }
    }

    /// Ends the thread that answers.
    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    private func serveOne() -> Bool {
        var peer = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        var question = [UInt8](repeating: 0, count: 512)
        let count = withUnsafeMutablePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                recvfrom(socket, &question, question.count, 0, address, &length)
            }
        }
        // A socket that was shut down has nothing to read.
        guard count > 0 else { return false }
        question.removeLast(question.count - count)
        guard count > 16, let reply = reply(to: question) else { return true }
        if reply.delay > 0 { usleep(UInt32(reply.delay) * 1000) }
        withUnsafePointer(to: &peer) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = sendto(socket, reply.bytes, reply.bytes.count, 0, address, length)
            }
        }
        return true
    }

    private func reply(to question: [UInt8]) -> (bytes: [UInt8], delay: Int)? {
        var labels: [String] = []
        var offset = 12
        while offset < question.count, question[offset] > 0 {
            let end = min(offset + 1 + Int(question[offset]), question.count)
            labels.append(String(decoding: question[(offset + 1)..<end], as: UTF8.self))
            offset = end
        }
        guard offset + 5 <= question.count else { return nil }
        let isA = question[offset + 2] == 1
        var addresses: [String] = []
        var code: UInt8 = 0
        var delay = 0
        switch answers[labels.joined(separator: ".")] {
        case .addresses(let known): addresses = known
        case .late(let known, let milliseconds): (addresses, delay) = (known, milliseconds)
        case .unknown: code = 3
        case .silence, nil: return nil
        }
        if !isA { addresses = [] }
        var bytes = question[..<2] + [0x81, 0x80 | code, 0, 1, 0, UInt8(addresses.count), 0, 0, 0, 0]
        bytes += question[12..<(offset + 5)]
        for address in addresses {
            bytes += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4]
            bytes += address.split(separator: ".").compactMap { UInt8($0) }
        }
        return (Array(bytes), delay)
    }
}
