import ExamModel
import FoundationEssentials
import Storage
import Webhooks
import Workers

/// `gradus webhook …`: who is told, and what became of it.
enum WebhookCommands {
  static let all = [add, list, test, deliveries, deliver, remove, listen]

  private static let add = Command(
    name: "webhook add", summary: "Tell a receiver when a batch is graded",
    discussion: """
      Prints the secret that signs what is sent; it is shown this once. Events are batch.graded, \
      batch.failed and batch.needs_review. Only https is spoken, and only to public addresses, \
      unless --allow-private says otherwise.
      """,
    arguments: [.init(name: "URL", help: "where events are sent by POST")],
    options: [
      .workspace, .store,
      .init(
        name: "--events", value: "TYPES", help: "Only these, separated by commas (default: all)"),
      .flag("--allow-private", "Also http, and also private and loopback addresses"),
      .init(name: "--secret-file", value: "FILE", help: "Use the whsec_ secret in this file"),
      .json,
    ],
    examples: [("gradus webhook add https://example.org/hooks", "registers a receiver")],
    run: runAdd)

  private static let list = Command(
    name: "webhook list", summary: "List the receivers", options: [.workspace, .store, .json],
    examples: [("gradus webhook list", "shows who is told what")], run: runList)

  private static let test = Command(
    name: "webhook test", summary: "Send a trial event to a receiver",
    arguments: [.init(name: "ID", help: "the receiver's number in the list")],
    options: [.workspace, .store],
    examples: [("gradus webhook test 1", "sends a webhook.test event")],
    run: runTest)

  private static let deliveries = Command(
    name: "webhook deliveries", summary: "Show what was sent and what became of it",
    options: [.workspace, .store, .json],
    examples: [("gradus webhook deliveries", "lists the latest deliveries")], run: runDeliveries)

  private static let deliver = Command(
    name: "webhook deliver", summary: "Send what is due and return, for cron",
    options: [.workspace, .store],
    examples: [("gradus webhook deliver", "attempts each due delivery once")], run: runDeliver)

