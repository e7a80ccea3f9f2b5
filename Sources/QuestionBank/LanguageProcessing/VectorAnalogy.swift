import Calculus
import ExamModel
import Typesetting

/// a is to b as c is to …: the word whose vector has the largest cosine with b − a + c.
enum VectorAnalogy: QuestionFamily {
  static let heading = Heading("nlp.analogy-cosine", "An analogy by cosines", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let vectors: [String: [Int]]

    func v(_ name: String) -> [Double] { (vectors[name] ?? []).map(Double.init) }
    var target: [Double] { zip(zip(v("a"), v("b")), v("c")).map { $0.1 - $0.0 + $1 } }
    var reversed: [Double] { zip(zip(v("a"), v("b")), v("c")).map { $0.0 - $0.1 + $1 } }
    static func cosine(_ a: [Double], _ b: [Double]) -> Double {
      dot(a, b) / (dot(a, a) * dot(b, b)).squareRoot()
    }
    func best(_ names: [String], _ score: ([Double]) -> Double) -> String {
      names.max { score(v($0)) < score(v($1)) } ?? ""
    }
  }

  private static let inputs = ["a", "b", "c"]
  private static let candidates = ["d1", "d2", "d3"]

  static let parts = [
    Part("answer", .choice), Part.real("cos", mayBeObvious: true, dependsOn: ["answer"]),
  ]

  static let misconceptions: [Misconception] = [
    .optional("distance-for-cosine", "The angle counts, not the distance."),
    .optional("inputs-allowed", "The words of the question are left out."),
    .optional("dot-product", "Divide the dot product by the lengths of both vectors."),
    .optional("difference-reversed", "The step from a to b is b − a."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "answer",
      because:
        "the three words of the question are no answers, which is to be known; three are left")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    var vectors: [String: [Int]] = [:]
    for name in inputs + candidates { vectors[name] = dice.integers(2, in: -4...5) }
    let p = Parameters(vectors: vectors)
    guard objection(to: p) == nil, p.reversed != [0, 0] else { return nil }
    let cosines = candidates.map { Parameters.cosine(p.v($0), p.target) }.sorted(by: >)
    let answer = p.best(candidates) { Parameters.cosine($0, p.target) }
    let other = p.best(candidates) { dot($0, p.target) } != answer
    return cosines[0] - cosines[1] > 0.02 && (other || dice.oneIn(3)) ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard Set(p.vectors.keys) == Set(inputs + candidates),
      p.vectors.values.allSatisfy({ $0.count == 2 && $0.allSatisfy((-100...100).contains) })
    else { return "vectors has pairs of numbers called a, b, c, d1, d2 and d3" }
    return p.target != [0, 0] && !p.vectors.values.contains([0, 0]) ? nil : "no vector is zero"
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["answer": Options(inputs + candidates, isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let answer = p.best(candidates) { Parameters.cosine($0, p.target) }
    var used = answer
    if case .choice(let mine)? = key.own[0], p.vectors[mine] != nil { used = mine }
    key.write(AnswerValue.choice(answer), Parameters.cosine(p.v(used), p.target))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Of vectors of length 1 the nearest has the smallest angle.
    func unit(_ v: [Double]) -> [Double] { v.map { $0 / dot(v, v).squareRoot() } }
    let goal = unit(p.target)
    let scored = candidates.map { name -> (name: String, cosine: Double) in
      let gaps: [Double] = zip(unit(p.v(name)), goal).map { $0 - $1 }
      return (name, 1 - dot(gaps, gaps) / 2)
    }
    guard let best = scored.max(by: { $0.cosine < $1.cosine }) else { return nil }
    return AnswerKey(AnswerValue.choice(best.name), best.cosine)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let near = p.best(candidates) { v in
      let gaps: [Double] = zip(v, p.target).map { $0 - $1 }
      return -dot(gaps, gaps)
    }
    let any = p.best(inputs + candidates) { Parameters.cosine($0, p.target) }
    let turned = p.best(candidates) { Parameters.cosine($0, p.reversed) }
    Mistake("distance-for-cosine", "answer", .choice(near))
    Mistake("inputs-allowed", "answer", .choice(any))
    Mistake("difference-reversed", "answer", .choice(turned))
    Mistake("dot-product", "answer", .choice(p.best(candidates) { dot($0, p.target) }))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = (inputs + candidates).map { name in ["\(name)", "$\(tuple(p.v(name)))$"] }
    "Words have these vectors:"
    Block.table(header: ["word", "vector"], rows: rows)
    "The analogy is completed by the word with the largest cosine to $b - a + c$; a, b and c themselves are left out."
    ask("answer", "the word that completes: a is to b as c is to …")
    ask("cos", "the cosine between its vector and $b - a + c$")
  }

  static func solve(_ p: Parameters) -> Document {
    let lines = candidates.map { name in
      "\\cos(\(name.prefix(1))_\(name.suffix(1))) = \(plainNumber(Parameters.cosine(p.v(name), p.target), decimals: 3))"
    }
    "$b - a + c = \(tuple(p.target))$, and the cosines with it are"
    Block.steps(lines.map { Step(stringLiteral: $0) })
    "The largest is that of \(p.best(candidates) { Parameters.cosine($0, p.target) })."
  }
}
