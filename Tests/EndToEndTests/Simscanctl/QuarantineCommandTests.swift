import Fakes
import Foundation
import Glibc
import Testing

/// `simscanctl quarantine` on what the filter has kept.
@Suite struct QuarantineCommandTests {
    private static let envelope = Envelope(from: "Alice@Example.org", to: ["Bob@Example.com", "bob@example.com"])
    private static let eicar = SampleMessages.eicar + [0, 0xFF, 0x0D]

    /// A quarantine with one message, kept by the filter.
    private struct Kept {
        let quarantine: TemporaryDirectory
        let site: Site
        let name: String

        init(_ message: [UInt8], drops: Bool = false, format: String = "classic") throws {
            let clamd = try FakeClamd()
            let spamd = try FakeSpamd()
            defer {
                clamd.stop()
                spamd.stop()
            }
            quarantine = try TemporaryDirectory()
            site = try Site([
                "clamd": clamd.address, "spamd": spamd.address, "dropmsg": drops ? "yes" : "no",
                "quarantinedir": quarantine.path, "log-format": format,
            ])
            _ = try site.filter(message, envelope: QuarantineCommandTests.envelope.bytes).run()
            name = try String(#require(try quarantine.names().first).dropFirst("addr.".count))
        }

        func run(_ words: String..., fault: String? = nil) throws -> CommandResult {
            var environment = site.queue.environment(fault: fault)
            environment["SIMSCAN_CONTROLDIR"] = site.control.path
            return try CommandResult(
                of: [BuiltPrograms.simscanctl, "quarantine"] + words, environment: environment)
        }

        var isMarked: Bool { get throws { try quarantine.names().contains("rel." + name) } }

        func remove() {
            quarantine.remove()
            site.queue.remove()
        }
    }

    @Test(arguments: ["virus", "spam"], [false, true])
    func `A message of each kind is released and arrives byte for byte`(kind: String, drops: Bool) throws {
        let message = kind == "virus" ? Self.eicar : SampleMessages.gtube + [0, 0xFF]
        let kept = try Kept(message, drops: drops)
        defer { kept.remove() }
        let result = try kept.run("release", kept.name)
        #expect(result.status == 0, "\(result.errors)")
        let queued = try kept.site.queued()
        #expect(queued.message == message)
        #expect(queued.envelopeBytes == Self.envelope.bytes)
        #expect(queued.inherited.descriptors.keys.sorted() == [0, 1, 2])
        #expect(queued.inherited.ignoredSignals == [])
        #expect(try kept.isMarked)
        #expect(try kept.quarantine.read("msg." + kept.name) == message)
    }

    @Test func `A second release needs to be asked for`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        #expect(try kept.run("release", kept.name).status == 0)
        let second = try kept.run("release", kept.name)
        #expect(second.status == 1 && second.errors.contains("--again"))
        #expect(try kept.site.queue.arrivals().count == 1)
        #expect(try kept.run("release", "--again", "--to", "Carol@Example.net", kept.name).status == 0)
        let arrivals = try kept.site.queue.arrivals()
        #expect(arrivals.count == 2)
        #expect(arrivals.contains { $0.envelope == Envelope(from: "Alice@Example.org", to: ["Carol@Example.net"]) })
        #expect(arrivals.allSatisfy { $0.message == Self.eicar })
    }

