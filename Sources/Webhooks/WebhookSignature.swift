internal import Cryptography

/// Standard Webhooks 1.0.0: what vouches for `id.timestamp.body`.
///
/// `v1,` and the Base64 of HMAC-SHA-256 under a shared secret, or `v1a,` and that of an Ed25519
/// signature.
package enum WebhookSignature {
  /// The value of `webhook-signature`: one signature a key, space-separated.
  ///
  /// Two secrets let an endpoint change from one to the other without missing an event.
  /// - Precondition: there is at least one key.
  package static func sign(_ message: WebhookMessage, with keys: [WebhookKey]) -> String {
    precondition(!keys.isEmpty, "a webhook is signed with at least one key")
    let content = message.signedContent
    return
      keys
      .map { "\($0.version),\(Base64.encode($0.signature(of: content)))" }
      .joined(separator: " ")
  }

  /// Returns only if the headers and the body are recent and come from a holder of the secret or of the key pair's private half.
  ///
  /// Pass headers as they arrived, nil for those that did not, and the body before any parsing.
  /// - Throws: `WebhookError` of kind `missingHeader`, `malformedID`, `malformedTimestamp`,
  ///   `bodyTooLarge`, `tooOld`, `tooNew` or `noMatchingSignature`.
  package static func verify(
    id: String?, timestamp: String?, signatures: String?, body: [UInt8],
    with check: WebhookCheck, now: Int64, toleranceSeconds: Int64 = 300
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
    guard matches(signatures, message.signedContent, check) else {
      throw WebhookError(
        .noMatchingSignature,
        "no \(check.version) signature in webhook-signature matches; check the key and sign the "
          + "raw body")
    }
  }

  /// Whether any signature of the list is right. Other versions are passed over, as the
  /// specification asks, and every candidate is compared to its end.
  private static func matches(_ list: String, _ content: [UInt8], _ check: WebhookCheck) -> Bool {
    var isMatched = false
    for item in list.split(separator: " ") {
      let parts = item.split(separator: ",", maxSplits: 1)
      guard parts.count == 2, parts[0] == check.version,
        let signature = Base64.decode(String(parts[1]))
      else { continue }
      if check.accepts(signature, of: content) { isMatched = true }
    }
    return isMatched
  }

  private static func missing(_ header: String) -> WebhookError {
    WebhookError(.missingHeader, "request has no \(header) header; is it a Standard Webhook?")
  }
}
