import Calculus
package import ExamModel
package import Typesetting

/// What may stand in a key: an answer, or nil for a part that the draw does not ask.
protocol KeyEntry {
  var entry: AnswerValue? { get }
}

/// What a formula of a family gives, ready to be an answer.
protocol AnswerConvertible: KeyEntry {
  var answer: AnswerValue { get }
}

extension AnswerConvertible {
  var entry: AnswerValue? { answer }
}

extension Optional: KeyEntry where Wrapped: AnswerConvertible {
  var entry: AnswerValue? { self?.answer }
}

extension AnswerValue: AnswerConvertible {
  var answer: AnswerValue { self }
}

extension Double: AnswerConvertible {
  var answer: AnswerValue { .number(self) }
}

extension Int: AnswerConvertible {
  var answer: AnswerValue { .integer(self) }
}

extension Rational: AnswerConvertible {
  var answer: AnswerValue { .number(value) }
}

extension Array: AnswerConvertible, KeyEntry where Element: AnswerEntry {
  var answer: AnswerValue { Element.answer(self) }
}

/// What a list of answers may hold: numbers make a vector, lists of numbers a matrix.
protocol AnswerEntry {
  static func answer(_ entries: [Self]) -> AnswerValue
}

/// A number of a vector.
protocol RealEntry: AnswerEntry {
  var real: Double { get }
}

extension RealEntry {
  static func answer(_ entries: [Self]) -> AnswerValue { .vector(entries.map { $0.real }) }
}

extension Double: RealEntry {
  var real: Double { self }
}

extension Int: RealEntry {
  var real: Double { Double(self) }
}

extension Rational: RealEntry {
  var real: Double { value }
}

extension Array: AnswerEntry where Element: RealEntry {
  static func answer(_ entries: [[Element]]) -> AnswerValue {
    .matrix(entries.map { $0.map { $0.real } })
  }
}

extension AnswerKey {
  /// The answers of the parts in order; nil for one that this draw does not ask.
  init(_ answers: (any AnswerConvertible)?...) { self.init(answers.map { $0?.answer }) }
}

extension Mistake {
  init(_ id: MisconceptionID, _ part: PartID, _ value: some AnswerConvertible) {
    self.init(id, part, value.answer)
  }
}

extension Part {
  /// A fraction, or a list of them: typed as it is, or to so many decimals.
  static func fraction(
    _ id: PartID, _ kind: AnswerKind = .number, to decimals: Int = 3, weight: Int = 1,
    mayBeObvious: Bool = false, dependsOn: [PartID] = []
  ) -> Part {
    Part(
      id, kind, tolerance: .decimals(decimals), weight: weight, isFraction: true,
      mayBeObvious: mayBeObvious, dependsOn: dependsOn)
  }

  /// A real number, or a list of them, to so many decimals.
  static func real(
    _ id: PartID, _ kind: AnswerKind = .number, to decimals: Int = 3, weight: Int = 1,
    mayBeObvious: Bool = false, dependsOn: [PartID] = []
  ) -> Part {
    Part(
      id, kind, tolerance: .decimals(decimals), weight: weight, mayBeObvious: mayBeObvious,
      dependsOn: dependsOn)
  }

  /// A number that may be off by a share of itself.
  static func estimate(
    _ id: PartID, within share: Double = 0.01, weight: Int = 1, dependsOn: [PartID] = []
  ) -> Part {
    Part(id, .number, tolerance: .relative(share), weight: weight, dependsOn: dependsOn)
  }
}

/// What is asked of a part.
func ask(_ part: PartID, _ text: Prose) -> Prompt.PartPrompt { Prompt.PartPrompt(part, text) }

/// Lets a prompt be written as a list of paragraphs and blocks, and then of what is asked.
@resultBuilder package enum PromptBuilder {
  /// What stands in the list.
  package enum Part {
    case block(Block)
    case asked(Prompt.PartPrompt)
    case prompt(Prompt)
  }

  package static func buildExpression(_ prose: Prose) -> Part { .block(.paragraph(prose)) }
  package static func buildExpression(_ block: Block) -> Part { .block(block) }
  package static func buildExpression(_ part: Prompt.PartPrompt) -> Part { .asked(part) }
  package static func buildExpression(_ prompt: Prompt) -> Part { .prompt(prompt) }
  package static func buildBlock(_ parts: Part...) -> Part { buildArray(parts) }
  package static func buildArray(_ parts: [Part]) -> Part { .prompt(joined(parts)) }
  package static func buildOptional(_ part: Part?) -> Part { part ?? .prompt(Prompt([], [])) }
  package static func buildEither(first part: Part) -> Part { part }
  package static func buildEither(second part: Part) -> Part { part }
  package static func buildFinalResult(_ part: Part) -> Prompt {
    if case .prompt(let prompt) = part { prompt } else { joined([part]) }
  }

  private static func joined(_ list: [Part]) -> Prompt {
    var (blocks, parts): ([Block], [Prompt.PartPrompt]) = ([], [])
    blocks.reserveCapacity(list.count)
    parts.reserveCapacity(list.count)
    for part in list {
      switch part {
      case .block(let block): blocks.append(block)
      case .asked(let part): parts.append(part)
      case .prompt(let prompt):
        blocks += prompt.stem.blocks
        parts += prompt.parts
      }
    }
    return Prompt(Document(blocks: blocks), parts)
  }
}

