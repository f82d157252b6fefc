internal import CLibrariesOnDemand
internal import Glibc

/// libarchive turns names into the locale's charset: with UTF-8 none is lost.
///
/// The system keeps it in files, which are read once.
private nonisolated(unsafe) let utf8Locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", nil)

/// libarchive's libraries get ready when it is first needed.
let libarchive: Void = libarchive_start()

/// Reads what archives need from files.
func prepareForArchives() { _ = utf8Locale }

func withUTF8Locale(_ body: () -> Void) {
    guard let locale = utf8Locale else { return body() }
    let before = uselocale(locale)
    body()
    uselocale(before)
}
