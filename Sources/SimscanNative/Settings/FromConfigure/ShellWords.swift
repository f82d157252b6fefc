/// Cuts a command line into words as a shell does (sh(1), Quoting): blanks part, quotes and backslashes keep together.
///
/// Nothing is expanded. A quote that is not closed runs to the end.
func shellWords(_ line: String) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    var isEscaped = false
    for character in line {
        if isEscaped {
            isEscaped = false
            // In double quotes a backslash only escapes these; a line end behind one vanishes.
            if character == "\n" { continue }
            if quote == "\"", !"\"\\$`".contains(character) { word = (word ?? "") + "\\" }
            word = (word ?? "") + String(character)
            continue
        }
        switch (quote, character) {
        case ("'", "'"), ("\"", "\""):
            quote = nil
        case ("'", _):
            word = (word ?? "") + String(character)
        case (_, "\\"):
            isEscaped = true
        case ("\"", _):
            word = (word ?? "") + String(character)
        case (_, "'"), (_, "\""):
            quote = character
            word = word ?? ""
        case (_, " "), (_, "\t"), (_, "\n"), (_, "\r\n"):
            if let finished = word { words.append(finished) }
            word = nil
        default:
            word = (word ?? "") + String(character)
        }
    }
    if let finished = word { words.append(finished) }
    return words
}
