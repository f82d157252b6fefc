extension [UInt8] {
    /// What stands behind the first empty line, whether lines end in LF or in CR LF.
    var mailBody: ArraySlice<UInt8> {
        var lineStart = startIndex
        while let lineEnd = self[lineStart...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = self[lineStart..<lineEnd]
            lineStart = lineEnd + 1
            if line.isEmpty || line.elementsEqual([UInt8(ascii: "\r")]) { return self[lineStart...] }
        }
        return self[endIndex...]
    }
}
