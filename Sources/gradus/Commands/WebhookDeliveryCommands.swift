import ExamModel
import FoundationEssentials
import Storage
import Webhooks
import Workers

/// `gradus webhook …`: what was sent, what became of it, and sending it again.
enum WebhookDeliveryCommands {
  static let all = [test, deliveries, redeliver, listen]

  private static let test = Command(
    name: "webhook test", summary: "Send a trial event to a receiver",
    arguments: [WebhookCommands.id], options: [.workspace, .store, .proxy],
    examples: [("gradus webhook test 1", "sends a webhook.test event")],
    run: runTest)

  private static let state = Command.Option(
    name: "--state", value: "STATE", choices: DeliveryState.allCases.map(\.word),
    help: "Only those that are pending, delivered or dead")
  private static let receiver = Command.Option(
    name: "--receiver", value: "ID", help: "Only those to this receiver")

  private static let deliveries = Command(
    name: "webhook deliveries", summary: "Show what was sent and what became of it",
    discussion: "With an event's id, shows every attempt to deliver it.",
    arguments: [.init(name: "EVENT", help: "an event's id, evt_…", isOptional: true)],
    options: [
      .workspace, .store, state, receiver,
      .init(name: "--limit", value: "N", help: "No more than so many (default: 100)"), .json,
    ],
    examples: [
      ("gradus webhook deliveries", "lists the latest deliveries"),
      ("gradus webhook deliveries --state dead", "lists what was given up"),
    ], run: runDeliveries)

  private static let redeliver = Command(
    name: "webhook redeliver", summary: "Send again what has ended, with the same id and body",
    discussion: """
      Takes an event's id, or --dead for all that was given up. What is sent again is due at once and \
      is tried as long as anything new; receivers know it by its id. Disabled receivers are left out.
      """,
    arguments: [.init(name: "EVENT", help: "an event's id, evt_…", isOptional: true)],
    options: [.workspace, .store, .flag("--dead", "Everything that was given up"), receiver],
    examples: [
      ("gradus webhook redeliver evt_9fa085dc", "sends one event again to all who had it"),
      ("gradus webhook redeliver --dead --receiver 1", "sends what receiver 1 has missed"),
    ], run: runRedeliver)

  private static let listen = Command(
    name: "webhook listen",
    summary: "Receive and verify webhooks on this machine",
    discussion: """
      Listens on the loopback address, prints each event as it arrives and whether its signature is \
      right, and answers 204.
      """,
    options: [
      .init(name: "--port", value: "N", help: "The port (default: any that is free)"),
      .init(name: "--secret-file", value: "FILE", help: "The whsec_ secret that signs the events"),
      .init(name: "--public-key", value: "KEY", help: "The whpk_ key that verifies the events"),
      .init(name: "--count", value: "N", help: "Return after so many events (default: go on)"),
    ],
    examples: [
      ("gradus webhook listen --port 8080 --secret-file whsec --count 1", "waits for one event")
    ], run: runListen)

  // MARK: What they do

  private static func runTest(_ invocation: Invocation) async throws {
    let id = try invocation.endpointID()
    let courier = try invocation.courier()
    let (endpoint, delivery) = try await invocation.withStore { store in
      let endpoint = try await store.endpoint(id)
      let event = try NewEvent(.trial, of: nil, [("message", .string("This is a trial."))])
      try await store.enqueue(event, for: id)
      _ = try await Delivery(store: store, courier: courier).deliverDue()
      return (
        endpoint, try await store.deliveries(DeliveryChoice(event: event.id), limit: 1).first
      )
    }
    guard delivery?.state == .delivered else {
      let why = endpoint.disabledReason ?? delivery?.lastOutcome ?? "it waits for its turn"
      throw Failure(.unavailable, "\(WebhookURL.place(of: endpoint.url)) did not take it: \(why)")
    }
    invocation.console.print("\(WebhookURL.place(of: endpoint.url)) took it")
  }

  private static func receiverID(_ invocation: Invocation) throws -> Int64? {
    try invocation.integer("--receiver", in: 1...Int.max).map { Int64($0) }
  }

  private static func runDeliveries(_ invocation: Invocation) async throws {
    if let event = invocation.positional.first { return try await showAttempts(event, invocation) }
    let choice = DeliveryChoice(
      endpoint: try receiverID(invocation),
      state: DeliveryState.allCases.first { $0.word == invocation.value("--state") })
    let limit = try invocation.integer("--limit", in: 1...1_000_000) ?? 100
    let deliveries = try await invocation.withStore {
      try await $0.deliveries(choice, limit: limit)
    }
    if invocation.wantsJSON {
      let json = deliveries.map { delivery -> JSON in
        .object([
          ("event", .string(delivery.eventID)), ("type", .string(delivery.type)),
          ("endpoint", .integer(Int(delivery.endpoint))),
          ("to", .string(WebhookURL.place(of: delivery.url))),
          ("state", .string(delivery.state.word)), ("attempts", .integer(delivery.attempts)),
          ("status", delivery.lastStatus.map(JSON.integer) ?? .null),
          ("outcome", .optional(delivery.lastOutcome)),
          (
            "next", .optional(delivery.nextMicroseconds.map { CivilTime.text(microseconds: $0) })
          ),
        ])
      }
      return invocation.console.print(JSON.array(json).prettyText)
    }
    guard !deliveries.isEmpty else {
      return invocation.console.note("there are no such deliveries")
    }
    var table = TextTable(["event", "type", "to", "state", "attempts", "last"], rightAligned: [4])
    for delivery in deliveries {
      table.add([
        delivery.eventID, delivery.type,
        "\(delivery.endpoint) \(WebhookURL.place(of: delivery.url))", delivery.state.word,
        "\(delivery.attempts)", delivery.lastOutcome ?? "",
      ])
    }
    invocation.console.print(table.text)
  }

