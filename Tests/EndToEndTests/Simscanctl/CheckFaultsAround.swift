import Fakes
import Foundation
import Glibc

/// What can be wrong with what is around the filter: mounts and disks, its queue, its scanners.
extension CheckFaultTests {
    static let mountFaults = [
        Fault(
            "a quarantine on a read-only mount", problems: ["quarantinedir-read-only"], says: "read-only",
            needsMounts: true
        ) {
            let path = $0.path("quarantine")
            $0.mounts = ["mount --bind \(path) \(path)", "mount -o remount,bind,ro \(path)"]
        },
        Fault("a filter on a nosuid mount", problems: ["program-nosuid"], says: "mounted nosuid", needsMounts: true) {
            let path = $0.path("bin")
            $0.mounts = ["mount --bind \(path) \(path)", "mount -o remount,bind,nosuid \(path)"]
        },
        Fault(
            "a statedir that cannot be written", problems: ["statedir-unusable"], says: "dead hosts are not remembered",
            needsMounts: true
        ) {
            // Where it is by default.
            let path = $0.path("var/qmail/simscan.state")
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            $0.own(path, mode: 0o550)
            $0.mounts = ["mount --bind \($0.path("var")) /var"]
        },
        Fault("a full disk", problems: ["workdir-full"], says: "the disk is full", needsMounts: true) {
            let path = $0.path("simscan")
            $0.mounts = [
                "mount -t tmpfs -o size=2m,mode=2750,uid=$(id -u \($0.user)) tmpfs \(path)",
                "{ dd if=/dev/zero of=\(path)/filler bs=64k 2>/dev/null; true; }",
            ]
        },
        Fault(
            "a disk without inodes", problems: ["workdir-inodes"], warnings: ["workdir-full"], says: "inodes are left",
            needsMounts: true
        ) {
            let path = $0.path("simscan")
            $0.mounts = [
                "mount -t tmpfs -o size=8m,nr_inodes=2,mode=2750,uid=$(id -u \($0.user)) tmpfs \(path)",
                "touch \(path)/filler",
            ]
        },
    ]

    static let queueFaults = [
        Fault("no qmail-queue", problems: ["queue-missing"], says: "No such file") { unlink($0.path("qmail-queue")) },
        Fault("a qmail-queue that cannot be run", problems: ["queue-not-executable"], says: "cannot be run") {
            chmod($0.path("qmail-queue"), 0o644)
        },
        Fault("a qmail-queue that is the filter", problems: ["queue-loop"], says: "is the filter itself") {
            $0.settings["qmail-queue"] = $0.path("link")
            symlink($0.program, $0.path("link"))
            try $0.compile()
        },
        Fault("a script that runs the filter", problems: ["queue-loop"], says: "runs the filter again") {
            try $0.write("#!/bin/sh\nexec \($0.program)\n", to: "qmail-queue")
        },
        Fault("a record's queue that is not there", problems: ["queue-missing"], says: "qmailqueue of example.com") {
            try $0.perDomain(":clam=yes\nexample.com:qmailqueue=/nowhere/at/all\n")
        },
    ]

    static let scannerFaults = [
        Fault("a dead clamd", problems: ["clamd-dead"], says: "Connection refused") {
            try $0.clamd.server.setDoor(.closed)
        },
        Fault("a dead spamd", problems: ["spamd-dead"], says: "Connection refused") {
            try $0.spamd.server.setDoor(.closed)
        },
        Fault("a second host that is dead", problems: ["clamd-dead"], says: "Connection refused") {
            let dead = try FakeServer(at: .tcp(), door: .closed) { _ in }
            $0.settings["clamd", default: ""] += "," + dead.address
            try $0.compile()
            dead.stop()
        },
        Fault("a name whose host is dead", problems: ["clamd-dead"], says: " (127.0.0.1): cannot connect") {
            $0.settings["clamd"] = $0.clamd.address.replacing("127.0.0.1", with: "localhost")
            try $0.compile()
            try $0.clamd.server.setDoor(.closed)
        },
        Fault("a socket that is not there", problems: ["clamd-dead"], says: "No such file") {
            $0.settings["clamd"] = "unix:" + $0.path("nothing")
            try $0.compile()
        },
        Fault("a name without an address", problems: ["spamd-address"], says: "no address") {
            $0.settings["spamd"] = "tcp:no-such-host.invalid:783"
            try $0.compile()
        },
        Fault("a host that answers something else", problems: ["clamd-garbage"], says: "is no clamd: it says '220 mail")
        {
            $0.settings["clamd"] = try $0.speaker("220 mail.example ESMTP\r\n\0")
            try $0.compile()
        },
        Fault(
            "a spamd that answers something else", problems: ["spamd-garbage"], says: "is no spamd: it says 'HTTP/1.1"
        ) {
            $0.settings["spamd"] = try $0.speaker("HTTP/1.1 400 Bad Request\r\n\r\n")
            try $0.compile()
        },
        Fault("a silent clamd", problems: ["clamd-silent"], says: "does not answer within 0.5 s") {
            try $0.clamd.server.setDoor(.unattended)
            $0.arguments += ["--timeout", "0.5"]
        },
        Fault("a silent spamd", problems: ["spamd-silent"], says: "does not answer within 0.5 s") {
            try $0.spamd.server.setDoor(.unattended)
            $0.arguments += ["--timeout", "0.5"]
        },
        Fault("a spamd that closes every connection", problems: ["spamd-broken"], says: "without a word") {
            $0.settings["spamd"] = try $0.speaker("")
            try $0.compile()
        },
        Fault(
            "a clamd socket that is not for the filter", problems: ["clamd-dead"], says: "Permission denied",
            needsRoot: true
        ) {
            let path = $0.path("clamd.socket")
            $0.others.append(try FakeClamd(at: .unixAt(path: path)).server)
            chmod(path, 0o600)
            $0.settings["clamd"] = "unix:" + path
            try $0.compile()
        },
        Fault("a clamd that takes less than qmail", warnings: ["clamd-limit"], says: "up to 26214400 bytes") {
            try $0.write("StreamMaxLength 25M\n", to: "clamd.conf")
            try $0.write("50000000\n", to: "control/databytes")
            $0.arguments += ["--clamd-conf", $0.path("clamd.conf")]
        },
    ]
}
