/// What spamd is asked for.
package enum SpamdMethod: String, Sendable {
    case ping = "PING"
}
