import Testing

@testable import simscanctl

@Test func `every command has a one-line abstract`() {
    for command in Simscanctl.configuration.subcommands {
        let abstract = command.configuration.abstract
        #expect(abstract.hasSuffix(".") && !abstract.contains("\n"))
    }
}
