import Testing

@testable import SimscanNative

@Suite("Fields that can be read in one way only")
struct PlainFieldTests {
    @Test(arguments: [
        "text/plain", " text/plain; charset=us-ascii", "attachment; filename=\"a file (1).pdf\"; size=5",
        "multipart/mixed; boundary=\"----=_Part_1\"; ", "inline;filename=a.exe",
    ])
    func `A simple field is plain`(_ value: String) { #expect(isPlainField(Array(value.utf8))) }

    @Test(arguments: [
        "", "text/", "text/plain charset=utf-8", "text/plain; charset", "text/plain; charset=", "a/b; x=\"y",
        "a/b; x=\"y\\\"z\"", "a/b; x=\"%41\"", "a/b; x*=utf-8''y", "a/b; x*0=y", "a/b; x=y; X=z", "a/b; x=y (c)",
        "a/b; x=\"=?utf-8?q?y?=\"", "a/b; x=\"\u{FC}\"", "a/b; x=y z", "a/b; x=\"y\"z", "a/b; x='y'", "a/b;; x=y",
        "a/b; x=y=z", "a/b, x=y", "a/b; x = y", "a/b; x=\"y\tz\"",
    ])
    func `A field that some program reads otherwise is not`(_ value: String) {
        #expect(!isPlainField(Array(value.utf8)))
    }
}