/// The lines of a derivation.
func steps(_ lines: Step...) -> Block { .steps(lines) }

extension Array where Element: Equatable {
  /// Whether no two of a few elements are equal.
  var areDistinct: Bool {
    indices.allSatisfy { index in !self[..<index].contains(self[index]) }
  }
}

extension Dice {
  /// One of some fractions with a common denominator.
  mutating func pick(_ numerators: [Int], over denominator: Int) -> Rational {
    Rational(pick(numerators), denominator)
  }

  /// So many whole numbers from a range.
  mutating func integers(_ count: Int, in range: ClosedRange<Int>) -> [Int] {
    (0..<count).map { _ in integer(in: range) }
  }

  /// The rows of a matrix of whole numbers from a range.
  mutating func rows(_ count: Int, of columns: Int, in range: ClosedRange<Int>) -> [[Int]] {
    (0..<count).map { _ in integers(columns, in: range) }
  }

  /// So many picks, which may be the same.
  mutating func picks<T>(_ count: Int, from choices: [T]) -> [T] {
    (0..<count).map { _ in pick(choices) }
  }

  /// The numbers in any order, each with any sign.
  mutating func arranged(_ numbers: [Int]) -> [Int] {
    shuffled(numbers).map { oneIn(2) ? -$0 : $0 }
  }
}

/// What a list of mistakes is written of: one mistake, or several.
package protocol MistakeListPart {
  func add(to list: inout [Mistake])
}

extension Mistake: MistakeListPart {
  package func add(to list: inout [Mistake]) { list.append(self) }
}

extension [Mistake]: MistakeListPart {
  package func add(to list: inout [Mistake]) { list += self }
}

/// Lets mistakes be listed one below another.
@resultBuilder package enum MistakeList {
  package static func buildExpression(_ mistake: Mistake) -> Mistake { mistake }
  package static func buildExpression(_ mistakes: [Mistake]) -> [Mistake] { mistakes }
  // Inlined into the families, so that it is made for one list and not for any.
  @inline(__always) package static func buildBlock<each Part: MistakeListPart>(
    _ parts: repeat each Part
  ) -> [Mistake] {
    var list: [Mistake] = []
    list.reserveCapacity(usualCount)
    repeat (each parts).add(to: &list)
    return list
  }
  package static func buildBlock(_ list: [Mistake]) -> [Mistake] { list }
  package static func buildOptional(_ part: [Mistake]?) -> [Mistake] { part ?? [] }
  package static func buildEither(first part: [Mistake]) -> [Mistake] { part }
  package static func buildEither(second part: [Mistake]) -> [Mistake] { part }
  package static func buildArray(_ parts: [[Mistake]]) -> [Mistake] { parts.flatMap(\.self) }

  /// Few families list more.
  private static let usualCount = 16
}

/// The double nearest to the simple fraction that a double is within rounding of; else itself.
func nearFraction(_ x: Double) -> Double { Rational(nearest: x)?.value ?? x }

extension Rational {
  /// The fraction with a denominator up to a million that a double is within rounding of; nil where
  /// there is none. Convergents of the continued fraction find it.
  init?(nearest x: Double) {
    guard x.isFinite, x.magnitude < 1e9 else { return nil }
    var (above, earlierAbove) = (1, 0)
    var (below, earlierBelow) = (0, 1)
    var rest = x.magnitude
    for _ in 0..<40 {
      let whole = Int(rest)
      (above, earlierAbove) = (whole * above + earlierAbove, above)
      (below, earlierBelow) = (whole * below + earlierBelow, below)
      guard below <= 1_000_000 else { return nil }
      let error = (Double(above) / Double(below) - x.magnitude).magnitude
      if error <= 1e-13 * max(1, x.magnitude) {
        self.init(numerator: x < 0 ? -above : above, denominator: below)
        return
      }
      rest = 1 / (rest - Double(whole))
      guard rest.isFinite, rest < 1e9 else { return nil }
    }
    return nil
  }
}

extension AnswerValue {
  /// The value in fractions, in the key's layout: `3/8`, `[1/4, 3/4]`; nil where an entry is none.
  var exactText: String? {
    func text(_ x: Double) -> String? { Rational(nearest: x)?.description }
    func list(_ texts: [String?]) -> String? {
      let known = texts.compactMap(\.self)
      return known.count == texts.count ? "[" + known.joined(separator: ", ") + "]" : nil
    }
    switch self {
    case .number(let x): return text(x)
    case .vector(let xs): return list(xs.map(text))
    case .matrix(let rows): return list(rows.map { list($0.map(text)) })
    default: return nil
    }
  }
}
