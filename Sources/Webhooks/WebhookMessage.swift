/// One attempt to tell an endpoint about one event.
package struct WebhookMessage: Hashable, Sendable {
  /// The event's name for life: the same on every attempt, so that receivers can drop repeats.
  package let id: String
  /// Unix seconds of this attempt, not of the event.
  package private(set) var timestamp: Int64
  /// The JSON as it is signed and sent, byte for byte.
  package let body: [UInt8]

  /// Far above the 20 kB the specification advises; what is larger belongs behind a link.
  package static let bodyByteLimit = 256 * 1024
  private static let idByteLimit = 255

  /// Takes visible ASCII without `.` for an id: a dot would make the signed text ambiguous, and
  /// anything else could break out of its header.
  package init(id: String, timestamp: Int64, body: [UInt8]) throws(WebhookError) {
    guard Self.isValid(id: id) else {
      throw WebhookError(
        .malformedID, "webhook id must be 1 to 255 visible ASCII characters and no full stop")
    }
    guard timestamp >= 0 else {
      throw WebhookError(.malformedTimestamp, "webhook timestamp lies before 1970; set the clock")
    }
    guard body.count <= Self.bodyByteLimit else {
      throw WebhookError(
        .bodyTooLarge,
        "webhook body has \(body.count) bytes of at most \(Self.bodyByteLimit); send a link")
    }
    self.id = id
    self.timestamp = timestamp
    self.body = body
  }

  static func isValid(id: String) -> Bool {
    (1...idByteLimit).contains(id.utf8.count)
      && id.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: ".") }
  }

  /// The same for an attempt that is made so much later.
  func delayed(by seconds: Int64) -> WebhookMessage {
    var message = self
    message.timestamp += seconds
    return message
  }

  /// The bytes a signature vouches for.
  var signedContent: [UInt8] { Array("\(id).\(timestamp).".utf8) + body }
}
