import Foundation

/// A temporary directory with these files.
struct TemporaryFiles {
    let path = NSTemporaryDirectory() + "/simscanctl-test." + UUID().uuidString

    init(_ files: [String: String]) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        for (name, text) in files { try Data(text.utf8).write(to: URL(fileURLWithPath: path + "/" + name)) }
    }

    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
