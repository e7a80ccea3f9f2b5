import Typesetting

/// A piece of XML: an element, text, or markup that is well-formed already.
indirect enum XMLNode {
  case element(String, [(String, String)], [XMLNode])
  case text(String)
  case markup(String)

  static func element(_ name: String, _ children: XMLNode...) -> XMLNode {
    .element(name, [], children)
  }

  static func element(
    _ name: String, _ attributes: [(String, String)], _ children: XMLNode...
  ) -> XMLNode {
    .element(name, attributes, children)
  }

  /// A whole file.
  var file: String { "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text(indent: "") + "\n" }

  private func text(indent: String) -> String {
    switch self {
    case .text(let text): return Self.escaped(text)
    case .markup(let markup): return markup
    case .element(let name, let attributes, let children):
      let start =
        "<" + name + attributes.map { " \($0)=\"\(Self.escaped($1))\"" }.joined()
      if children.isEmpty { return start + "/>" }
      // White space is put between elements only where no text is beside them.
      let isPlain = children.contains {
        if case .element = $0 { false } else { true }
      }
      guard !isPlain else {
        return start + ">" + children.map { $0.text(indent: "") }.joined() + "</\(name)>"
      }
      let inner = children.map { "\(indent)  \($0.text(indent: indent + "  "))\n" }
      return "\(start)>\n\(inner.joined())\(indent)</\(name)>"
    }
  }

  /// Characters that XML does not allow are left out.
  private static func escaped(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: { !isAllowed($0) }) else { return escapedHTML(text) }
    var allowed = ""
    allowed.unicodeScalars.append(contentsOf: text.unicodeScalars.filter(isAllowed))
    return escapedHTML(allowed)
  }

  /// A carriage return is allowed too, but its readers make another line end of it.
  private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 9, 10: true
    case 0..<32, 0xFFFE, 0xFFFF: false
    default: true
    }
  }
}
