import ExamModel
import Storage
import Webhooks
import Workers

/// `gradus webhook …`: who is told, about what, and under which keys.
enum WebhookCommands {
  static let all =
    [add, list, show, rotate, disable, enable, remove, schema] + WebhookDeliveryCommands.all

  static let id = Command.Argument(name: "ID", help: "the receiver's number in the list")
  private static let secretFile = Command.Option(
    name: "--secret-file", value: "FILE", help: "Use the whsec_ secret in this file")
  private static let by = Command.Option(
    name: "--by", value: "NAME", isName: true,
    help: "Who does this (default: the name you are logged in with)")

  private static let add = Command(
    name: "webhook add", summary: "Tell a receiver when something happens",
    discussion: """
      Prints the secret that signs what is sent; it is shown this once. With --key-pair, an Ed25519 \
      signature goes beside it, which receivers verify with a public key that "webhook show" repeats. \
      Without --events a receiver is told all but submission.graded; "webhook schema" lists the \
      events. Only https is spoken, and only to public addresses, unless --allow-private says \
      otherwise. An address that holds a token of its own is better typed into standard input.
      """,
    arguments: [.init(name: "URL", help: "where events are sent by POST; - reads it from input")],
    options: [
      .workspace, .store,
      .init(name: "--events", value: "TYPES", help: "Only these, separated by commas"),
      .flag("--allow-private", "Also http, and also private and loopback addresses"), secretFile,
      .flag("--key-pair", "Sign with an Ed25519 key of ours, too"), by, .json,
    ],
    examples: [("gradus webhook add https://example.org/hooks", "registers a receiver")],
    run: runAdd)

  private static let list = Command(
    name: "webhook list", summary: "List the receivers", options: [.workspace, .store, .json],
    examples: [("gradus webhook list", "shows who is told what")], run: runList)

  private static let show = Command(
    name: "webhook show", summary: "Show a receiver, its state and its public keys",
    arguments: [id], options: [.workspace, .store, .json],
    examples: [("gradus webhook show 1", "shows receiver 1; its secret is not shown again")],
    run: runShow)

  private static let rotate = Command(
    name: "webhook rotate", summary: "Give a receiver new keys",
    discussion: """
      Prints the new secret, this once. Until the overlap is over, every delivery carries signatures \
      of the old keys and of the new ones, so that a receiver can change when it likes.
      """,
    arguments: [id],
    options: [
      .workspace, .store,
      .init(
        name: "--overlap", value: "HOURS", help: "How long the old keys sign too (default: 24)"),
      secretFile, by, .json,
    ],
    examples: [
      ("gradus webhook rotate 1 --overlap 72", "leaves three days to change"),
      ("gradus webhook rotate 1 --overlap 0", "ends a secret that has become known"),
    ], run: runRotate)

  private static let disable = Command(
    name: "webhook disable", summary: "Tell a receiver nothing until it is enabled",
    arguments: [id],
    options: [
      .workspace, .store,
      .init(name: "--reason", value: "TEXT", help: "Why (default: a person disabled it)"), by,
    ],
    examples: [("gradus webhook disable 1 --reason maintenance", "keeps its deliveries back")],
    run: runDisable)

  private static let enable = Command(
    name: "webhook enable", summary: "Tell a disabled receiver again, also what waited for it",
    arguments: [id], options: [.workspace, .store, by],
    examples: [("gradus webhook enable 1", "sends what was kept back")], run: runEnable)

  private static let remove = Command(
    name: "webhook remove", summary: "Forget a receiver and its deliveries",
    arguments: [id], options: [.workspace, .store, by],
    examples: [("gradus webhook remove 1", "forgets receiver 1")], run: runRemove)

  private static let schema = Command(
    name: "webhook schema", summary: "Show what an event holds, as JSON Schema with an example",
    arguments: [.init(name: "EVENT", help: "such as batch.graded", isOptional: true)],
    examples: [
      ("gradus webhook schema", "lists the events"),
      ("gradus webhook schema batch.graded", "prints its schema"),
    ], run: runSchema)

  // MARK: What they do

