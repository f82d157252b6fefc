/// A scripted peer.
package enum Fake {}
