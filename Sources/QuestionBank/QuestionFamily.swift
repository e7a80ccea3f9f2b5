package import ExamModel
package import Typesetting

/// A kind of question: how its numbers are drawn, what is right, what people get wrong, and how it
/// reads.
///
/// Every function is pure. `key` is the fast one: marking a million papers calls it for every
/// question of each.
package protocol QuestionFamily: Sendable {
  associatedtype Parameters: Codable & Sendable & Equatable

  static var heading: Heading { get }
  /// Every part that some draw asks, earlier ones first: a part depends on parts before it only.
  static var parts: [Part] { get }
  /// The parts that a paper asks unless its blueprint chooses.
  static var usualParts: [PartID] { get }
  /// Whether some draws lack some of the parts.
  static var leavesPartsOut: Bool { get }
  /// The known mistakes, those of more interest first.
  static var misconceptions: [Misconception] { get }

  /// Throws once; nil where the numbers are degenerate and another throw is needed.
  static func draw(from dice: inout Dice) -> Parameters?
  /// What is wrong with parameters from outside; nil where the question can be asked with them.
  static func objection(to parameters: Parameters) -> String?
  /// Writes the right answers, part by part; nil for one that this draw does not ask.
  static func key(_ parameters: Parameters, into key: inout KeyWriter)
  /// Parts that have one key by the question's algebra, and not by accident.
  static func twins(_ parameters: Parameters) -> [Set<PartID>]
  /// The answers that the known mistakes give; coinciding ones are sorted out later.
  @MistakeList static func mistakes(_ parameters: Parameters) -> [Mistake]
  /// What can be chosen or put in order, for the parts of such a kind.
  static func options(_ parameters: Parameters) -> [PartID: Options]
  /// The quantities that an expression may name.
  static func names(_ parameters: Parameters) -> NamedQuantities
  /// Whether an answer other than the key is right as well: another order that works.
  static func accepts(_ answer: AnswerValue, for part: PartID, _ parameters: Parameters) -> Bool
  /// The key by another way than `key`'s, to check it by; nil where there is none yet.
  static func secondKey(_ parameters: Parameters) -> AnswerKey?
  /// Why the same answer to some parts is right in more than one draw of ten: what a guesser gains
  /// there cannot be drawn away.
  static var frequentAnswers: [FrequentAnswer] { get }
  /// How many different questions there are; nil where nobody will ask for that many.
  static var variants: Int? { get }
  /// Parts whose key is known as a fraction, as text in the key's layout: `3/8`, `[1/4, 3/4]`.
  static func exact(_ parameters: Parameters) -> [PartID: String]
  @PromptBuilder static func pose(_ parameters: Parameters) -> Prompt
  @DocumentBuilder static func solve(_ parameters: Parameters) -> Document
}

extension QuestionFamily {
  package static var id: FamilyID { heading.id }
  package static var version: Int { heading.version }
  package static var title: String { heading.title }
  package static var difficulty: Int { heading.difficulty }
  package static var usualParts: [PartID] { parts.map(\.id) }
  package static var leavesPartsOut: Bool { false }
  /// The right answers. `own` replaces a part's value for the parts after it.
  package static func key(_ parameters: Parameters, carrying own: OwnAnswers) -> AnswerKey {
    var writer = KeyWriter(carrying: own, parts: parts.count)
    key(parameters, into: &writer)
    return writer.key
  }
  package static func twins(_ parameters: Parameters) -> [Set<PartID>] { [] }
  package static func options(_ parameters: Parameters) -> [PartID: Options] { [:] }
  package static func names(_ parameters: Parameters) -> NamedQuantities { .none }
  package static func accepts(
    _ answer: AnswerValue, for part: PartID, _ parameters: Parameters
  ) -> Bool { false }
  package static func secondKey(_ parameters: Parameters) -> AnswerKey? { nil }
  package static var frequentAnswers: [FrequentAnswer] { [] }
  package static var variants: Int? { nil }
  package static func exact(_ parameters: Parameters) -> [PartID: String] {
    let key = key(parameters, carrying: .none)
    return zip(parts, key.values).reduce(into: [:]) { exact, pair in
      if pair.0.isFraction { exact[pair.0.id] = pair.1?.exactText }
    }
  }

