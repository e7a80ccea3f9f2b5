import ExamModel

/// What a place is filled with.
package enum TemplateValue: Sendable {
  /// Words from outside, escaped.
  case text(String)
  /// Text in the template's own markup.
  case markup(String)
  /// The same in UTF-8.
  case set(ArraySlice<UInt8>)
  case flag(Bool)
  case list([TemplateValues])
}

/// What the places of a template are filled with, by name.
package struct TemplateValues: Sendable, ExpressibleByDictionaryLiteral {
  struct Field {
    let name: TemplateName
    var value: TemplateValue

    init(_ name: TemplateName, _ value: TemplateValue) { (self.name, self.value) = (name, value) }
  }
  private var fields: [Field]
  /// Further ones; others may share the first ones.
  private var added: [Field] = []

  init(_ fields: [Field]) { self.fields = fields }

  package init(dictionaryLiteral fields: (TemplateName, TemplateValue)...) {
    self.fields = fields.map { Field($0, $1) }
  }

  /// The value of a name; none may be taken away again.
  package subscript(name: TemplateName) -> TemplateValue? {
    get { value(of: name.hash) }
    set {
      guard let newValue else { return }
      if let place = fields.firstIndex(where: { $0.name.hash == name.hash }) {
        fields[place].value = newValue
      } else {
        fields.append(Field(name, newValue))
      }
    }
  }

  /// The value of the name that has this hash.
  func value(of hash: UInt64) -> TemplateValue? {
    for place in fields.indices where fields[place].name.hash == hash { return fields[place].value }
    for place in added.indices where added[place].name.hash == hash { return added[place].value }
    return nil
  }

  /// Adds what is not named yet.
  package mutating func add(_ others: TemplateValues) { fields += others.fields + others.added }

  /// The same with further ones, none of which is named yet.
  func adding(_ others: [Field]) -> TemplateValues {
    var values = self
    if values.added.isEmpty { values.added = others } else { values.added += others }
    return values
  }

  var names: [String] { (fields + added).map(\.name.text.description) }
}

/// The name of a place, told from others by a hash: it is compared far more often than it is made.
package struct TemplateName: Sendable, ExpressibleByStringLiteral {
  let text: StaticString
  let hash: UInt64

  package init(stringLiteral text: StaticString) {
    self.text = text
    hash = text.description.stableHash
  }
}
