import ArgumentParser
import Fakes

@main
struct SimscanFakes: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "simscan-fakes")
}
