import Calculus
package import ExamModel
package import QuestionBank

/// What a cell was read as.
package enum Reading: Sendable, Hashable {
  /// One value, with the decimal places of its numbers.
  case value(AnswerValue, places: TypedPlaces)
  /// Nothing typed, or a way of saying so.
  case blank
  /// Not to be guessed; the reason says what stands in the way.
  case unreadable(String)

  package var value: AnswerValue? { if case .value(let value, _) = self { value } else { nil } }
}

/// The decimal places with which each number of an answer was typed.
///
/// They are nil where a number was no plain decimal (`1/4`, `2·10⁻³`).
package enum TypedPlaces: Sendable, Hashable {
  /// There is no number, or none whose places matter.
  case none
  case one(Int?)
  case each([Int?])

  /// The places of a number, counted row by row.
  subscript(index: Int) -> Int? {
    switch self {
    case .none: nil
    case .one(let places): index == 0 ? places : nil
    case .each(let places): places.indices.contains(index) ? places[index] : nil
    }
  }
}

/// What the question offers to whoever reads an answer to it.
package struct ReadingContext: Sendable {
  /// The options or items of the part, in the paper's order.
  package var options: [String]
  /// The quantities that an expression may name.
  package var names: NamedQuantities
  /// What the form's rows decided about `1,234`.
  package var numberLocale: NumberLocale

  package init(
    options: [String] = [], names: NamedQuantities = .none, numberLocale: NumberLocale = .undecided
  ) {
    self.options = options
    self.names = names
    self.numberLocale = numberLocale
  }
}

extension Reading {
  /// Reads what a candidate typed as an answer of a kind.
  ///
  /// Generous in form and strict in value: whatever has two readings of different value is
  /// unreadable. Answers of more than 2,000 bytes are not looked at.
  package init(_ typed: String, as kind: AnswerKind, in context: ReadingContext = .init()) {
    self =
      Self.quick(typed, as: kind, in: context)
      ?? Reading(thoroughly: typed, as: kind, in: context)
  }

  /// The reading of a text that says what it says at first sight; nil for any other.
  static func quick(_ typed: String, as kind: AnswerKind, in context: ReadingContext) -> Reading? {
    if typed.isEmpty { return .blank }
    guard typed.utf8.count <= 2000 else {
      return .unreadable("the answer is longer than 2000 bytes")
    }
    return QuickReader(locale: context.numberLocale).read(typed, as: kind)
  }

  init(thoroughly typed: String, as kind: AnswerKind, in context: ReadingContext) {
    let text = TypedText(typed)
    let options = OptionReader(options: context.options)
    if text.isBlank(for: kind), !options.isOption(text.text) {
      self = .blank
      return
    }
    if let spreadsheet = text.spreadsheetError {
      self = .unreadable("a spreadsheet left \(spreadsheet) in place of the answer")
      return
    }
    do throws(ReadingError) {
      if text.saysUndefined, kind.canBeUndefined {
        self = .value(.undefined, places: .none)
        return
      }
      switch kind {
      case .number:
        self.init(
          try NumberReader.read(text.text, marks: .init(locale: context.numberLocale)), as: kind)
      case .integer:
        self.init(
          try NumberReader.read(
            text.text, marks: .init(locale: context.numberLocale, isWhole: true)), as: kind)
      case .shape: self = .value(try ShapeReader.read(text.text), places: .none)
      case .vector:
        let entries = try ListReader(locale: context.numberLocale).vector(text.text)
        self = .value(.vector(entries.map(\.value)), places: .each(entries.map(\.places)))
      case .matrix:
        let rows = try ListReader(locale: context.numberLocale).matrix(text.text)
        self = .value(
          .matrix(rows.map { $0.map(\.value) }), places: .each(rows.joined().map(\.places)))
      case .expression:
        do {
          self = .value(
            .expression(try ExpressionScope(context.names).read(typed)), places: .none)
        } catch {
          self = .unreadable(error.reason)
        }
      case .choice:
        self = .value(.choice(try options.choice(text.text)), places: .none)
      case .choices:
        self = .value(.choices(try options.choices(text.text)), places: .none)
      case .ordering:
        self = .value(.ordering(try options.ordering(text.text)), places: .none)
      case .text:
        let words = OptionReader.folded(text.text)
        // Quotation marks with nothing between them.
        self = words.isEmpty ? .blank : .value(.text(words), places: .none)
      }
    } catch {
      self = .unreadable(error.reason)
    }
  }
}

extension Reading {
  /// A number as an answer; where a whole one is asked for, a whole one.
  init(_ number: ReadNumber, as kind: AnswerKind) {
    let whole =
      kind == .integer
      ? Int(exactly: number.value).flatMap { $0.magnitude <= 1 << 53 ? $0 : nil } : nil
    self = .value(
      whole.map(AnswerValue.integer) ?? .number(number.value), places: .one(number.places))
  }
}

extension AnswerKind {
  /// Words such as "error" may be options or texts; of all else they say that there is none.
  var canBeUndefined: Bool {
    switch self {
    case .choice, .choices, .ordering, .text: false
    default: true
    }
  }

  /// "none" may be a list of options or a text of its own.
  var canBeNone: Bool { self == .choices || self == .text || self == .choice }
}

/// Why a text is not read; a sentence for a person who reviews it.
struct ReadingError: Error { let reason: String }
