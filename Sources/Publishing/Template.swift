import Typesetting

/// A text with places to fill: `{{name}}` is escaped for HTML, `{{{name}}}` goes in as it is.
package struct Template: Sendable {
  private enum Piece {
    case text(Substring)
    case escaped(String)
    case raw(String)
  }

  private let name: String
  private let pieces: [Piece]

  /// The template of this name among those that the program carries.
  package init(embedded name: String) {
    guard let file = EmbeddedTemplates.files.first(where: { $0.path == name }) else {
      preconditionFailure("there is no template \(name)")
    }
    self.init(file.text, name: name)
  }

  /// The names of the templates in a folder among those, without the folder and their endings.
  package static func names(in folder: String) -> [String] {
    EmbeddedTemplates.files.filter { $0.path.hasPrefix(folder + "/") }
      .map { String($0.path.dropFirst(folder.count + 1).prefix { $0 != "." }) }.sorted()
  }

  package init(_ text: String, name: String) {
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      pieces.append(.text(rest[..<open.lowerBound]))
      let isRaw = rest[open.upperBound...].first == "{"
      rest = rest[open.upperBound...].dropFirst(isRaw ? 1 : 0)
      guard let close = rest.firstRange(of: isRaw ? "}}}" : "}}") else {
        preconditionFailure("\(name): a place to fill is never closed")
      }
      let field = String(rest[..<close.lowerBound])
      pieces.append(isRaw ? .raw(field) : .escaped(field))
      rest = rest[close.upperBound...]
    }
    self.name = name
    self.pieces = pieces + [.text(rest)]
  }

  /// The text with every place filled.
  ///
  /// - Throws: `TemplateError` for a place that `values` do not name.
  package func filled(with values: [String: String]) throws(TemplateError) -> String {
    var out = ""
    for piece in pieces {
      switch piece {
      case .text(let text): out += text
      case .escaped(let field): out += escapedHTML(try value(of: field, in: values))
      case .raw(let field): out += try value(of: field, in: values)
      }
    }
    return out
  }

  private func value(
    of field: String, in values: [String: String]
  ) throws(TemplateError) -> String {
    guard let value = values[field] else {
      throw TemplateError(template: name, field: field, known: values.keys.sorted())
    }
    return value
  }
}

/// A template asks for something that does not exist.
package struct TemplateError: Error, CustomStringConvertible {
  let template: String
  let field: String
  let known: [String]

  package var description: String {
    "\(template): nothing is called \"\(field)\"; there are \(known.joined(separator: ", "))"
  }
}

extension Substring {
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    var start = startIndex
    while let found = self[start...].firstIndex(of: needle[needle.startIndex]) {
      if self[found...].hasPrefix(needle) { return found..<index(found, offsetBy: needle.count) }
      start = index(after: found)
    }
    return nil
  }
}
