import ArgumentParser
import SimscanNative

@main
struct SimscanMk: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "simscanmk", version: Installation.version)
}
