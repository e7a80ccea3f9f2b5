import Calculus
import ExamModel
import Typesetting

/// Precision, recall and F1 of named entities: a span counts only if both its ends are right.
enum EntityScores: QuestionFamily {
  static let heading = Heading("nlp.entity-f1", "F1 of named entities", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let gold, pred: [String]

    static func spans(_ tags: [String]) -> [Range<Int>] {
      tags.indices.filter { tags[$0] == "B" }.map { start in
        let end = tags[(start + 1)...].firstIndex { $0 != "I" } ?? tags.count
        return start..<end
      }
    }
    var found: [Range<Int>] { Self.spans(pred) }
    var wanted: [Range<Int>] { Self.spans(gold) }
    var hits: Int { found.count { wanted.contains($0) } }
    var precision: Rational { Rational(hits, found.count) }
    var recall: Rational { Rational(hits, wanted.count) }
  }

  static let parts = [
    Part.fraction("precision", mayBeObvious: true), Part.fraction("recall", mayBeObvious: true),
    Part.fraction("f1", mayBeObvious: true, dependsOn: ["precision", "recall"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("token-level", "Entities count, not tokens."),
    .optional("overlap-counts", "An entity is right only if both its ends are."),
    .optional("token-accuracy", "Tokens outside of entities do not count."),
    .core("recall-for-precision", "Precision divides by the entities that were predicted."),
    .optional("arithmetic-mean", "F1 is the harmonic mean."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "precision", "recall", "f1",
      because: "twelve words hold a few entities, whose shares are few fractions")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    func tags(_ dice: inout Dice) -> [String] {
      var out: [String] = []
      while out.count < 12 {
        out += dice.oneIn(3) ? ["B"] + Array(repeating: "I", count: dice.below(3)) : ["O"]
      }
      return Array(out.prefix(12))
    }
    let gold = tags(&dice)
    // The prediction keeps some entities, moves an end of others, and adds one.
    var pred = gold.map { _ in "O" }
    for span in Parameters.spans(gold) where !dice.oneIn(4) {
      let end = dice.oneIn(3) ? min(12, span.upperBound + 1) : span.upperBound
      for i in span.lowerBound..<end { pred[i] = i == span.lowerBound ? "B" : "I" }
    }
    if let free = pred.indices.first(where: { pred[$0] == "O" && gold[$0] == "O" }), dice.oneIn(2) {
      pred[free] = "B"
    }
    let p = Parameters(gold: gold, pred: pred)
    guard p.found.count > 1, p.wanted.count > 1, p.hits > 0 else { return nil }
    return p.found.count == p.wanted.count || p.hits == p.found.count ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    func isSound(_ tags: [String]) -> Bool {
      tags.allSatisfy(["B", "I", "O"].contains)
        && zip(["O"] + tags, tags).allSatisfy { $1 != "I" || $0 != "O" }
    }
    guard (1...30).contains(p.gold.count), p.gold.count == p.pred.count, isSound(p.gold),
      isSound(p.pred)
    else { return "gold and pred are tags B, I and O, and no I follows an O" }
    return p.hits > 0 ? nil : "some entity is found"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let precision = key.fraction(p.precision.value)
    let recall = key.fraction(p.recall.value)
    key.fraction(precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Write entities down by their ends, and count what both lists have.
    func ends(_ tags: [String]) -> Set<[Int]> {
      var (open, out) = (Int?.none, Set<[Int]>())
      for (i, tag) in (tags + ["O"]).enumerated() where tag != "I" {
        if let start = open { out.insert([start, i]) }
        open = tag == "B" ? i : nil
      }
      return out
    }
    let (gold, pred) = (ends(p.gold), ends(p.pred))
    let hits = Double(gold.intersection(pred).count)
    return AnswerKey(
      hits / Double(pred.count), hits / Double(gold.count),
      2 * hits / Double(gold.count + pred.count))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let equal = zip(p.gold, p.pred).count { $0 == $1 && $0 != "O" }
    let tokens = p.gold.count { $0 != "O" } + p.pred.count { $0 != "O" }
    let touching = p.found.count { span in p.wanted.contains { $0.overlaps(span) } }
    Mistake("token-level", "f1", Rational(2 * equal, tokens))
    Mistake("overlap-counts", "precision", Rational(touching, p.found.count))
    Mistake("token-accuracy", "f1", Rational(zip(p.gold, p.pred).count { $0 == $1 }, p.gold.count))
    Mistake("recall-for-precision", "precision", p.recall)
    Mistake("arithmetic-mean", "f1", (p.precision + p.recall) / 2)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A tagger for named entities (B begins one, I continues it, O is outside) is compared with the gold tags; an entity is right if its whole span is:"
    Block.code("gold: \(p.gold.joined(separator: " "))\npred: \(p.pred.joined(separator: " "))")
    ask("precision", "the precision over entities")
    ask("recall", "the recall over entities")
    ask("f1", "their F1")
  }

  static func solve(_ p: Parameters) -> Document {
    let (found, wanted) = (p.found.count, p.wanted.count)
    "There are \(wanted) gold entities and \(found) predicted ones, of which \(p.hits) have the right span:"
    steps(
      "P = \\frac{\(p.hits)}{\(found)} = \(shown(p.precision))",
      "R = \\frac{\(p.hits)}{\(wanted)} = \(shown(p.recall))",
      "F_1 = \\frac{2 · \(p.hits)}{\(found) + \(wanted)} = \(shown(Rational(2 * p.hits, found + wanted)))"
    )
  }
}
