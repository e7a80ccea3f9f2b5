internal import Cryptography

/// Standard Webhooks 1.0.0, symmetric: `v1,` and the Base64 of HMAC-SHA-256 over
/// `id.timestamp.body`.
package enum WebhookSignature {
  private static let version = "v1"

  /// The value of `webhook-signature`: one signature a secret, space-separated.
  ///
  /// Two secrets let an endpoint change from one to the other without missing an event.
  /// - Precondition: there is at least one secret.
  package static func sign(_ message: WebhookMessage, with secrets: [WebhookSecret]) -> String {
    precondition(!secrets.isEmpty, "a webhook is signed with at least one secret")
    let content = message.signedContent
    return
      secrets
      .map { "\(version),\(Base64.encode(HMACSHA256.code(for: content, key: $0.key)))" }
      .joined(separator: " ")
  }

  /// Returns only if the headers and the body are recent and come from a holder of the secret.
  ///
  /// Pass headers as they arrived, nil for those that did not, and the body before any parsing.
  /// - Throws: `WebhookError` of kind `missingHeader`, `malformedID`, `malformedTimestamp`,
  ///   `bodyTooLarge`, `tooOld`, `tooNew` or `noMatchingSignature`.
  package static func verify(
    id: String?, timestamp: String?, signatures: String?, body: [UInt8],
    secret: WebhookSecret, now: Int64, toleranceSeconds: Int64 = 300
  ) throws(WebhookError) {
    guard let id else { throw missing("webhook-id") }
    guard let timestamp else { throw missing("webhook-timestamp") }
    guard let signatures else { throw missing("webhook-signature") }
    guard timestamp.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let sent = Int64(timestamp)
    else {
      throw WebhookError(
        .malformedTimestamp, "webhook-timestamp is not whole seconds since 1970; check the sender")
    }
    let (ageSeconds, overflows) = now.subtractingReportingOverflow(sent)
    guard !overflows, ageSeconds <= toleranceSeconds else {
      throw WebhookError(
        .tooOld, "webhook is more than \(toleranceSeconds) s old; ask for it again or set the clock"
      )
    }
    guard ageSeconds >= -toleranceSeconds else {
      throw WebhookError(
        .tooNew, "webhook is more than \(toleranceSeconds) s in the future; set the clock")
    }
    let message = try WebhookMessage(id: id, timestamp: sent, body: body)
    let expected = HMACSHA256.code(for: message.signedContent, key: secret.key)
    guard matches(expected, signatures) else {
      throw WebhookError(
        .noMatchingSignature,
        "no v1 signature in webhook-signature matches; check the secret and sign the raw body")
    }
  }

  /// Whether any signature of the list is the expected one. Other versions are passed over, as
  /// the specification asks, and every candidate is compared to its end.
  private static func matches(_ expected: [UInt8], _ list: String) -> Bool {
    var isMatched = false
    for item in list.split(separator: " ") {
      let parts = item.split(separator: ",", maxSplits: 1)
      guard parts.count == 2, parts[0] == version, let code = Base64.decode(String(parts[1]))
      else { continue }
      if equalInConstantTime(code, expected) { isMatched = true }
    }
    return isMatched
  }

  private static func missing(_ header: String) -> WebhookError {
    WebhookError(.missingHeader, "request has no \(header) header; is it a Standard Webhook?")
  }
}