  private static func showAttempts(_ event: String, _ invocation: Invocation) async throws {
    let only = try receiverID(invocation)
    let attempts = try await invocation.withStore { try await $0.attempts(of: event) }
      .filter { only == nil || only == $0.endpoint }
    if invocation.wantsJSON {
      let json = attempts.map { attempt -> JSON in
        .object([
          ("endpoint", .integer(Int(attempt.endpoint))),
          ("at", .string(CivilTime.text(microseconds: attempt.madeMicroseconds))),
          ("status", attempt.status.map(JSON.integer) ?? .null),
          ("outcome", .string(attempt.outcome)), ("milliseconds", .integer(attempt.milliseconds)),
        ])
      }
      return invocation.console.print(JSON.array(json).prettyText)
    }
    guard !attempts.isEmpty else {
      return invocation.console.note("no attempt was made to deliver that event")
    }
    var table = TextTable(["receiver", "at", "took ms", "outcome"], rightAligned: [0, 2])
    for attempt in attempts {
      table.add([
        "\(attempt.endpoint)", CivilTime.text(microseconds: attempt.madeMicroseconds),
        "\(attempt.milliseconds)", attempt.outcome,
      ])
    }
    invocation.console.print(table.text)
  }

  private static func runRedeliver(_ invocation: Invocation) async throws {
    let event = invocation.positional.first
    guard (event != nil) != invocation.isSet("--dead") else {
      throw UsageError("name an event, or say --dead", command: redeliver)
    }
    let choice = DeliveryChoice(
      event: event, endpoint: try receiverID(invocation), state: event == nil ? .dead : nil)
    let count = try await invocation.withStore { try await $0.redeliver(choice) }
    guard count > 0 else {
      let what = event.map { "no delivery of \($0)" } ?? "nothing that was given up"
      throw Failure(
        .badInput, "there is \(what) to send again; \"gradus webhook deliveries\" shows what is")
    }
    invocation.console.print(
      "\(count) \(count == 1 ? "delivery is" : "deliveries are") due again; \"gradus deliver\" sends"
    )
  }

  private static func runListen(_ invocation: Invocation) async throws {
    let port = try invocation.integer("--port", in: 0...65535) ?? 0
    let count = try invocation.integer("--count", in: 1...1_000_000)
    let check = try check(invocation)
    let receiver: WebhookReceiver
    do {
      receiver = try WebhookReceiver(port: UInt16(port))
    } catch {
      throw Failure(.unavailable, "\(error)")
    }
    let console = invocation.console
    console.note("listening on http://127.0.0.1:\(receiver.port)/")
    var received = 0
    while count.map({ received < $0 }) ?? true {
      try receiver.receiveOne { request in
        console.print(arrival(request, check: check))
        return .init(status: 204)
      }
      received += 1
    }
  }

  /// What arrived, and whether it is from who it says.
  private static func arrival(_ request: WebhookReceiver.Request, check: WebhookCheck?) -> String {
    let body = String(decoding: request.body, as: UTF8.self)
    var lines = [
      "received \(request.headers["webhook-id"] ?? "an event without an id")", "  \(body)",
    ]
    guard let check else {
      return (lines + ["  signature not checked: no --secret-file or --public-key"]).joined(
        separator: "\n")
    }
    do {
      try WebhookSignature.verify(
        id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
        signatures: request.headers["webhook-signature"], body: request.body, with: check,
        now: Int64(Date.now.timeIntervalSince1970))
      lines.append("  signature verified")
    } catch {
      lines.append("  SIGNATURE WRONG: \(error)")
    }
    return lines.joined(separator: "\n")
  }

  private static func check(_ invocation: Invocation) throws -> WebhookCheck? {
    if let key = invocation.value("--public-key") {
      do {
        return .publicKey(try WebhookPublicKey(text: key))
      } catch {
        throw UsageError("\(error)", command: listen)
      }
    }
    return try invocation.webhookSecret().map { .shared($0) }
  }
}

extension Invocation {
  /// The secret in the file that `--secret-file` names.
  func webhookSecret() throws -> WebhookSecret? {
    guard let file = value("--secret-file") else { return nil }
    let text =
      try Files.text(file).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    do {
      return try WebhookSecret(text: text)
    } catch {
      throw SourceError(file: file, "\(error)")
    }
  }

  func endpointID() throws -> Int64 {
    guard let id = Int64(positional[0]) else {
      throw UsageError(
        "\"\(positional[0])\" is no receiver's number; \"gradus webhook list\" shows them",
        command: command)
    }
    return id
  }
}

extension Store {
  func endpoint(_ id: Int64) async throws -> EndpointRecord {
    guard let endpoint = try await endpoints().first(where: { $0.id == id }) else {
      throw Failure.noEndpoint(id)
    }
    return endpoint
  }
}

extension Failure {
  static func noEndpoint(_ id: Int64) -> Failure {
    Failure(.badInput, "there is no receiver \(id); \"gradus webhook list\" shows them")
  }
}
