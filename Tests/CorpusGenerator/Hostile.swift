import ArgumentParser
import Fakes
import SystemPackage

/// Writes messages that are made to cost a parser much time or memory.
struct Hostile: ParsableCommand {
    @Option(help: "Bytes of each message.")
    var size = 25_000_000

    @Argument(help: "The directory to write to.")
    var directory: String

    func run() throws {
        for shape in HostileShape.allCases {
            let file = try FileDescriptor.open(
                FilePath(directory + "/" + shape.rawValue + ".eml"), .writeOnly, options: [.create, .truncate],
                permissions: .ownerReadWrite)
            _ = try file.writeAll(shape.message(size: size))
            try file.close()
        }
    }
}
