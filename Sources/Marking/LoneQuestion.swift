import Calculus
package import ExamModel
import QuestionBank

/// A question of one part with no family around it: a kind, a key, what is accepted and offered.
///
/// The command line and the table of typed answers try single answers with it.
package struct LoneQuestion: Sendable {
  package let part: Part
  package let key: AnswerValue
  private let context: ReadingContext

  /// - Parameters:
  ///   - key: JSON, or a bare word such as `undefined` and `inf`. A choice may be named by its letter.
  ///   - tolerance: nil is exact for whole numbers and words, and 10⁻⁹ of the key for reals.
  ///   - options: what can be chosen or put in order; nil takes the words as they stand.
  /// - Throws: `SourceError` where the key does not fit the kind or the options.
  package init(
    kind: AnswerKind, key text: String, tolerance: Tolerance? = nil, options: [String]? = nil,
    numberLocale: NumberLocale = .undecided
  ) throws(SourceError) {
    let json: JSON =
      Self.bareWords.contains(text) ? .string(text) : try JSON(parsing: text, file: "--key")
    guard let key = AnswerValue(json, as: kind) else {
      throw SourceError(file: "--key", "this is no \(kind.rawValue): \(text)")
    }
    let isReal = [.number, .vector, .matrix].contains(kind)
    part = Part("answer", kind, tolerance: tolerance ?? (isReal ? .relative(1e-9) : .exact))
    var context = ReadingContext(options: options ?? [], numberLocale: numberLocale)
    if case .expression(let text) = key {
      // The quantities are those that the key names.
      context.names =
        MatrixExpression.isNamed(in: text)
        ? NamedQuantities(free: MatrixExpression.names(in: text), areMatrices: true)
        : NamedQuantities(free: ExpressionVocabulary.names(in: text))
      guard Reading(text, as: .expression, in: context).value != nil else {
        throw SourceError(file: "--key", "this is no expression: \"\(text)\"")
      }
    }
    self.context = context
    self.key = try options == nil ? key : Self.named(key, in: context)
  }

  private static let bareWords: Set = ["undefined", "inf", "-inf", "nan"]

  package func mark(_ typed: String, worth points: Points, by marker: Marker = Marker()) -> Mark {
    marker.mark(typed, part: part, key: key, worth: points, in: context)
  }

  /// The key in the options' own words.
  private static func named(
    _ key: AnswerValue, in context: ReadingContext
  ) throws(SourceError) -> AnswerValue {
    func option(_ text: String) throws(SourceError) -> String {
      guard case .choice(let option)? = Reading(text, as: .choice, in: context).value else {
        throw SourceError(file: "--key", "\"\(text)\" is none of the options")
      }
      return option
    }
    switch key {
    case .choice(let text): return .choice(try option(text))
    case .choices(let texts):
      return .choices(try texts.map { text throws(SourceError) in try option(text) })
    case .ordering(let texts):
      return .ordering(try texts.map { text throws(SourceError) in try option(text) })
    default: return key
    }
  }
}
