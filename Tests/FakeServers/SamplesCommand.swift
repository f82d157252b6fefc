import ArgumentParser
import Fakes
import Foundation

struct Samples: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Writes the sample messages into a directory, to try scanners with.",
        discussion: "Two of them, eicar.eml and gtube.eml, are what every virus scanner and spam filter must find.")

    @Argument(help: "The directory, which is made where it is not there.")
    var directory: String

    func run() throws {
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        for (name, message) in [
            ("clean", SampleMessages.clean), ("eicar", SampleMessages.eicar), ("gtube", SampleMessages.gtube),
            ("trojan", SampleMessages.trojan), ("binary", SampleMessages.binary), ("crlf", SampleMessages.crlf),
        ] {
            let path = directory + "/" + name + ".eml"
            try Data(message).write(to: URL(fileURLWithPath: path))
            print(path)
        }
    }
}
