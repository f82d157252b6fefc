/// What trophie or sophie says of a message.
package enum TrophieVerdict: Equatable, Sendable {
    case clean
}
