internal import CCurl

/// One attempt, in line or under way: what is sent, what was heard, and who waits for the outcome.
///
/// Made on any thread, then touched by the loop's alone.
final class Transfer: @unchecked Sendable {
  /// Attempts to one destination stand in one line.
  struct Line: Hashable {
    let address: String
    let allowsPrivateAddresses: Bool
  }

  let line: Line
  private let destination: Courier.Destination
  private let timeouts: Courier.Timeouts
  private let route: Courier.Route
  private let exchange: Exchange
  private let then: @Sendable (DeliveryOutcome) -> Void
  private var message: WebhookMessage
  private var start = ContinuousClock.now
  private var easy: EasyHandle?

  init(
    _ message: WebhookMessage, to destination: Courier.Destination, timeouts: Courier.Timeouts,
    route: Courier.Route, then: @escaping @Sendable (DeliveryOutcome) -> Void
  ) {
    self.message = message
    self.destination = destination
    self.timeouts = timeouts
    self.route = route
    self.then = then
    line = Line(
      address: destination.address.text,
      allowsPrivateAddresses: destination.allowsPrivateAddresses)
    let address = destination.address
    exchange = Exchange(
      addressGuard: address.isEncrypted && route.proxy != nil
        ? nil
        : AddressGuard(
          allowsPrivateAddresses: destination.allowsPrivateAddresses,
          isEncrypted: address.isEncrypted))
  }

  /// How long it has been in line.
  func age(at now: ContinuousClock.Instant) -> Duration { start.duration(to: now) }

  /// Tells curl everything about the attempt; false where it did not take an option, as options
  /// guard us.
  func prepare(_ easy: EasyHandle, at now: ContinuousClock.Instant) -> Bool {
    message = message.delayed(by: age(at: now).components.seconds)
    start = now
    self.easy = easy
    easy.reset()
    easy.aim(at: destination.address, timeouts: timeouts)
    easy.choose(
      proxy: destination.address.isEncrypted ? route.proxy : nil,
      authorityFile: route.authorityFile)
    exchange.attach(to: easy)
    easy.send(headers: Self.headers(of: message, signedWith: destination.keys))
    easy.post(message.body)
    return easy.failure == nil
  }

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

  /// Says what came of it, and returns whether it arrived.
  func end(_ code: CURLcode) -> Bool {
    let kind = judge(code)
    end(kind)
    if case .delivered = kind { return true }
    return false
  }

  func breakOff() { end(.unreachable(reason: "broken off, as the sender was stopped")) }

  func sendBack() { end(.notSent) }

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
      let seconds = exchange.retryAfter.flatMap { RetryAfter.seconds($0, now: message.timestamp) }
      return DeliveryOutcome.kind(status: easy?.status ?? 0, retryAfterSeconds: seconds)
        ?? .unreachable(reason: "answer has no status from 200 to 999")
    }
    // One public address that is down beside a private one is a failure of the network.
    if let refusal = exchange.refusal, !exchange.hasOpenedSocket {
      return .notAllowed(reason: refusal)
    }
    return .unreachable(reason: easy?.reason(for: code) ?? "no attempt was begun")
  }
}

extension EasyHandle {
  /// Everything about a transfer that is the same for every message.
  fileprivate func aim(at address: WebhookURL, timeouts: Courier.Timeouts) {
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

  fileprivate func choose(proxy: String?, authorityFile: String?) {
    set(CURLOPT_PROXY, proxy ?? "")  // Left unset, http_proxy would decide.
    set(CURLOPT_NOPROXY, "")  // Nor does no_proxy send anything past the proxy and the guard.
    if let authorityFile { set(CURLOPT_CAINFO, authorityFile) }
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
