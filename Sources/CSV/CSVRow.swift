/// One record of a CSV file.
package struct CSVRow: Sendable, Hashable {
  /// Which record it is, from 1; the header counts.
  package let record: Int
  /// The line on which the record begins, from 1; a record may span several.
  package let line: Int
  /// How many bytes stand before it.
  package let byte: Int
  package let fields: [String]
  /// Why the record cannot be trusted, where it cannot; its fields are then what could be read.
  package let problem: CSVProblem?

  /// Whether no field holds anything but blanks.
  package var isEmpty: Bool {
    fields.allSatisfy { $0.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
  }
}

/// What is wrong with one record; the records around it are unharmed.
package struct CSVProblem: Sendable, Hashable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable {
    case openQuote
    case notUTF8
    case zeroByte
    case textAfterQuote
    case fieldTooLong(limit: Int)
    case tooManyFields(limit: Int)
    case recordTooLong(limit: Int)
  }

  package let kind: Kind
  /// The line that it is on, which for a quotation mark that is never closed is the mark's own.
  package let line: Int
  /// How many bytes stand before it; for text that is no UTF-8, before its record.
  package let byte: Int

  package init(_ kind: Kind, line: Int, byte: Int) {
    self.kind = kind
    self.line = line
    self.byte = byte
  }

  package var description: String {
    switch kind {
    case .openQuote: "a quotation mark is opened and never closed"
    case .notUTF8: "the text is not UTF-8"
    case .zeroByte: "the text has a zero byte, as damaged files have"
    case .textAfterQuote: "text follows a closing quotation mark"
    case .fieldTooLong(let limit): "a cell is longer than \(limit) bytes"
    case .tooManyFields(let limit): "the row has more than \(limit) cells"
    case .recordTooLong(let limit): "the row is longer than \(limit) bytes"
    }
  }
}

/// Bounds on what one record may take, so that a hostile file costs no more than an honest one.
package struct CSVLimits: Sendable, Hashable {
  package var fieldBytes = 262_144
  package var fields = 4096
  package var recordBytes = 4_194_304
  /// How much of a row's raw text is kept for a person to look at.
  package var rawBytes = 16_384
  package init() {}
}
