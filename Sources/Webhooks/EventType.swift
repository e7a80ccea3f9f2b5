package import ExamModel

/// A kind of event: what it is called and what its payload holds.
///
/// Schema, example and payload all come from these fields, so none can differ from the others.
package struct EventType: Sendable, Hashable {
  package struct Field: Sendable, Hashable {
    package indirect enum Kind: Sendable, Hashable {
      case text
      /// A whole number of 0 or more.
      case count
      case number
      /// Objects of these fields.
      case list([Field])
    }
    let name: String
    let kind: Kind
    let says: String
    let example: JSON

    init(_ name: String, _ kind: Kind, _ says: String, _ example: JSON) {
      self.name = name
      self.kind = kind
      self.says = says
      self.example = example
    }
  }

  package let name: String
  package let summary: String
  let fields: [Field]
  /// Sent only to those who name it when they subscribe.
  package let isOnRequest: Bool

  init(_ name: String, _ summary: String, isOnRequest: Bool = false, _ fields: [Field]) {
    self.name = name
    self.summary = summary
    self.isOnRequest = isOnRequest
    self.fields = fields
  }

  /// The payload as it is signed and sent.
  ///
  /// - Precondition: there is a value for each field, in the fields' order, and no other.
  package func payload(at timestamp: String, _ values: [(String, JSON)]) -> JSON {
    precondition(
      values.map(\.0) == fields.map(\.name), "\(name) has the fields \(fields.map(\.name))")
    return .object([
      ("type", .string(name)), ("timestamp", .string(timestamp)), ("data", .object(values)),
    ])
  }

  package var example: JSON {
    payload(at: "2026-06-12T09:30:00Z", fields.map { ($0.name, $0.example) })
  }

  /// JSON Schema, draft 2020-12. Receivers must expect further members in later versions.
  package var schema: JSON {
    .object([
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("$id", .string("urn:gradus:webhook:\(name)")), ("title", .string(name)),
      ("description", .string(summary)), ("type", .string("object")),
      (
        "properties",
        .object([
          ("type", .object([("const", .string(name))])),
          (
            "timestamp",
            .object([
              ("type", .string("string")), ("format", .string("date-time")),
              ("description", .string("When it happened, not when it was sent.")),
            ])
          ),
          (
            "data",
            Field.schema(ofObjectWith: fields)
          ),
        ])
      ),
      ("required", .array(["type", "timestamp", "data"].map(JSON.string))),
      ("examples", .array([example])),
    ])
  }
}

extension EventType.Field {
  fileprivate static func schema(ofObjectWith fields: [Self]) -> JSON {
    .object([
      ("type", .string("object")), ("properties", .object(fields.map { ($0.name, $0.schema) })),
      ("required", .array(fields.map { .string($0.name) })),
    ])
  }

  private var schema: JSON {
    let kind: [(String, JSON)] =
      switch kind {
      case .text: [("type", .string("string"))]
      case .count: [("type", .string("integer")), ("minimum", .integer(0))]
      case .number: [("type", .string("number"))]
      case .list(let fields):
        [("type", .string("array")), ("items", Self.schema(ofObjectWith: fields))]
      }
    return .object(kind + [("description", .string(says))])
  }
}
