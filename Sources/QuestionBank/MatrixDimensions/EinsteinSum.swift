import ExamModel
import Typesetting

/// What `einsum` gives: its shape, the letters it sums over, and what it costs.
///
/// Every output entry is a sum over the letters that are missing behind the arrow, so each letter is
/// counted once: 2·∏ sizes operations with a sum, ∏ sizes without.
enum EinsteinSum: QuestionFamily {
  static let heading = Heading("matdim.einsum", "Shape and cost of an einsum", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let spec: String
    let dims: [String: Int]

    var operands: [String] { spec.prefix { $0 != "-" }.split(separator: ",").map(String.init) }
    var output: String { String(spec.drop { $0 != ">" }.dropFirst()) }
    /// Every letter once, in order of first appearance.
    var letters: [Character] {
      operands.joined().reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }
    var summed: [Character] { letters.filter { !output.contains($0) } }

    func size(_ letter: Character) -> Int { dims[String(letter)] ?? 1 }
    func sizes(_ letters: some Sequence<Character>) -> [Int] { letters.map(size) }
    func count(_ letters: some Sequence<Character>) -> Int { sizes(letters).reduce(1, *) }
  }

  static let parts = [Part("shape", .shape), Part("summed", .text), Part("flops", .integer)]

  static let misconceptions: [Misconception] = [
    .optional("alphabetical", "The order behind the arrow decides, not the order of the alphabet."),
    .optional(
      "appearance-order", "The order behind the arrow decides, not the order in the operands."),
    .optional(
      "kept-summed",
      "Letters that are missing behind the arrow are summed away; they have no axis."),
    .core("no-factor-2", "Each step multiplies and adds: that is two operations."),
    .core("always-factor-2", "Nothing is added here, so there is one operation for each entry."),
    .optional(
      "both-operand-sizes", "A letter that both operands share is one loop: you counted it twice."),
    .optional(
      "outputs-only", "Each output entry costs as many steps as the summed letters have values."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("summed", because: "sums are written with few letters by custom")
  ]

  private static let specs = [
    "ij,jk->ik", "ij,kj->ik", "ji,jk->ik", "bij,bjk->bik", "bid,bjd->bij", "bthd,bshd->bhts",
    "bhts,bshd->bthd", "btd,dnh->btnh", "btnh,nhd->btd", "i,j->ij", "ijk,kl->ijl", "bi,oi->bo",
    "ijk,ik->ij", "bij,bij->b",
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let spec = dice.pick(specs)
    let letters = Parameters(spec: spec, dims: [:]).letters
    let sizes = dice.draw(letters.count, from: 2...11)
    return Parameters(
      spec: spec, dims: Dictionary(uniqueKeysWithValues: zip(letters.map(String.init), sizes)))
  }

  static func objection(to p: Parameters) -> String? {
    guard specs.contains(p.spec) else { return "spec is one of \(specs.joined(separator: "  "))" }
    guard Set(p.dims.keys) == Set(p.letters.map(String.init)) else {
      return "dims has a size for each of the letters \(String(p.letters))"
    }
    return p.dims.values.allSatisfy((1...100).contains) ? nil : "sizes lie between 1 and 100"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let summed = p.summed
    key.write(.shape(p.sizes(p.output)))
    key.write(.text(summed.isEmpty ? "none" : String(summed.sorted())))
    key.write(.integer((summed.isEmpty ? 1 : 2) * p.count(p.letters)))
  }

  static func accepts(_ answer: AnswerValue, for part: PartID, _ p: Parameters) -> Bool {
    guard part == "summed", case .text(let typed) = answer else { return false }
    let letters = typed.lowercased().filter(\.isLetter)
    return letters.sorted() == p.summed.sorted()
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Walk through the loops: one output entry, then the summed letters.
    let summed = Set(p.spec.filter(\.isLetter)).subtracting(p.output)
    var steps = 0
    for _ in 0..<p.count(p.output) { steps += p.count(summed) * (summed.isEmpty ? 1 : 2) }
    return AnswerKey([
      .shape(p.output.map { p.dims[String($0)] ?? 0 }),
      .text(summed.isEmpty ? "none" : String(summed.sorted())), .integer(steps),
    ])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let everything = p.count(p.letters)
    let factor = p.summed.isEmpty ? 1 : 2
    let shapes = [
      Mistake("alphabetical", "shape", .shape(p.sizes(p.output.sorted()))),
      Mistake("appearance-order", "shape", .shape(p.sizes(p.letters.filter(p.output.contains)))),
      Mistake("kept-summed", "shape", .shape(p.sizes(p.letters))),
    ]
    let slip =
      factor == 2
      ? Mistake("no-factor-2", "flops", .integer(everything))
      : Mistake("always-factor-2", "flops", .integer(2 * everything))
    return shapes + [
      slip,
      Mistake(
        "both-operand-sizes", "flops", .integer(factor * p.operands.reduce(1) { $0 * p.count($1) })),
      Mistake("outputs-only", "flops", .integer(p.count(p.output))),
    ]
  }

  static func pose(_ p: Parameters) -> Prompt {
    let sizes = p.letters.map { "`\($0)` = \(p.size($0))" }.joined(separator: ", ")
    "Two tensors are combined by `einsum('\(p.spec)', x, y)` with the sizes \(sizes)."
    """
    In the count of operations a multiplication and an addition are one each, and every output \
    entry that sums $n$ products counts as $2 n$; a product without a sum counts as 1.
    """
    ask("shape", "the shape of the result")
    ask("summed", "the letters that are summed over, such as `ab`, or *none*")
    ask("flops", "the number of operations")
  }

  static func solve(_ p: Parameters) -> Document {
    let summed = p.summed
    let outer = p.count(p.output)
    let result = AnswerValue.shape(p.sizes(p.output)).plainText
    var blocks: [Block] = [
      .paragraph(
        "The letters behind the arrow, `\(p.output)`, give the axes in that order: the shape is `\(result)`."
      )
    ]
    if summed.isEmpty {
      blocks.append(
        .paragraph(
          "No letter is missing behind the arrow, so nothing is summed: one multiplication for each of the \(outer) entries."
        ))
      blocks.append(
        .steps([Step("\(p.sizes(p.output).map(String.init).joined(separator: " · ")) = \(outer)")]))
    } else {
      let inner = p.count(summed)
      blocks.append(
        .paragraph(
          "Missing behind the arrow, and so summed over: `\(String(summed.sorted()))`. Each of the \(outer) entries sums \(inner) products, a multiplication and an addition each:"
        ))
      blocks.append(.steps([Step("2 · \(outer) · \(inner) = \(2 * outer * inner)")]))
    }
    return Document(blocks: blocks)
  }
}
