package import Cryptography

/// The key an endpoint shares with us: 24 to 64 bytes, written `whsec_` and Base64.
///
/// Printing, dumping or interpolating a secret shows no part of it; only ``text`` gives it away.
package struct WebhookSecret: Sendable {
  let key: [UInt8]

  private static let prefix = "whsec_"
  private static let byteCounts = 24...64
  /// As long as the code it keys: longer would add nothing.
  private static let randomByteCount = 32

  /// A new secret; every endpoint needs one of its own.
  package static func random() throws(CryptographyError) -> WebhookSecret {
    WebhookSecret(key: try randomBytes(randomByteCount))
  }

  /// Reads a secret as ``text`` writes it; the error does not repeat what was read.
  package init(text: String) throws(WebhookError) {
    guard text.hasPrefix(Self.prefix) else {
      throw WebhookError(
        .malformedSecret, "webhook secret does not begin with whsec_; paste the whole of it")
    }
    guard let key = Base64.decode(String(text.dropFirst(Self.prefix.count))) else {
      throw WebhookError(
        .malformedSecret, "webhook secret is not padded Base64 after whsec_; paste it unchanged")
    }
    guard Self.byteCounts.contains(key.count) else {
      throw WebhookError(
        .malformedSecret,
        "webhook secret holds \(key.count) bytes; use 24 to 64, or let gradus make one")
    }
    self.init(key: key)
  }

  private init(key: [UInt8]) { self.key = key }

  /// The secret itself, to show once to its owner and to store; never for a log.
  package var text: String { Self.prefix + Base64.encode(key) }
}

extension WebhookSecret: CustomStringConvertible, CustomReflectable {
  package var description: String { "whsec_(hidden)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}