  private static func runAdd(_ invocation: Invocation) async throws {
    var url = invocation.positional[0]
    if url == "-" { url = (readLine() ?? "").filter { !$0.isWhitespace } }
    let allowsPrivate = invocation.isSet("--allow-private")
    do {
      try WebhookURL(url, allowsPrivateAddresses: allowsPrivate)
        .checkLiteral(allowsPrivateAddresses: allowsPrivate)
    } catch {
      throw UsageError("\(error)", command: add)
    }
    let events = try events(invocation)
    let secrets = try newSecrets(invocation, withPair: invocation.isSet("--key-pair"))
    let endpoint = try await invocation.withStore(creating: true) {
      try await $0.addEndpoint(
        NewEndpoint(
          url: url, secrets: secrets, events: events, allowsPrivateAddresses: allowsPrivate),
        by: invocation.decidedBy)
    }
    show(secrets, of: endpoint.id, url: endpoint.url, said: "is told", invocation)
  }

  private static func events(_ invocation: Invocation) throws -> [String] {
    let events = (invocation.value("--events") ?? "").split(separator: ",").map(String.init)
    let known = EventType.subscribable.map(\.name)
    if let stranger = events.first(where: { !known.contains($0) }) {
      throw UsageError(
        "there is no event \"\(stranger)\"; there are \(known.joined(separator: ", "))",
        command: add)
    }
    return events
  }

  /// The secret of the file or a new one, and a key pair where there is to be one.
  private static func newSecrets(
    _ invocation: Invocation, withPair: Bool
  ) throws -> [NewSecret] {
    let secret = try invocation.webhookSecret() ?? WebhookSecret.random()
    var secrets = [NewSecret(text: secret.text)]
    if withPair {
      let pair = try WebhookKeyPair.random()
      secrets.append(NewSecret(text: pair.text, publicKey: pair.publicKey.text))
    }
    return secrets
  }

  /// Shows a secret the one time that it is shown, unless it came from a file.
  private static func show(
    _ secrets: [NewSecret], of id: Int64, url: String, said: String, _ invocation: Invocation
  ) {
    let console = invocation.console
    let file = invocation.value("--secret-file")
    let publicKey = secrets.compactMap(\.publicKey).first
    if invocation.wantsJSON {
      let json = JSON.object([
        ("id", .integer(Int(id))), ("url", .string(url)),
        ("secret", file == nil ? .string(secrets[0].text) : .null),
        ("publicKey", .optional(publicKey)),
      ])
      return console.print(json.prettyText)
    }
    if let file {
      console.print("receiver \(id) \(said), signed with the secret in \(file)")
    } else {
      console.note("receiver \(id) \(said); its secret, shown this once:")
      console.print(secrets[0].text)
    }
    if let publicKey { console.print(publicKey) }
  }

  private static func runList(_ invocation: Invocation) async throws {
    let endpoints = try await invocation.withStore { try await $0.endpoints() }
    if invocation.wantsJSON {
      return invocation.console.print(JSON.array(endpoints.map(json)).prettyText)
    }
    guard !endpoints.isEmpty else {
      invocation.console.note("nobody is told; \"gradus webhook add URL\" registers a receiver")
      return
    }
    var table = TextTable(["id", "url", "events", "state"], rightAligned: [0])
    for endpoint in endpoints {
      table.add(["\(endpoint.id)", endpoint.url, eventList(endpoint), state(endpoint)])
    }
    invocation.console.print(table.text)
  }

  private static func runShow(_ invocation: Invocation) async throws {
    let id = try invocation.endpointID()
    let (endpoint, keys) = try await invocation.withStore { store in
      (try await store.endpoint(id), try await store.keys(of: id))
    }
    if invocation.wantsJSON {
      var members = json(endpoint).members ?? []
      let listed = keys.map { key -> JSON in
        .object([
          ("kind", .string(key.publicKey == nil ? "v1" : "v1a")),
          ("publicKey", .optional(key.publicKey)),
          ("created", .string(CivilTime.text(microseconds: key.createdMicroseconds))),
          (
            "validUntil",
            .optional(key.validUntilMicroseconds.map { CivilTime.text(microseconds: $0) })
          ),
        ])
      }
      members.append(.init(key: "keys", value: .array(listed)))
      return invocation.console.print(JSON.object(members).prettyText)
    }
    var table = TextTable(["receiver", "\(endpoint.id)"])
    table.add(["url", endpoint.url])
    table.add(["events", eventList(endpoint)])
    table.add(["state", state(endpoint)])
    table.add(["private addresses", endpoint.allowsPrivateAddresses ? "allowed" : "refused"])
    table.add(["added", CivilTime.text(microseconds: endpoint.createdMicroseconds)])
    for key in keys {
      let until = key.validUntilMicroseconds.map { " until \(CivilTime.text(microseconds: $0))" }
      table.add(["signed by", (key.publicKey ?? "a shared secret") + (until ?? "")])
    }
    invocation.console.print(table.text)
  }

