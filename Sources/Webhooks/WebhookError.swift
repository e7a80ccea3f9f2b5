/// What was wrong with a webhook, its secret, its address, or the place that receives it.
///
/// The text never holds a secret, a signature or the query of an address, so it may be logged.
package struct WebhookError: Error, Hashable, CustomStringConvertible {
  /// The failures a caller may have to tell apart.
  package enum Kind: Hashable, Sendable {
    case malformedSecret
    case malformedPublicKey
    case malformedID
    case bodyTooLarge
    case malformedURL
    case missingHeader
    case malformedTimestamp
    /// The attempt is longer ago than the tolerance: a replay, or a clock that runs behind.
    case tooOld
    /// The attempt lies further ahead than the tolerance: one of the two clocks is wrong.
    case tooNew
    case noMatchingSignature
    /// The receiver's port could not be opened.
    case cannotListen
    /// The receiver was told to stop while it waited.
    case stopped
  }

  package let kind: Kind
  package let description: String

  init(_ kind: Kind, _ description: String) {
    self.kind = kind
    self.description = description
  }
}
