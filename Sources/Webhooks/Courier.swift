/// Delivers webhooks through a few threads that keep many transfers under way and connections open.
///
/// Any number of threads may share a courier; what is under way when the last lets go of it is
/// broken off. The program that uses it must ignore SIGPIPE (`signal(SIGPIPE, SIG_IGN)` first thing
/// in `main`): OpenSSL writes to sockets whose other end may be gone, and curl is told to leave
/// signals alone because it runs on threads.
package final class Courier: Sendable {
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

  /// How deliveries leave this machine.
  package struct Route: Hashable, Sendable {
    /// A file of certificates to trust in place of the system's.
    package var authorityFile: String?
    /// Where https is sent through. It resolves the names, so it has to keep private addresses
    /// closed: here only addresses written out as such are checked.
    package var proxy: String?

    package init(authorityFile: String? = nil, proxy: String? = nil) {
      self.authorityFile = authorityFile
      self.proxy = proxy
    }
  }

  private let timeouts: Timeouts
  private let route: Route
  /// Curl looks through all of a loop's connections whenever a transfer ends, so the many that
  /// silent receivers hold are no more than one loop's share of the work of the others.
  private let loops = (0..<4).map { _ in TransferLoop() }

  package init(timeouts: Timeouts = Timeouts(), route: Route = Route()) {
    self.timeouts = timeouts
    self.route = route
    for loop in loops { loop.start() }
  }

  deinit { for loop in loops { loop.close() } }

  /// Sends the message once and says what came of it; nothing is thrown and nothing retried.
  ///
  /// Redirects are not followed, `.netrc` and the environment's proxies not asked. An endpoint is
  /// judged by the status it answers with; of its body, only an excerpt is kept, and an answer that
  /// goes on past 64 KiB is cut off.
  /// - Parameters:
  ///   - keys: The endpoint's keys, and while they change also the old ones.
  ///   - allowsPrivateAddresses: Lets this delivery reach loopback and private networks, and
  ///     only those by plain http.
  package func deliver(
    _ message: WebhookMessage, to url: String, signedWith keys: [WebhookKey],
    allowsPrivateAddresses: Bool = false
  ) async -> DeliveryOutcome {
    await withCheckedContinuation { continuation in
      send(
        message, to: url, signedWith: keys, allowsPrivateAddresses: allowsPrivateAddresses
      ) { continuation.resume(returning: $0) }
    }
  }

  /// Does the same and returns at once; the outcome comes on a thread of the courier's, or on the
  /// caller's where nothing may be sent.
  package func send(
    _ message: WebhookMessage, to url: String, signedWith keys: [WebhookKey],
    allowsPrivateAddresses: Bool, then: @escaping @Sendable (DeliveryOutcome) -> Void
  ) {
    do throws(WebhookError) {
      let destination = try destination(
        url, signedWith: keys, allowsPrivateAddresses: allowsPrivateAddresses)
      send(message, to: destination, then: then)
    } catch {
      let kind = DeliveryOutcome.Kind.notAllowed(reason: error.description)
      then(DeliveryOutcome(kind: kind, duration: .zero, excerpt: ""))
    }
  }

  /// An endpoint as this courier sends to it, made once for any number of messages.
  package struct Destination: Sendable {
    let address: WebhookURL
    let keys: [WebhookKey]
    let allowsPrivateAddresses: Bool
  }

  /// - Throws: where nothing may be sent to that address.
  package func destination(
    _ url: String, signedWith keys: [WebhookKey], allowsPrivateAddresses: Bool
  ) throws(WebhookError) -> Destination {
    let address = try WebhookURL(url, allowsPrivateAddresses: allowsPrivateAddresses)
    // Through a proxy nobody sees the address that is connected to.
    if address.isEncrypted, route.proxy != nil {
      try address.checkLiteral(allowsPrivateAddresses: allowsPrivateAddresses)
    }
    return Destination(
      address: address, keys: keys, allowsPrivateAddresses: allowsPrivateAddresses)
  }

  /// Sends at once, or where many are under way to the destination already, in turn.
  package func send(
    _ message: WebhookMessage, to destination: Destination,
    then: @escaping @Sendable (DeliveryOutcome) -> Void
  ) {
    // By host, so that its connections are kept in one place.
    loops[Int(destination.address.host.hashValue.magnitude % UInt(loops.count))].add(
      Transfer(message, to: destination, timeouts: timeouts, route: route, then: then))
  }
}
