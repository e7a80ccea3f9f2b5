internal import CCurl

/// An endpoint's address that curl can read and that hides no credentials.
///
/// It is read by the parser that will connect, so the two cannot disagree about the host. Where
/// the host really is, only ``AddressGuard`` can say, once its name is resolved.
package struct WebhookURL: Hashable, Sendable {
  package let text: String
  /// As curl reads it: numbers such as `0x7f.1` are already written as `127.0.0.1`.
  package let host: String
  package let isEncrypted: Bool

  /// `https://example.org:8443`, fit for messages: path and query may be as good as a password.
  package let place: String

  private static let byteLimit = 2048

  /// Takes `https`, and `http` too if private addresses are allowed; errors do not repeat the
  /// address, whose path and query may be secret.
  package init(_ text: String, allowsPrivateAddresses: Bool) throws(WebhookError) {
    guard (1...Self.byteLimit).contains(text.utf8.count),
      text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    else {
      throw Self.malformed("is not 1 to 2048 visible ASCII characters; encode what is not")
    }
    guard let parts = curl_url() else { preconditionFailure("no memory left for an address") }
    defer { curl_url_cleanup(parts) }
    // No flags: no guessing of a scheme that is missing, no schemes curl does not know.
    guard curl_url_set(parts, CURLUPART_URL, text, 0) == CURLUE_OK else {
      throw Self.malformed("cannot be read; write it like https://example.org/hook")
    }
    for part in [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_OPTIONS] {
      guard Self.read(part, of: parts) == nil else {
        throw Self.malformed("holds a user name or password; the signature is the credential")
      }
    }
    switch Self.read(CURLUPART_SCHEME, of: parts) {
    case "https": isEncrypted = true
    case "http" where allowsPrivateAddresses: isEncrypted = false
    case "http":
      throw Self.malformed("uses http; use https, or allow private addresses for this endpoint")
    default: throw Self.malformed("uses neither https nor http; use https")
    }
    guard let host = Self.read(CURLUPART_HOST, of: parts), !host.isEmpty else {
      throw Self.malformed("names no host; write it like https://example.org/hook")
    }
    self.text = text
    self.host = host
    let port = Self.read(CURLUPART_PORT, of: parts).map { ":\($0)" } ?? ""
    place = "\(isEncrypted ? "https" : "http")://\(host)\(port)"
  }

  /// The place of an address that was taken before.
  package static func place(of text: String) -> String {
    (try? WebhookURL(text, allowsPrivateAddresses: true))?.place ?? "an unreadable address"
  }

  /// For an address that names no host but says where it is: that it may be sent to.
  ///
  /// - Throws: why it may not; what a name stands for is seen only when it is connected to.
  package func checkLiteral(allowsPrivateAddresses: Bool) throws(WebhookError) {
    let door = AddressGuard(
      allowsPrivateAddresses: allowsPrivateAddresses, isEncrypted: isEncrypted)
    if let literal = NetworkAddress(host), let refusal = door.refusal(of: literal) {
      throw WebhookError(.malformedURL, refusal)
    }
  }

  private static func read(_ part: CURLUPart, of parts: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(parts, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  private static func malformed(_ problem: String) -> WebhookError {
    WebhookError(.malformedURL, "webhook address \(problem)")
  }
}
