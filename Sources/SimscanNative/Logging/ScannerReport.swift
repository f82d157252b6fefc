/// What one scanner had to do with a message, for `log-format = json` and for `SIMSCAN_DEBUG`.
package struct ScannerReport: Equatable, Sendable {
    /// As the log names it: `clamd`, `trophie`, `spamd`.
    package var name: String
    /// Who answered; nil where nobody did.
    package var host: String?
    /// `clean`, `infected`, `not scanned`, `ham`, `spam`, `failed`, `not needed` or `skipped`.
    package var verdict: String
    /// The name, the error or the reason why it was skipped.
    package var detail: [UInt8] = []
    /// From the question to the answer; nil where there is none.
    package var elapsed: Duration?
}
