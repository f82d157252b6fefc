package import SystemPackage

/// Somebody who works on a message while it still arrives.
package protocol SpoolFollower: AnyObject {
    /// More of the message is in the file: the bytes from `start` to `end`, all of it where `isWhole`.
    func follow(_ file: FileDescriptor, from start: Int64, to end: Int64, isWhole: Bool)
    /// Works on until there is nothing to do or the input can be read.
    func work(untilReadable input: FileDescriptor)
}
