package import SystemPackage

package struct AttachmentRules: Sendable { package init(suffixes: [[UInt8]], allow: [String]) {} }
package struct MIMELimits: Sendable { package init(depth: Int, parts: Int, fields: Int, headerBytes: Int) {} }
package func checkAttachments(of message: SpooledMessage, rules: AttachmentRules, limits: MIMELimits) throws(Errno)
    -> AttachmentFinding
{ .nothing }
package func readSuffixList(_ bytes: [UInt8]) -> [[UInt8]] { [] }
