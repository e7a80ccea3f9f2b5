internal import CCurl

/// Delivers webhooks, one blocking call an attempt; any number of threads may share a courier.
///
/// The program that uses it must ignore SIGPIPE (`signal(SIGPIPE, SIG_IGN)` first thing in
/// `main`): OpenSSL writes to sockets whose other end may be gone, and curl is told to leave
/// signals alone because more than one thread delivers.
package struct Courier: Sendable {
  /// How long an attempt may take; looking the name up counts.
  package struct Timeouts: Hashable, Sendable {
    package let connecting: Duration
    package let whole: Duration

    /// - Precondition: both are at least a millisecond; curl takes 0 for "no limit".
    package init(connecting: Duration = .seconds(5), whole: Duration = .seconds(20)) {
      precondition(
        connecting >= .milliseconds(1) && whole >= .milliseconds(1),
        "a timeout is at least a millisecond")
      self.connecting = connecting
      self.whole = whole
    }
  }

  package init() {}

  /// Sends the message once and says what came of it; nothing is thrown and nothing retried.
  ///
  /// Redirects are not followed, proxies and `.netrc` not asked, connections not kept. An
  /// endpoint is judged by the status it answers with; of its body, only an excerpt is kept, and
  /// an answer that goes on past 64 KiB is cut off.
  /// - Parameters:
  ///   - secrets: The endpoint's secret, or the old and the new one while it changes.
  ///   - allowsPrivateAddresses: Lets this delivery reach loopback and private networks, and
  ///     only those by plain http.
  package func deliver(
    _ message: WebhookMessage, to url: String, signedWith secrets: [WebhookSecret],
    allowsPrivateAddresses: Bool = false, timeouts: Timeouts = Timeouts()
  ) -> DeliveryOutcome {
    let clock = ContinuousClock()
    let start = clock.now
    let address: WebhookURL
    do throws(WebhookError) {
      address = try WebhookURL(url, allowsPrivateAddresses: allowsPrivateAddresses)
    } catch {
      return DeliveryOutcome(
        kind: .notAllowed(reason: error.description), duration: start.duration(to: clock.now),
        excerpt: "")
    }
    let exchange = Exchange(
      addressGuard: AddressGuard(
        allowsPrivateAddresses: allowsPrivateAddresses, isEncrypted: address.isEncrypted))
    let kind = withExtendedLifetime(exchange) {
      var transfer = EasyHandle()
      transfer.aim(at: address, timeouts: timeouts)
      exchange.attach(to: &transfer)
      transfer.send(headers: Self.headers(of: message, signedWith: secrets))
      transfer.post(message.body)
      let code = transfer.perform()
      return Self.judge(code, transfer, exchange, sentAt: message.timestamp)
    }
    return DeliveryOutcome(
      kind: kind, duration: start.duration(to: clock.now), excerpt: exchange.excerpt)
  }

  private static func headers(
    of message: WebhookMessage, signedWith secrets: [WebhookSecret]
  ) -> [String] {
    [
      "Content-Type: application/json",
      "webhook-id: \(message.id)",
      "webhook-timestamp: \(message.timestamp)",
      "webhook-signature: \(WebhookSignature.sign(message, with: secrets))",
      "Expect:",  // Without a value curl leaves it out, and does not wait for leave to send.
    ]
  }

  private static func judge(
    _ code: CURLcode, _ transfer: borrowing EasyHandle, _ exchange: Exchange,
    sentAt now: Int64
  ) -> DeliveryOutcome.Kind {
    if exchange.headersAreTooLong {
      return .unreachable(reason: "answer has more than 32 KiB of headers")
    }
    // Who answers at length has answered: to send again would only repeat the event.
    if code == CURLE_OK || exchange.bodyIsTooLong {
      let seconds = exchange.retryAfter.flatMap { RetryAfter.seconds($0, now: now) }
      return DeliveryOutcome.kind(status: transfer.status, retryAfterSeconds: seconds)
        ?? .unreachable(reason: "answer has no status from 200 to 999")
    }
    // One public address that is down beside a private one is a failure of the network.
    if let refusal = exchange.refusal, !exchange.hasOpenedSocket {
      return .notAllowed(reason: refusal)
    }
    return .unreachable(reason: transfer.reason(for: code))
  }
}

extension EasyHandle {
  /// Everything about a transfer that is the same for every message.
  fileprivate mutating func aim(at address: WebhookURL, timeouts: Courier.Timeouts) {
    set(CURLOPT_URL, address.text)
    set(CURLOPT_PROTOCOLS_STR, address.isEncrypted ? "https" : "http")
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, true)
    set(CURLOPT_FOLLOWLOCATION, false)
    set(CURLOPT_PROXY, "")  // Otherwise http_proxy decides, and the guard sees the proxy only.
    set(CURLOPT_NETRC, 0)
    set(CURLOPT_HTTP09_ALLOWED, false)
    set(CURLOPT_SSL_VERIFYPEER, 1)
    set(CURLOPT_SSL_VERIFYHOST, 2)
    set(CURLOPT_NOSIGNAL, true)
    set(CURLOPT_CONNECTTIMEOUT_MS, timeouts.connecting.wholeMilliseconds)
    set(CURLOPT_TIMEOUT_MS, timeouts.whole.wholeMilliseconds)
    // The guard decides when a socket is opened, so every transfer opens its own.
    set(CURLOPT_FRESH_CONNECT, true)
    set(CURLOPT_FORBID_REUSE, true)
    set(CURLOPT_USERAGENT, "Gradus")
  }
}

extension Duration {
  fileprivate var wholeMilliseconds: Int { Int(self / .milliseconds(1)) }
}
