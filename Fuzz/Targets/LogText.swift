/// Whether a text can stand in a log line as it is: printable ASCII.
func isLogText(_ text: String) -> Bool {
    text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
}
