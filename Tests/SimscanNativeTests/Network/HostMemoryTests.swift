import Fakes
import Foundation
import Testing

@testable import SimscanNative

@Suite struct HostMemoryTests {
    private let directory: TemporaryDirectory
    private var file: String { directory.path(of: HostMemory.fileName) }

    init() throws { directory = try TemporaryDirectory() }

    /// What one filter knows: it reads the file once.
    private func memory() throws -> HostMemory { try #require(HostMemory(directory: directory.path)) }

    private func endpoint(_ number: Int) throws -> Endpoint {
        try #require(Endpoint(literal: "10.0.\(number / 256).\(number % 256)", port: 3310))
    }

    private func state(_ endpoint: Endpoint) throws -> HostRecord.State? {
        try memory().record(of: endpoint)?.state(now: HostMemory.now)
    }

    @Test func `Without a directory there is no memory`() {
        #expect(HostMemory(directory: nil) == nil)
    }

    @Test func `What one filter learns the next one knows`() throws {
        let (first, second) = (try endpoint(1), try endpoint(2))
        let memory = try memory()
        #expect(memory.record(of: first) == nil)
        memory.failed(first)
        memory.answered(second, connectTime: .milliseconds(1))
        #expect(memory.record(of: first)?.state(now: HostMemory.now) == .paused)
        #expect(try state(first) == .paused)
        #expect(try state(second) == .inUse)
        try self.memory().answered(first, connectTime: nil)
        #expect(try state(first) == .inUse)
        #expect(try self.memory().records().map(\.address) == ["tcp:10.0.0.1:3310", "tcp:10.0.0.2:3310"])
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count == 512)
    }

    @Test func `Names and forms of one address are one host, and its ports are several`() throws {
        for (text, port, address) in [
            ("2001:DB8:0::1", UInt16(783), "tcp:[2001:db8::1]:783"), ("10.0.0.7", 1, "tcp:10.0.0.7:1"),
            ("::ffff:10.0.0.7", 65535, "tcp:[::ffff:10.0.0.7]:65535"),
        ] {
            #expect(try #require(Endpoint(literal: text, port: port)).address == address)
        }
        #expect(try #require(Endpoint(unixPath: "/run/clamd")).address == "unix:/run/clamd")
    }

    @Test func `A file that is damaged anywhere costs the record that it is in and no other`() throws {
        let hosts = try (1...3).map(endpoint)
        for host in hosts { try memory().failed(host) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for offset in stride(from: 0, to: whole.count, by: 13) {
            var damaged = whole
            damaged[offset] ^= 0x55
            try damaged.write(to: URL(fileURLWithPath: file))
            for (index, host) in hosts.enumerated() {
                #expect(try state(host) == (offset / 256 == index ? nil : .paused))
            }
            try memory().failed(hosts[offset / 256])
            #expect(try state(hosts[offset / 256]) == .paused)
        }
    }

    @Test func `A file that ends anywhere, as when a filter was killed, is a file with fewer records`() throws {
        let hosts = try (1...3).map(endpoint)
        for host in hosts { try memory().failed(host) }
        let whole = try Data(contentsOf: URL(fileURLWithPath: file))
        for count in stride(from: 0, through: whole.count, by: 7) {
            try whole.prefix(count).write(to: URL(fileURLWithPath: file))
            for (index, host) in hosts.enumerated() {
                // Its pause may be over on a machine that is slow.
                #expect(try (state(host) == nil) == (count < (index + 1) * 256))
            }
            try memory().answered(hosts[2], connectTime: nil)
            #expect(try state(hosts[2]) == .inUse)
        }
    }

    @Test(arguments: [
        Data("not a memory".utf8), Data(repeating: 0xff, count: 100_000), Data(repeating: 0, count: 16_384),
    ]) func `A file of something else is an empty memory, and works again`(content: Data) throws {
        try content.write(to: URL(fileURLWithPath: file))
        let host = try endpoint(1)
        #expect(try memory().records() == [])
        try memory().failed(host)
        #expect(try state(host) == .paused)
    }

    @Test func `A directory in the file's place, no directory, and a link are no memory and no trouble`() throws {
        let host = try endpoint(1)
        let other = try TemporaryDirectory()
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: other.path(of: "elsewhere"))
        for directory in [directory.path, directory.path + "/nowhere", "/dev/null"] {
            let memory = try #require(HostMemory(directory: directory))
            memory.failed(host)
            memory.answered(host, connectTime: nil)
            #expect(memory.record(of: host) == nil)
            #expect(memory.records() == [])
        }
        #expect(try other.names() == [])
    }

    @Test func `One that only looks makes no file`() throws {
        #expect(HostMemory(directory: directory.path, isReadOnly: true)?.records() == [])
        #expect(try directory.names() == [])
    }

    @Test func `More hosts than fit push out those of which nothing was heard for the longest time`() throws {
        let memory = try memory()
        memory.failed(try endpoint(0))
        for number in 1..<HostMemory.maximumRecords { memory.answered(try endpoint(number), connectTime: nil) }
        // Its pause ends after the others' last answers, so it stays.
        for number in 100..<110 { memory.answered(try endpoint(number), connectTime: nil) }
        let addresses = try self.memory().records().map(\.address)
        #expect(addresses.count == HostMemory.maximumRecords)
        #expect(addresses.contains("tcp:10.0.0.0:3310"))
        #expect(addresses.contains("tcp:10.0.0.109:3310"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: file)).count == HostMemory.maximumRecords * 256)
    }

    @Test func `Many at a time lose no record, and one fault that all meet counts once`() throws {
        let hosts = try (1...8).map(endpoint)
        let path = directory.path
        DispatchQueue.concurrentPerform(iterations: 64) { number in
            let memory = HostMemory(directory: path)
            memory?.failed(hosts[number % 8])
        }
        let records = try memory().records()
        #expect(records.count == 8)
        #expect(records.allSatisfy { $0.failures == 1 })
    }

    @Test func `A list asks hosts in a pause last, whatever the order, and all in order where all are`() throws {
        let addresses = (1...3).map { ScannerHost.tcp(host: "10.0.0.\($0)", port: 3310) }
        func order(_ order: HostOrder) throws -> [String] {
            HostList(addresses, order: order, memory: try memory()).names
        }
        let names = addresses.map(\.description)
        #expect(try order(.first) == names)
        try memory().failed(try endpoint(1))
        #expect(try order(.first) == [names[1], names[2], names[0]])
        for _ in 0..<20 { #expect(try order(.spread).last == names[0]) }
        var list = HostList(
            [.tcp(host: "name", port: 3310), .unix(path: "/last")], order: .first, memory: try memory())
        _ = list.next()
        list.insertNext([try endpoint(1), try endpoint(2)])
        #expect(list.names == [names[1], "unix:/last", names[0]])
        for number in 2...3 { try memory().failed(try endpoint(number)) }
        #expect(try order(.first) == names)
    }
}
