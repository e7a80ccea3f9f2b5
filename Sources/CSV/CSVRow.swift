/// One record of a CSV file.
package struct CSVRow: Sendable, Hashable {
  /// The line on which the record begins, from 1; a record may span several.
  package let line: Int
  package let fields: [String]
  /// Why the record cannot be trusted, where it cannot; its fields are then what could be read.
  package let problem: CSVProblem?

  /// Whether no field holds anything but blanks.
  package var isEmpty: Bool {
    fields.allSatisfy { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
  }
}

/// What is wrong with one record; the records around it are unharmed.
package enum CSVProblem: Sendable, Hashable, CustomStringConvertible {
  case openQuote
  case notUTF8
  case textAfterQuote
  case fieldTooLong(limit: Int)
  case tooManyFields(limit: Int)

  package var description: String {
    switch self {
    case .openQuote: "a quotation mark is opened and never closed"
    case .notUTF8: "the text is not UTF-8"
    case .textAfterQuote: "text follows a closing quotation mark"
    case .fieldTooLong(let limit): "a cell is longer than \(limit) bytes"
    case .tooManyFields(let limit): "the row has more than \(limit) cells"
    }
  }
}

/// Bounds on what one record may take, so that a hostile file costs no more than an honest one.
package struct CSVLimits: Sendable, Hashable {
  package var fieldBytes = 262_144
  package var fields = 4096
  package init() {}
}
