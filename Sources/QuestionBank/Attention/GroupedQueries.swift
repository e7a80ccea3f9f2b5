import Calculus
import ExamModel
import Typesetting

/// Grouped-query attention: several query heads share one pair of key and value heads.
enum GroupedQueries: QuestionFamily {
  static let heading = Heading(
    "attention.gqa", "Grouped-query attention", difficulty: 2, version: 2)

  /// Query heads count from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let heads, kvHeads, width, queryHead: Int
    var group: Int { heads / kvHeads }
    var size: Int { width / heads }
  }

  static let parts = [
    Part("group", .integer), Part("kvHead", .integer, mayBeObvious: true, dependsOn: ["group"]),
    Part.fraction("cacheRatio", mayBeObvious: true), Part("wk", .shape),
  ]

  static let misconceptions: [Misconception] = [
    .core("modulo", "Neighbouring query heads form a group: divide, do not take the rest."),
    .optional("divide-by-kv", "Divide by the size of a group, not by the number of groups."),
    .core("ratio-inverted", "The cache shrinks: fewer KV heads than query heads."),
    .core("kv-full-width", "There are only as many key rows as KV heads have entries."),
    .core("group-is-kv", "That is the number of groups, not the size of one."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (group, kv) = (dice.integer(in: 2...14), dice.integer(in: 9...20))
    let p = Parameters(
      heads: group * kv, kvHeads: kv, width: group * kv * dice.pick([32, 64, 128]),
      queryHead: dice.below(group * kv))
    return group == kv || p.queryHead / group == p.queryHead % kv ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...1000, "heads and kvHeads", p.heads, p.kvHeads)
      ?? within(1...1_000_000, "width", p.width) ?? within(
        0...p.heads - 1, "queryHead", p.queryHead)
      ?? unless(p.heads % p.kvHeads == 0, "kvHeads divide heads")
      ?? unless(p.width % p.heads == 0, "heads divide the width")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let group = key.integer(p.group)
    key.write(group == 0 ? 0 : p.queryHead / group)
    key.write(Rational(p.kvHeads, p.heads))
    key.write(AnswerValue.shape([p.kvHeads * p.size, p.width]))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Deal the query heads out: each KV head takes the next few.
    let owners = (0..<p.kvHeads).flatMap { kv in
      Array(repeating: kv, count: (0..<p.heads).count { $0 % p.kvHeads == 0 })
    }
    return AnswerKey(
      owners.count { $0 == 0 }, owners[p.queryHead], 1 / Double(owners.count { $0 == 0 }),
      AnswerValue.shape([p.width / p.heads * p.kvHeads, p.width]))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("modulo", "kvHead", p.queryHead % p.kvHeads)
    Mistake("divide-by-kv", "kvHead", p.queryHead / p.kvHeads)
    Mistake("ratio-inverted", "cacheRatio", Rational(p.heads, p.kvHeads))
    Mistake("kv-full-width", "wk", .shape([p.width, p.width]))
    Mistake("group-is-kv", "group", p.kvHeads)
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    An attention layer of width \(p.width) has \(p.heads) query heads and \(p.kvHeads) KV heads, all \
    of one size. Neighbouring query heads share a KV head; heads are counted from 0.
    """
    ask("group", "how many query heads share one KV head")
    ask("kvHead", "which KV head query head \(p.queryHead) uses")
    ask("cacheRatio", "the size of the KV cache, as a share of what \(p.heads) KV heads would need")
    ask("wk", "the shape of the weight of $W_K$, as (outputs, inputs)")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\frac{h}{g} = \\frac{\(p.heads)}{\(p.kvHeads)} = \(p.group)",
      "\\lfloor \\frac{\(p.queryHead)}{\(p.group)} \\rfloor = \(p.queryHead / p.group)",
      "\\frac{g}{h} = \(shown(Rational(p.kvHeads, p.heads)))")
    """
    A head has size $\(p.width) / \(p.heads) = \(p.size)$, so the keys have $\(p.kvHeads) · \(p.size) \
    = \(p.kvHeads * p.size)$ entries: `(\(p.kvHeads * p.size), \(p.width))`.
    """
  }
}