  private static func runRotate(_ invocation: Invocation) async throws {
    let id = try invocation.endpointID()
    let hours = try invocation.integer("--overlap", in: 0...(24 * 365)) ?? 24
    let (endpoint, secrets) = try await invocation.withStore { store in
      let endpoint = try await store.endpoint(id)
      let hasPair = try await store.keys(of: id)
        .contains { $0.publicKey != nil && $0.validUntilMicroseconds == nil }
      let secrets = try newSecrets(invocation, withPair: hasPair)
      _ = try await store.rotateSecrets(
        of: id, to: secrets, overlapSeconds: hours * 3600, by: invocation.decidedBy)
      return (endpoint, secrets)
    }
    show(
      secrets, of: id, url: endpoint.url,
      said: "gets new keys, and the old ones sign for \(hours) h more", invocation)
  }

  private static func runDisable(_ invocation: Invocation) async throws {
    try await set(invocation, to: invocation.value("--reason") ?? "a person disabled it")
    invocation.console.print("receiver \(invocation.positional[0]) is told nothing more")
  }

  private static func runEnable(_ invocation: Invocation) async throws {
    try await set(invocation, to: nil)
    invocation.console.print(
      "receiver \(invocation.positional[0]) is told again; \"gradus deliver\" sends what waited")
  }

  private static func set(_ invocation: Invocation, to reason: String?) async throws {
    let id = try invocation.endpointID()
    let isKnown = try await invocation.withStore {
      try await $0.setEndpoint(id, disabledBecause: reason, by: invocation.decidedBy)
    }
    guard isKnown else { throw Failure.noEndpoint(id) }
  }

  private static func runRemove(_ invocation: Invocation) async throws {
    let id = try invocation.endpointID()
    let isGone = try await invocation.withStore {
      try await $0.removeEndpoint(id, by: invocation.decidedBy)
    }
    guard isGone else { throw Failure.noEndpoint(id) }
    invocation.console.print("receiver \(id) is forgotten")
  }

  private static func runSchema(_ invocation: Invocation) async throws {
    guard let name = invocation.positional.first else {
      var table = TextTable(["event", "when"])
      for type in EventType.all {
        table.add([type.name, type.summary + (type.isOnRequest ? " Sent on request." : "")])
      }
      return invocation.console.print(table.text)
    }
    guard let type = EventType.all.first(where: { $0.name == name }) else {
      let near = nearestName(to: name, in: EventType.all.map(\.name))
      let hint = near.map { "did you mean \($0)?" } ?? "\"gradus webhook schema\" lists them"
      throw UsageError("there is no event \"\(name)\"; \(hint)", command: schema)
    }
    invocation.console.print(type.schema.prettyText)
  }

  // MARK: How a receiver is shown

  private static func eventList(_ endpoint: EndpointRecord) -> String {
    endpoint.events.isEmpty ? "all" : endpoint.events.joined(separator: " ")
  }

  private static func state(_ endpoint: EndpointRecord) -> String {
    if let reason = endpoint.disabledReason { return "disabled: \(reason)" }
    guard let since = endpoint.failingSinceMicroseconds else { return "in use" }
    return "failing since \(CivilTime.text(microseconds: since))"
  }

  private static func json(_ endpoint: EndpointRecord) -> JSON {
    .object([
      ("id", .integer(Int(endpoint.id))), ("url", .string(endpoint.url)),
      ("events", .array(endpoint.events.map(JSON.string))),
      ("allowPrivate", .bool(endpoint.allowsPrivateAddresses)),
      ("disabled", .optional(endpoint.disabledReason)),
      (
        "failingSince",
        .optional(endpoint.failingSinceMicroseconds.map { CivilTime.text(microseconds: $0) })
      ),
    ])
  }
}
