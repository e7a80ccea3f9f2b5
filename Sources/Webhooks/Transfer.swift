internal import CCurl

/// One attempt under way: what curl was told, what it has heard, and who waits for the outcome.
///
/// Made on any thread, then touched by the loop's alone.
final class Transfer: @unchecked Sendable {
  private var easy = EasyHandle()
  private let exchange: Exchange
  private let sentAt: Int64
  private let then: @Sendable (DeliveryOutcome) -> Void
  private let start = ContinuousClock.now

  init(
    _ message: WebhookMessage, to address: WebhookURL, signedWith keys: [WebhookKey],
    allowsPrivateAddresses: Bool, timeouts: Courier.Timeouts, route: Courier.Route,
    then: @escaping @Sendable (DeliveryOutcome) -> Void
  ) {
    self.then = then
    sentAt = message.timestamp
    let proxy = address.isEncrypted ? route.proxy : nil
    exchange = Exchange(
      addressGuard: proxy == nil
        ? AddressGuard(
          allowsPrivateAddresses: allowsPrivateAddresses, isEncrypted: address.isEncrypted) : nil)
    easy.aim(at: address, timeouts: timeouts)
    easy.choose(proxy: proxy, authorityFile: route.authorityFile)
    exchange.attach(to: &easy)
    easy.send(headers: Self.headers(of: message, signedWith: keys))
    easy.post(message.body)
  }

  var handle: UnsafeMutableRawPointer { easy.handle }
  /// Why the transfer may not even begin: curl did not take an option that guards us.
  var failure: CURLcode? { easy.failure }

  private static func headers(
    of message: WebhookMessage, signedWith keys: [WebhookKey]
  ) -> [String] {
    [
      "Content-Type: application/json",
      "webhook-id: \(message.id)",
      "webhook-timestamp: \(message.timestamp)",
      "webhook-signature: \(WebhookSignature.sign(message, with: keys))",
      "Expect:",  // Without a value curl leaves it out, and does not wait for leave to send.
    ]
  }

  func end(_ code: CURLcode) { end(judge(code)) }

  func breakOff() {
    end(.unreachable(reason: "broken off, as the sender was stopped"))
  }

  private func end(_ kind: DeliveryOutcome.Kind) {
    then(
      DeliveryOutcome(
        kind: kind, duration: start.duration(to: .now), excerpt: exchange.excerpt))
  }

  private func judge(_ code: CURLcode) -> DeliveryOutcome.Kind {
    if exchange.headersAreTooLong {
      return .unreachable(reason: "answer has more than 32 KiB of headers")
    }
    // Who answers at length has answered: to send again would only repeat the event.
    if code == CURLE_OK || exchange.bodyIsTooLong {
      let seconds = exchange.retryAfter.flatMap { RetryAfter.seconds($0, now: sentAt) }
      return DeliveryOutcome.kind(status: easy.status, retryAfterSeconds: seconds)
        ?? .unreachable(reason: "answer has no status from 200 to 999")
    }
    // One public address that is down beside a private one is a failure of the network.
    if let refusal = exchange.refusal, !exchange.hasOpenedSocket {
      return .notAllowed(reason: refusal)
    }
    return .unreachable(reason: easy.reason(for: code))
  }
}

extension EasyHandle {
  /// Everything about a transfer that is the same for every message.
  fileprivate mutating func aim(at address: WebhookURL, timeouts: Courier.Timeouts) {
    set(CURLOPT_URL, address.text)
    set(CURLOPT_PROTOCOLS_STR, address.isEncrypted ? "https" : "http")
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
    set(CURLOPT_FOLLOWLOCATION, false)
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_HTTP09_ALLOWED, false)
    set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_NOSIGNAL, true)
    set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connecting.wholeMilliseconds)
    set(CURLOPT_TIMEOUT_MS, timeouts.whole.wholeMilliseconds)
    // A name server that is silent would hold up every transfer, as curl waits for its thread.
    set(CURLOPT_QUICK_EXIT, true)
    // A name may have moved since: no connection is kept for ever.
    set(CURLOPT_MAXLIFETIME_CONN, 300)
    set(CURLOPT_USERAGENT, "Gradus")
  }

  fileprivate mutating func choose(proxy: String?, authorityFile: String?) {
    set(CURLOPT_PROXY, proxy ?? "")  // Left unset, http_proxy would decide.
    set(CURLOPT_NOPROXY, "")  // Nor does no_proxy send anything past the proxy and the guard.
    if let authorityFile { set(CURLOPT_CAINFO, authorityFile) }
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
