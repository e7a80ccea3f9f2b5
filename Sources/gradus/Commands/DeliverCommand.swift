import ExamModel
import Glibc
import Storage
import Webhooks
import Workers

/// `gradus deliver`: sends what waits for receivers of webhooks.
enum DeliverCommand {
  static let command = Command(
    name: "deliver", summary: "Send the webhooks that are due",
    discussion: """
      Delivers whatever becomes due until SIGINT or SIGTERM; with --once, for cron, what is due now. \
      An event is delivered at least once and in no promised order; every delivery of it has the same \
      id and body. What fails is tried ten times over three days and then listed as dead. Certificates \
      are checked against the system's, or those in the file that SSL_CERT_FILE names.
      """,
    options: [.store, .workspace, .flag("--once", "End when nothing is due any more"), .proxy],
    examples: [
      (
        "gradus deliver --once",
        "sends what is due and ends; a receiver that is down waits its turn"
      )
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let courier = try invocation.courier()
    try await invocation.withStore { store in
      let delivery = Delivery(
        store: store, courier: courier, meter: Meter(telling: invocation.console.steps))
      guard !invocation.isSet("--once") else {
        return invocation.console.print(try await delivery.deliverDue().sentence)
      }
      let stop = StopFlag()
      Signals.raise(stop, telling: invocation.console)
      invocation.console.note("delivering webhooks of \(store.address) until stopped")
      try await delivery.run(until: stop)
    }
  }
}

extension Command.Option {
  static let proxy = flag(
    "--proxy", "Send through the proxy that https_proxy names, which then guards private addresses")
}

extension Invocation {
  /// How webhooks leave this machine; the environment's proxy is asked for only where told.
  func courier() throws -> Courier {
    allowManyConnections()
    var route = Courier.Route(authorityFile: Setting.authorityFile.value)
    if isSet("--proxy") {
      guard
        let proxy = Setting.proxy.value ?? environment("HTTPS_PROXY")
          ?? environment("all_proxy") ?? environment("ALL_PROXY")
      else {
        throw Failure(.configuration, "--proxy is given but https_proxy names none; set it")
      }
      route.proxy = proxy
    }
    return Courier(route: route)
  }

  /// A thousand silent receivers hold a thousand sockets, which is more than a shell allows.
  private func allowManyConnections() {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard getrlimit(resource, &limit) == 0 else { return }
    limit.rlim_cur = max(limit.rlim_cur, min(limit.rlim_max, 8192))
    setrlimit(resource, &limit)
  }
}