  /// The part of the id before the full stop: `backprop`.
  package static var topic: String { String(id.rawValue.prefix { $0 != "." }) }

  /// The form's fields in order, each once.
  package static var fields: [PartID] {
    parts.map(\.field).reduce(into: []) { fields, field in
      if !fields.contains(field) { fields.append(field) }
    }
  }
}

/// What a family is called, how hard it is, and which of its versions this is.
package struct Heading: Sendable, Hashable {
  /// A topic, a full stop, a name: `backprop.skip-weighted`.
  package let id: FamilyID
  package let title: String
  /// 1 recall, 2 two or three steps, 3 dependent steps, 4 long or subtle, 5 derivation.
  package let difficulty: Int
  /// A change of any key or draw raises it.
  package let version: Int

  package init(_ id: FamilyID, _ title: String, difficulty: Int, version: Int = 1) {
    self.id = id
    self.title = title
    self.difficulty = difficulty
    self.version = version
  }
}

/// A known way of going wrong, and what a teacher says to it.
package struct Misconception: Sendable, Hashable {
  package let id: MisconceptionID
  package let feedback: String
  /// A draw in which a core mistake cannot be told from the key or from another one is refused.
  package let isCore: Bool

  package static func core(_ id: MisconceptionID, _ feedback: String) -> Misconception {
    Misconception(id: id, feedback: feedback, isCore: true)
  }

  /// One that is left out of a draw in which it cannot be told apart.
  package static func optional(_ id: MisconceptionID, _ feedback: String) -> Misconception {
    Misconception(id: id, feedback: feedback, isCore: false)
  }
}

/// What a known mistake answers in one part of one draw.
package struct Mistake: Sendable, Hashable {
  package let id: MisconceptionID
  package let part: PartID
  package let value: AnswerValue

  package init(_ id: MisconceptionID, _ part: PartID, _ value: AnswerValue) {
    self.id = id
    self.part = part
    self.value = value
  }
}

/// What a part offers: the options of a choice, or the items of an ordering.
package struct Options: Sendable, Hashable {
  package let texts: [String]
  /// Whether each paper has an order of its own; `yes` before `no` needs none.
  package let isShuffled: Bool

  package init(_ texts: [String], isShuffled: Bool = true) {
    self.texts = texts
    self.isShuffled = isShuffled
  }
}

/// The names of an expression's quantities: free ones, and ones computed from earlier names.
package struct NamedQuantities: Sendable, Hashable {
  package struct Definition: Sendable, Hashable {
    package let name: String
    /// In plain syntax: `w0*x0+w1*x1+w2`.
    package let expression: String
  }

  package let free: [String]
  package let derived: [Definition]
  /// Whether the names stand for matrices and vectors, whose products do not commute.
  package let areMatrices: Bool

  package static let none = NamedQuantities(free: [])

  package init(
    free: [String], derived: KeyValuePairs<String, String> = [:], areMatrices: Bool = false
  ) {
    self.free = free
    self.areMatrices = areMatrices
    self.derived = derived.map { Definition(name: $0.key, expression: $0.value) }
  }
}

/// The question as a document, with one line for each part.
package struct Prompt: Sendable, Hashable {
  package let stem: Document
  package let parts: [PartPrompt]

  package struct PartPrompt: Sendable, Hashable {
    package let part: PartID
    package let text: Prose

    package init(_ part: PartID, _ text: Prose) {
      self.part = part
      self.text = text
    }
  }

  package init(_ stem: Document, _ parts: [PartPrompt]) {
    self.stem = stem
    self.parts = parts
  }
}