  private static let remove = Command(
    name: "webhook remove", summary: "Forget a receiver",
    arguments: [.init(name: "ID", help: "the receiver's number in the list")],
    options: [.workspace, .store], examples: [("gradus webhook remove 1", "forgets receiver 1")],
    run: runRemove)

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
      .init(name: "--count", value: "N", help: "Return after so many events (default: go on)"),
    ],
    examples: [
      ("gradus webhook listen --port 8080 --secret-file whsec --count 1", "waits for one event")
    ], run: runListen)

  // MARK: What they do

  private static func runAdd(_ invocation: Invocation) async throws {
    let url = invocation.positional[0]
    let allowsPrivate = invocation.isSet("--allow-private")
    do {
      _ = try WebhookURL(url, allowsPrivateAddresses: allowsPrivate)
    } catch {
      throw UsageError("\(error)", command: add)
    }
    let events = (invocation.value("--events") ?? "").split(separator: ",").map(String.init)
    let known = ["batch.graded", "batch.failed", "batch.needs_review", "regrade.completed"]
    if let stranger = events.first(where: { !known.contains($0) }) {
      throw UsageError(
        "there is no event \"\(stranger)\"; there are \(known.joined(separator: ", "))",
        command: add)
    }
    let secret = try secret(invocation) ?? WebhookSecret.random()
    let store = try await invocation.openStore()
    let endpoint = try await store.addEndpoint(
      NewEndpoint(
        url: url, secret: secret.text, events: events, allowsPrivateAddresses: allowsPrivate))
    await store.close()
    if invocation.wantsJSON {
      let json = JSON.object([
        ("id", .integer(Int(endpoint.id))), ("url", .string(endpoint.url)),
        ("secret", invocation.isSet("--secret-file") ? .null : .string(secret.text)),
      ])
      invocation.console.print(json.prettyText)
    } else if let file = invocation.value("--secret-file") {
      invocation.console.print("receiver \(endpoint.id) is told, signed with the secret in \(file)")
    } else {
      invocation.console.note("receiver \(endpoint.id) is told; its secret, shown this once:")
      invocation.console.print(secret.text)
    }
  }

  private static func runList(_ invocation: Invocation) async throws {
    let store = try await invocation.openStore()
    let endpoints = try await store.endpoints()
    await store.close()
    if invocation.wantsJSON {
      let json = endpoints.map { endpoint -> JSON in
        .object([
          ("id", .integer(Int(endpoint.id))), ("url", .string(endpoint.url)),
          ("events", .array(endpoint.events.map(JSON.string))),
          ("allowPrivate", .bool(endpoint.allowsPrivateAddresses)),
          ("disabled", .optional(endpoint.disabledReason)),
        ])
      }
      invocation.console.print(JSON.array(json).prettyText)
      return
    }
    guard !endpoints.isEmpty else {
      invocation.console.note("nobody is told; \"gradus webhook add URL\" registers a receiver")
      return
    }
    var table = TextTable(["id", "url", "events", "state"], rightAligned: [0])
    for endpoint in endpoints {
      table.add([
        "\(endpoint.id)", endpoint.url,
        endpoint.events.isEmpty ? "all" : endpoint.events.joined(separator: " "),
        endpoint.disabledReason.map { "disabled: \($0)" } ?? "in use",
      ])
    }
    invocation.console.print(table.text)
  }

  private static func runTest(_ invocation: Invocation) async throws {
    let id = try endpointID(invocation)
    let store = try await invocation.openStore()
    guard let endpoint = try await store.endpoints().first(where: { $0.id == id }) else {
      throw noEndpoint(id)
    }
    let payload = JSON.object([
      ("type", .string("webhook.test")), ("timestamp", .string(Date.now.formatted(.iso8601))),
      ("data", .object([("message", .string("This is a trial."))])),
    ])
    let event = NewEvent(
      id: "evt_" + UUID().uuidString.lowercased(), test: nil, type: "webhook.test",
      payload: payload.text)
    try await store.enqueue(event, for: endpoint.id)
    let report = try await Delivery(store: store).deliverDue()
    await store.close()
    invocation.console.print(report.sentence)
    guard report.delivered > 0 else {
      throw Failure(
        .unavailable, "\(endpoint.url) did not take it; see \"gradus webhook deliveries\"")
    }
  }

  private static func runDeliveries(_ invocation: Invocation) async throws {
    let store = try await invocation.openStore()
    let deliveries = try await store.deliveries(limit: 100)
    await store.close()
    if invocation.wantsJSON {
      let json = deliveries.map { delivery -> JSON in
        .object([
          ("event", .string(delivery.eventID)), ("type", .string(delivery.type)),
          ("endpoint", .integer(Int(delivery.endpoint))), ("url", .string(delivery.url)),
          ("state", .string(delivery.state.word)), ("attempts", .integer(delivery.attempts)),
          ("status", delivery.lastStatus.map(JSON.integer) ?? .null),
          ("outcome", .optional(delivery.lastOutcome)),
        ])
      }
      invocation.console.print(JSON.array(json).prettyText)
      return
    }
    guard !deliveries.isEmpty else {
      invocation.console.note("nothing was sent yet")
      return
    }
    var table = TextTable(["event", "type", "to", "state", "attempts", "last"], rightAligned: [4])
    for delivery in deliveries {
      table.add([
        delivery.eventID, delivery.type, delivery.url, delivery.state.word,
        "\(delivery.attempts)", delivery.lastOutcome ?? "",
      ])
    }
    invocation.console.print(table.text)
  }

  private static func runDeliver(_ invocation: Invocation) async throws {
    let store = try await invocation.openStore()
    let report = try await Delivery(store: store).deliverDue()
    await store.close()
    invocation.console.print(report.sentence)
  }

  private static func runRemove(_ invocation: Invocation) async throws {
    let id = try endpointID(invocation)
    let store = try await invocation.openStore()
    let isGone = try await store.removeEndpoint(id)
    await store.close()
    guard isGone else { throw noEndpoint(id) }
    invocation.console.print("receiver \(id) is forgotten")
  }

  private static func runListen(_ invocation: Invocation) async throws {
    let port = try invocation.integer("--port", in: 0...65535) ?? 0
    let count = try invocation.integer("--count", in: 1...1_000_000)
    let secret = try secret(invocation)
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
        console.print(arrival(request, secret: secret))
        return .init(status: 204)
      }
      received += 1
    }
  }

  /// What arrived, and whether it is from who it says.
  private static func arrival(_ request: WebhookReceiver.Request, secret: WebhookSecret?) -> String
  {
    let body = String(decoding: request.body, as: UTF8.self)
    var lines = [
      "received \(request.headers["webhook-id"] ?? "an event without an id")", "  \(body)",
    ]
    guard let secret else {
      return (lines + ["  signature not checked: no --secret-file"]).joined(separator: "\n")
    }
    do {
      try WebhookSignature.verify(
        id: request.headers["webhook-id"], timestamp: request.headers["webhook-timestamp"],
        signatures: request.headers["webhook-signature"], body: request.body, secret: secret,
        now: Int64(Date.now.timeIntervalSince1970))
      lines.append("  signature verified")
    } catch {
      lines.append("  SIGNATURE WRONG: \(error)")
    }
    return lines.joined(separator: "\n")
  }

  // MARK: Shared

  private static func secret(_ invocation: Invocation) throws -> WebhookSecret? {
    guard let file = invocation.value("--secret-file") else { return nil }
    let text =
      try Files.text(file).split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
    do {
      return try WebhookSecret(text: text)
    } catch {
      throw SourceError(file: file, "\(error)")
    }
  }

  private static func endpointID(_ invocation: Invocation) throws -> Int64 {
    guard let id = Int64(invocation.positional[0]) else {
      throw UsageError(
        "\"\(invocation.positional[0])\" is no receiver's number; \"gradus webhook list\" shows them",
        command: invocation.command)
    }
    return id
  }

  private static func noEndpoint(_ id: Int64) -> Failure {
    Failure(.badInput, "there is no receiver \(id); \"gradus webhook list\" shows them")
  }
}
