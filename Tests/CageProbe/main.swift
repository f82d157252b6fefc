import CLinux
import Glibc
import SimscanNative
import SystemPackage

// What a parser that has fallen into a stranger's hands can do: `cage-probe DEED [SECONDS [narrow]]` does it in a cage around
// a file, and prints how that ended and what the child says of it.

/// The message that the child has before it.
private func messageFile() -> FileDescriptor {
    let descriptor = FileDescriptor(rawValue: linux_memory_file("message"))
    _ = try? descriptor.writeAll("Subject: a message\n\ntext\n".utf8)
    return descriptor
}

private func bytes(of descriptor: FileDescriptor) -> String {
    var room = [UInt8](repeating: 0, count: 100)
    let count = (try? room.withUnsafeMutableBytes { try descriptor.read(fromAbsoluteOffset: 0, into: $0) }) ?? 0
    return String(decoding: room[..<count], as: UTF8.self)
}

private func say(_ line: String) {
    _ = try? FileDescriptor.standardError.writeAll((line + "\n").utf8)
}

let deeds = CommandLine.arguments.dropFirst()
guard let name = deeds.first, let deed = Deed(rawValue: name) else {
    say("usage: cage-probe " + Deed.allCases.map(\.rawValue).joined(separator: "|") + " [SECONDS [narrow]]")
    exit(64)
}
let seconds = deeds.dropFirst().first.flatMap { Int($0) } ?? 20
let message = messageFile()
let before = bytes(of: message)
var limits = CageLimits(messageSize: 25, fileBytes: 1 << 20)
limits.seconds = 1
let parent = getpid()
if deeds.last == "narrow" {
    let answer = NarrowCage(seconds: limits.seconds).ask {
        var nothing = AnswerWriter()
        deed.act(parent, &nothing)
        return nothing.bytes.isEmpty
    }
    say(answer.map { $0 ? "yes" : "no" } ?? "no answer")
    exit(0)
}
switch try Cage(limits: limits).run(
    on: message, output: nil, until: .now + .seconds(seconds), { answer in deed.act(parent, &answer) })
{
case .died(let how): say("died: " + how)
case .disturbed(let how): say("disturbed: " + how)
case .outOfMemory: say("out of memory")
case .late: say("late")
case .answered(let walls, let said):
    say("walls: " + walls.description)
    say("said: " + String(decoding: said.dropFirst(8), as: UTF8.self))
}
say("message: " + (bytes(of: message) == before ? "as before" : "changed"))
