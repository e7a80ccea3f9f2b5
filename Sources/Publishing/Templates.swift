/// The templates that the program carries, and those that an exam maker changed.
package struct Templates: Sendable {
  private let overrides: [String: String]
  private let folder: String?
  private let parsed: [String: Template]
  /// The same for each view of a paper.
  private let ofViews: [PaperSheet.View: [String: Template]]

  /// The program's own.
  package static let standard: Templates = {
    do {
      return try Templates(replacing: [:])
    } catch {
      preconditionFailure("\(error)")
    }
  }()

  /// The program's own, with some of them replaced by name.
  ///
  /// - Parameter folder: where those lie, for errors to name.
  /// - Throws: `TemplateError` for a name that is none of the program's, and where one makes no
  ///   sense.
  package init(
    replacing overrides: [String: String], from folder: String? = nil
  ) throws(TemplateError) {
    let path = { name in Self.path(name, overrides, folder) }
    for name in overrides.keys.sorted() where !Self.names.contains(name) {
      throw TemplateError(
        "\(path(name)): there is no such template; there are \(Self.names.joined(separator: ", "))")
    }
    self.overrides = overrides
    self.folder = folder
    let find = { name in Self.text(name, overrides) }
    var parsed: [String: Template] = [:]
    for name in EmbeddedTemplates.files.map(\.path) {
      let template = try Template(find(name) ?? "", name: name, path: path, find: find)
      // A mistake where slips alone come by would show after the exam.
      if Self.isOfPapers(name) { try template.check(among: SetSheet.names) }
      parsed[name] = template
    }
    self.parsed = parsed
    ofViews = Dictionary(
      uniqueKeysWithValues: PaperSheet.View.allCases.map { view in
        (view, parsed.mapValues { $0.knowing(view.flags) })
      })
  }

  /// Whether papers are set by it: `paper.html` and its like, and the pictures of questions.
  static func isOfPapers(_ name: String) -> Bool {
    Markup(fileName: name) != .none && (name.hasPrefix("paper.") || name.hasPrefix("pictures."))
  }

  /// What can be replaced; the files of a fresh workspace are no pages.
  package static var names: [String] {
    EmbeddedTemplates.files.map(\.path).filter { !$0.contains("/") }
  }

  /// Whether a template is one of those that were changed.
  package func isChanged(_ name: String) -> Bool { overrides[name] != nil }

  /// What to call a template: its file, where it is a changed one.
  package func path(_ name: String) -> String { Self.path(name, overrides, folder) }

  private static func path(
    _ name: String, _ overrides: [String: String], _ folder: String?
  ) -> String {
    guard let folder, overrides[name] != nil else { return name }
    return "\(folder)/\(name)"
  }

  /// The text of a template; nil where there is none of that name.
  package func text(_ name: String) -> String? { Self.text(name, overrides) }

  private static func text(_ name: String, _ overrides: [String: String]) -> String? {
    overrides[name] ?? EmbeddedTemplates.files.first { $0.path == name }?.text
  }

  /// The template, or with a view what it is on pages of that view.
  ///
  /// - Throws: `TemplateError` where there is none of that name.
  package func template(
    _ name: String, for view: PaperSheet.View? = nil
  ) throws(TemplateError) -> Template {
    guard let template = (view.map { ofViews[$0] ?? [:] } ?? parsed)[name] else {
      throw TemplateError("there is no template \"\(name)\"")
    }
    return template
  }
}
