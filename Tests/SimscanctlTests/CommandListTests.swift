import ArgumentParser
import Foundation
import Testing

@testable import simscanctl

/// What every command says of itself.
@Suite struct CommandListTests {
    /// Every command, with those below it.
    private static let commands: [any ParsableCommand.Type] = all(below: Simscanctl.self)

    private static func all(below command: any ParsableCommand.Type) -> [any ParsableCommand.Type] {
        [command] + command.configuration.subcommands.flatMap(all)
    }

    private static func name(_ command: any ParsableCommand.Type) -> String {
        command.configuration.commandName ?? String(describing: command)
    }

    private func help(_ command: any ParsableCommand.Type) -> String {
        Simscanctl.helpMessage(for: command, columns: 80)
    }

    @Test func `Every command has a one-line abstract`() {
        #expect(Self.commands.count > 10)
        for command in Self.commands {
            let abstract = command.configuration.abstract
            #expect(abstract.hasSuffix(".") && !abstract.contains("\n"))
        }
    }

    @Test func `Every command that does something has --json`() {
        for command in Self.commands where command.configuration.subcommands.isEmpty {
            #expect(help(command).contains("\n  --json "), "\(Self.name(command))")
        }
    }

    /// An example that is torn cannot be pasted.
    @Test func `Every example of a help text stands in one line`() {
        var count = 0
        for command in Self.commands {
            let lines = help(command).split(separator: "\n")
            for line in command.configuration.discussion.split(separator: "\n") where line.hasPrefix("  ") {
                count += 1
                #expect(lines.contains(line), "\(Self.name(command)): \(line)")
            }
        }
        #expect(count > 10)
    }

    /// The statuses of a manual page's section, each with the commands that it names.
    @Test func `The help has every exit status of the manual`() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("doc/simscanctl.8").path
        let page = try String(contentsOfFile: path, encoding: .utf8)
        let section = try #require(page.components(separatedBy: ".SH EXIT STATUS\n").last)
            .components(separatedBy: ".SH ")[0]
        let statuses = section.split(separator: "\n").filter { $0.hasPrefix(".B ") }
            .compactMap { Int($0.dropFirst(3)) }
        #expect(statuses.count > 8)
        let whole = help(Simscanctl.self)
        for status in statuses {
            #expect(whole.range(of: "\\b\(status)\\b", options: .regularExpression) != nil, "\(status)")
        }
    }
}
