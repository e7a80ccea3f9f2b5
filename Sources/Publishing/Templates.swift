/// The templates that the program carries, and those that an exam maker changed.
package struct Templates: Sendable {
  private let overrides: [String: String]

  /// The program's own.
  package static let standard = Templates(overrides: [:])

  private init(overrides: [String: String]) { self.overrides = overrides }

  /// The program's own, with some of them replaced by name.
  ///
  /// - Throws: `TemplateError` for a name that is none of the program's.
  package init(replacing overrides: [String: String]) throws(TemplateError) {
    for name in overrides.keys.sorted() where !Self.names.contains(name) {
      throw TemplateError(
        "\(name): there is no such template; there are \(Self.names.joined(separator: ", "))")
    }
    self.overrides = overrides
  }

  /// What can be replaced; the files of a fresh workspace are no pages.
  package static var names: [String] {
    EmbeddedTemplates.files.map(\.path).filter { !$0.hasPrefix("workspace/") }
  }

  /// The text of a template; nil where there is none of that name.
  package func text(_ name: String) -> String? {
    overrides[name] ?? EmbeddedTemplates.files.first { $0.path == name }?.text
  }

  /// - Throws: `TemplateError` where the template makes no sense.
  package func template(_ name: String) throws(TemplateError) -> Template {
    guard let text = text(name) else {
      throw TemplateError("there is no template \"\(name)\"")
    }
    return try Template(text, name: name, find: { self.text($0) })
  }

  /// What tells these templates from others: every changed name with its text.
  package var changes: [(name: String, text: String)] {
    overrides.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
