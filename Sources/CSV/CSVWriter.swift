/// Writes records as RFC 4180 says, ended by CRLF.
package struct CSVWriter: Sendable {
  /// Whether cells that a spreadsheet would run as a formula get an apostrophe in front.
  package var guardsFormulas: Bool
  package private(set) var text = ""

  package init(guardsFormulas: Bool = true) { self.guardsFormulas = guardsFormulas }

  package mutating func write(_ fields: [String]) {
    for (index, field) in fields.enumerated() {
      if index > 0 { text += "," }
      let cell = guardsFormulas ? Self.guarded(field) : field
      let needsQuotes = cell.utf8.contains {
        $0 == 34 || $0 == 44 || $0 == 10 || $0 == 13 || $0 == 59
      }
      if needsQuotes || cell.first == " " || cell.last == " " {
        text += "\""
        for character in cell.unicodeScalars {
          if character == "\"" { text += "\"" }
          text.unicodeScalars.append(character)
        }
        text += "\""
      } else {
        text += cell
      }
    }
    text += "\r\n"
  }

  /// Numbers stay numbers; whatever else begins with `= + - @`, their wide forms, tab or a line end
  /// is disarmed. What looks disarmed already is disarmed once more, so that reading takes one back.
  private static func guarded(_ cell: String) -> String {
    guard isArmed(cell.unicodeScalars.drop { $0 == "'" }), Double(cell) == nil else { return cell }
    return "'" + cell
  }

  /// The cell without the apostrophe that a guard put in front of it.
  package static func unguarded(_ cell: String) -> String {
    guard cell.unicodeScalars.first == "'",
      isArmed(cell.unicodeScalars.drop { $0 == "'" })
    else { return cell }
    return String(cell.unicodeScalars.dropFirst())
  }

  private static func isArmed(_ scalars: Substring.UnicodeScalarView) -> Bool {
    guard let first = scalars.first(where: { $0 != "\u{FEFF}" }) else { return false }
    return "=+-@\t\r\n＝＋－＠".unicodeScalars.contains(first)
  }
}
