import ArgumentParser
import Glibc
import SimscanNative
import SystemPackage

/// All cases, by the room that they stand in.
let corpus: [(room: String, cases: [Case])] = [
    ("name", nameCases), ("form", formCases), ("structure", structureCases), ("embedded", embeddedCases),
    ("archive", archiveCases), ("kind", kindCases),
]

/// Writes the corpus: each message twice, with a name that must be blocked and with one that must pass.
struct Write: ParsableCommand {
    @Argument(help: "The directory to write to.")
    var directory: String

    func run() throws {
        // libarchive writes names in the locale's charset.
        setlocale(LC_CTYPE, "C.UTF-8")
        var list = "# file\tverdict\tname that must be found\tneeds\twhy\n"
        var index = 0
        for (room, cases) in corpus {
            for item in cases {
                let pair = [("block", Names.hostile), ("pass", Names.harmless)].map { ($0.0, $0.1[index % $0.1.count]) }
                for (verdict, name) in pair {
                    let file = "\(room)-\(item.title).\(verdict).eml"
                    try write(item.message(name), to: file)
                    list += "\(file)\t\(verdict)\t\(name)\t\(item.needs.rawValue)\t\(item.reason)\n"
                }
                index += 1
            }
        }
        try write(Array(list.utf8), to: "corpus.tsv")
    }

    private func write(_ bytes: [UInt8], to name: String) throws {
        let file = try FileDescriptor.open(
            FilePath(directory + "/" + name), .writeOnly, options: [.create, .truncate],
            permissions: [.ownerReadWrite, .groupRead, .otherRead])
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }
}
