package import Cryptography

/// A key of our own, Ed25519: we sign with the private half and anybody may have the public one.
///
/// Written `whsk_` with the Base64 of seed and public half, and `whpk_` with that of the public
/// half. Printing a pair shows no part of it.
package struct WebhookKeyPair: Sendable {
  let seed: [UInt8]
  package let publicKey: WebhookPublicKey

  static let prefix = "whsk_"

  package static func random() throws(CryptographyError) -> WebhookKeyPair {
    WebhookKeyPair(seed: try randomBytes(Ed25519.seedByteCount))
  }

  private init(seed: [UInt8]) {
    self.seed = seed
    publicKey = WebhookPublicKey(bytes: Ed25519.publicKey(ofSeed: seed))
  }

  /// Reads a pair as ``text`` writes it; the error does not repeat what was read.
  package init(text: String) throws(WebhookError) {
    guard text.hasPrefix(Self.prefix),
      let bytes = Base64.decode(String(text.dropFirst(Self.prefix.count))),
      bytes.count == Ed25519.seedByteCount + Ed25519.publicKeyByteCount
    else {
      throw WebhookError(
        .malformedSecret,
        "webhook key is not \(Self.prefix) and the Base64 of 64 bytes; paste the whole of it")
    }
    self.init(seed: Array(bytes.prefix(Ed25519.seedByteCount)))
    guard Array(bytes.dropFirst(Ed25519.seedByteCount)) == publicKey.bytes else {
      throw WebhookError(
        .malformedSecret, "the halves of a webhook key do not belong together; make a new one")
    }
  }

  /// The pair itself, to store; never for a log.
  package var text: String { Self.prefix + Base64.encode(seed + publicKey.bytes) }
}

extension WebhookKeyPair: CustomStringConvertible, CustomReflectable {
  package var description: String { "whsk_(hidden)" }
  package var customMirror: Mirror { Mirror(self, children: []) }
}

/// The half of a key pair that receivers have.
package struct WebhookPublicKey: Hashable, Sendable {
  let bytes: [UInt8]

  private static let prefix = "whpk_"

  init(bytes: [UInt8]) { self.bytes = bytes }

  package init(text: String) throws(WebhookError) {
    guard text.hasPrefix(Self.prefix),
      let bytes = Base64.decode(String(text.dropFirst(Self.prefix.count))),
      bytes.count == Ed25519.publicKeyByteCount
    else {
      throw WebhookError(
        .malformedPublicKey,
        "public key is not \(Self.prefix) and the Base64 of 32 bytes; \"gradus webhook show\" has it"
      )
    }
    self.bytes = bytes
  }

  package var text: String { Self.prefix + Base64.encode(bytes) }
}

/// What signs.
package enum WebhookKey: Sendable {
  case shared(WebhookSecret)
  case pair(WebhookKeyPair)

  /// Reads either kind as it is stored.
  package init(text: String) throws(WebhookError) {
    self =
      text.hasPrefix(WebhookKeyPair.prefix)
      ? .pair(try WebhookKeyPair(text: text)) : .shared(try WebhookSecret(text: text))
  }

  var version: String {
    switch self {
    case .shared: WebhookCheck.sharedVersion
    case .pair: WebhookCheck.publicVersion
    }
  }

  func signature(of content: [UInt8]) -> [UInt8] {
    switch self {
    case .shared(let secret): HMACSHA256.code(for: content, key: secret.key)
    case .pair(let pair): Ed25519.sign(content, seed: pair.seed)
    }
  }
}

/// What verifies.
package enum WebhookCheck: Sendable {
  case shared(WebhookSecret)
  case publicKey(WebhookPublicKey)

  static let sharedVersion = "v1"
  static let publicVersion = "v1a"

  var version: String {
    switch self {
    case .shared: Self.sharedVersion
    case .publicKey: Self.publicVersion
    }
  }

  func accepts(_ signature: [UInt8], of content: [UInt8]) -> Bool {
    switch self {
    case .shared(let secret):
      equalInConstantTime(signature, HMACSHA256.code(for: content, key: secret.key))
    case .publicKey(let key): Ed25519.isValid(signature, of: content, publicKey: key.bytes)
    }
  }
}
