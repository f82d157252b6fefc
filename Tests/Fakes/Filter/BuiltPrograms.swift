import Foundation

/// Where the programs of this package are: beside the program that runs, or in the directory that the
/// environment variable `SIMSCAN_PROGRAMS` names (to test a release build, or what is installed).
package enum BuiltPrograms {
    package static let simscan = path(of: "simscan")
    package static let simscanmk = path(of: "simscanmk")
    package static let simscanctl = path(of: "simscanctl")
    /// The fakes are not installed with the programs, so these are always those of the build.
    package static let fakes = besideUs("simscan-fakes")
    package static let cageProbe = besideUs("cage-probe")
    package static let fakeQmailQueue = besideUs("fake-qmail-queue")

    private static func path(of name: String) -> String {
        guard let directory = ProcessInfo.processInfo.environment["SIMSCAN_PROGRAMS"] else { return besideUs(name) }
        return directory + "/" + name
    }

    private static func besideUs(_ name: String) -> String {
        let running = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return running.deletingLastPathComponent().appendingPathComponent(name).path
    }
}
