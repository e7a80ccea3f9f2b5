/// What a place is filled with.
package enum TemplateValue: Sendable {
  /// Words from outside, escaped.
  case text(String)
  /// Text in the template's own markup.
  case markup(String)
  /// The same in UTF-8.
  case set([UInt8])
  case flag(Bool)
  case list([TemplateValues])
}

/// What the places of a template are filled with, by name.
package struct TemplateValues: Sendable, ExpressibleByDictionaryLiteral {
  private var fields: [(name: TemplateName, value: TemplateValue)]

  package init(dictionaryLiteral fields: (TemplateName, TemplateValue)...) {
    self.fields = fields.map { (name: $0.0, value: $0.1) }
  }

  /// The value of a name; none may be taken away again.
  package subscript(name: TemplateName) -> TemplateValue? {
    get {
      for place in fields.indices where fields[place].name == name { return fields[place].value }
      return nil
    }
    set {
      guard let newValue else { return }
      if let place = fields.firstIndex(where: { $0.name == name }) {
        fields[place].value = newValue
      } else {
        fields.append((name, newValue))
      }
    }
  }

  /// Adds what is not named yet.
  package mutating func add(_ others: TemplateValues) { fields += others.fields }

  var names: [String] { fields.map(\.name.text) }
}

/// The name of a place, which is compared more often than it is made.
package struct TemplateName: Sendable, ExpressibleByStringLiteral {
  let text: String
  private let hash: UInt64

  init(_ text: String) {
    self.text = text
    // FNV-1a
    hash = text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }

  package init(stringLiteral text: String) { self.init(text) }

  static func == (a: TemplateName, b: TemplateName) -> Bool { a.hash == b.hash && a.text == b.text }
}