    @Test(arguments: ["exit=31", "exit=53", "exit=71", "signal=9", "late-signal=15", "noread"])
    func `What the queue does not take is not released`(fault: String) throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let result = try kept.run("release", kept.name, fault: fault)
        #expect(result.status == 75, "\(result.errors)")
        #expect(result.errors.contains("not released"))
        #expect(try !kept.isMarked)
        #expect(try kept.site.queue.isEmpty())
        #expect(try kept.run("release", kept.name).status == 0)
    }

    @Test func `A queue that is not there takes nothing`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        #expect(try kept.run("release", "--queue", "/nowhere/qmail-queue", kept.name).status == 69)
        #expect(try !kept.isMarked)
    }

    @Test(arguments: ["classic", "json"]) func `It is listed and shown`(format: String) throws {
        let kept = try Kept(Self.eicar, format: format)
        defer { kept.remove() }
        let text = try kept.run("list").text
        for word in [kept.name, "VIRUS", "Alice@Example.org", "Bob@Example.com +1"] {
            #expect(text.contains(word), "\(text)")
        }
        let listed = try kept.run("list", "--json")
        let entries = try #require(try JSONSerialization.jsonObject(with: Data(listed.output)) as? [[String: Any]])
        #expect(entries.count == 1)
        #expect(entries.first?["recipients"] as? [String] == ["Bob@Example.com", "bob@example.com"])
        #expect(entries.first?["size"] as? Int == Self.eicar.count)
        #expect((entries.first?["reason"] as? String)?.hasPrefix("VIRUS ") == true)
        #expect(entries.first?["released"] is NSNull)
        #expect(try kept.run("show", "--raw", kept.name).output == Self.eicar)
        let shown = try kept.run("show", kept.name).text
        #expect(shown.contains("Subject: ") && shown.contains("sender      Alice@Example.org"))
    }

    @Test func `What is deleted and what has expired is gone with all its files`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        _ = try kept.run("release", kept.name)
        #expect(try kept.run("expire", "--older-than", "1d").status == 0)
        #expect(try kept.quarantine.names().count == 4)
        #expect(try kept.run("expire", "--keep-bytes", "0", "--dry-run").text.contains(kept.name))
        #expect(try kept.quarantine.names().count == 4)
        #expect(try kept.run("expire", "--keep-bytes", "0").status == 0)
        #expect(try kept.quarantine.names() == [])
        #expect(try kept.run("delete", kept.name).status == 1)
    }

    @Test func `No link is followed, and no other name is opened`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let secret = try kept.quarantine.write("secret".utf8, to: "secret")
        let message = kept.quarantine.path(of: "msg." + kept.name)
        unlink(message)
        symlink(secret, message)
        let shown = try kept.run("show", "--raw", kept.name)
        #expect(shown.status == 74 && shown.output.isEmpty)
        #expect(try kept.run("release", kept.name).status != 0)
        unlink(message)
        mkfifo(message, 0o600)
        #expect(try kept.run("show", "--raw", kept.name).status == 65)
        #expect(try kept.run("list").status == 0)
        for name in ["../secret", "secret", "1.2.3/../../secret", "-1.2.3"] {
            #expect(try kept.run("show", "--raw", "--", name).status == 1)
        }
        #expect(try kept.site.queue.isEmpty())
    }

    /// The filter's own rule: root's link, or one of its user, to a disk of its own.
    @Test func `The quarantine may be a link of root's or one's own, and nobody else's`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let link = kept.quarantine.path + ".link"
        symlink(kept.quarantine.path, link)
        defer { unlink(link) }
        let listed = try kept.run("list", "--quarantinedir", link)
        #expect(listed.status == 0 && listed.text.contains(kept.name))
        #expect(try kept.run("release", "--quarantinedir", link, kept.name).status == 0)
        guard geteuid() == 0 else { return }
        lchown(link, 64_250, 64_250)
        #expect(try kept.run("list", "--quarantinedir", link).status == 66)
    }

    @Test func `What is released and deleted is told to programs, too`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let released = try kept.run("release", "--json", kept.name).json()
        let entries = try #require(released["released"] as? [[String: Any]])
        #expect(entries.map { $0["name"] as? String } == [kept.name])
        #expect(entries.first?["to"] as? [String] == ["Bob@Example.com", "bob@example.com"])
        #expect((released["failed"] as? [Any])?.isEmpty == true)
        let second = try kept.run("release", "--json", kept.name)
        #expect(second.status == 1)
        let failed = try #require(try second.json()["failed"] as? [[String: Any]])
        #expect(failed.map { $0["status"] as? Int } == [1])
        #expect((failed.first?["error"] as? String)?.contains("--again") == true)
        #expect(try kept.run("delete", "--json", kept.name).json()["deleted"] as? [String] == [kept.name])
    }

    @Test func `Of several that were released before the status is theirs, and 75 only where the queue said no`() throws
    {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let other = "1790000000.1.2"
        for kind in ["msg.", "addr.", "log."] {
            try kept.quarantine.write(try kept.quarantine.read(kind + kept.name), to: kind + other)
        }
        #expect(try kept.run("release", kept.name, other).status == 0)
        #expect(try kept.run("release", kept.name, other).status == 1)
        #expect(try kept.run("release", "--again", kept.name, other, fault: "exit=71").status == 75)
        unlink(kept.quarantine.path(of: "rel." + other))
        #expect(try kept.run("release", kept.name, other, fault: "exit=71").status == 75)
        unlink(kept.quarantine.path(of: "addr." + other))
        #expect(try kept.run("release", other, kept.name).status == 65)
    }

    /// What a filter leaves that is killed before the message has its name (simscan(8)).
    @Test func `What has no message goes when it is a day old, and not before`() throws {
        let kept = try Kept(Self.eicar)
        defer { kept.remove() }
        let leftovers = ["addr.1790000000.1.2", "log.1790000000.1.2", "new.msg.1790000000.3.4"]
        for name in leftovers + ["notes.txt"] { try kept.quarantine.write("x".utf8, to: name) }
        #expect(try kept.run("expire", "--older-than", "30d").status == 0)
        #expect(try kept.quarantine.names().count == 7)
        var old = [timespec(tv_sec: 1_790_000_000, tv_nsec: 0), timespec(tv_sec: 1_790_000_000, tv_nsec: 0)]
        old[0].tv_sec = time(nil) - 86_500
        old[1].tv_sec = time(nil) - 86_500
        for name in try kept.quarantine.names() { utimensat(AT_FDCWD, kept.quarantine.path(of: name), old, 0) }
        let tried = try kept.run("expire", "--older-than", "30d", "--dry-run")
        #expect(tried.text.contains("3 files without a message would be deleted"))
        #expect(try kept.quarantine.names().count == 7)
        let report = try kept.run("expire", "--older-than", "30d", "--json").json()
        #expect(report["leftovers"] as? [String] == leftovers)
        #expect(
            try kept.quarantine.names().sorted() == ["addr.", "log.", "msg."].map { $0 + kept.name } + ["notes.txt"])
    }
}
