import Calculus
import ExamModel
import Typesetting

/// What a split of a decision tree gains: the parent's impurity minus the children's, weighted.
enum TreeGain: QuestionFamily {
  static let heading = Heading("ml.tree-gain", "The gain of a split", difficulty: 3)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case gini, entropy
    var other: Kind { self == .gini ? .entropy : .gini }
    func impurity(_ counts: [Int]) -> Double {
      let shares = counts.filter { $0 > 0 }.map { Double($0) / Double(counts.sum) }
      switch self {
      case .gini: return 1 - dot(shares, shares)
      case .entropy: return -shares.map { $0 * Elementary.log($0) }.sum / Elementary.log(2)
      }
    }
  }

  /// Counts of two classes in the left and in the right child.
  struct Parameters: Codable, Sendable, Equatable {
    let left, right: [Int]
    let kind: Kind

    var parent: [Int] { zip(left, right).map { $0 + $1 } }
    func weighted(_ impurity: ([Int]) -> Double) -> Double {
      let (n, m) = (Double(left.sum), Double(right.sum))
      return (n * impurity(left) + m * impurity(right)) / (n + m)
    }
    func gain(_ impurity: ([Int]) -> Double) -> Double { impurity(parent) - weighted(impurity) }
  }

  static let parts = [
    Part.real("parent", mayBeObvious: true), Part.real("children"),
    Part.real("gain", dependsOn: ["parent", "children"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("unweighted-children", "Weigh each child by its share of the samples."),
    .core("children-summed", "The children's impurities are averaged by size, not added."),
    .core("other-impurity", "Look at which impurity is asked for, Gini or entropy."),
    .optional("misclassification", "That is the gain in the error rate, another impurity."),
    .optional("nats", "Entropy was asked in bits: use the logarithm to base 2."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let counts = dice.integers(4, in: 0...8)
    let p = Parameters(
      left: [counts[0], counts[1]], right: [counts[2], counts[3]], kind: dice.pick(Kind.allCases))
    guard p.left.sum > 2, p.right.sum > 2, p.left.sum != p.right.sum, p.parent.min() ?? 0 > 0 else {
      return nil
    }
    return p.gain(p.kind.impurity) > 0.02 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(0...100_000, "left", p.left, count: 2) ?? within(0...100_000, "right", p.right, count: 2)
      ?? unless(p.left.sum > 0 && p.right.sum > 0, "no side is empty")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let parent = key.number(p.kind.impurity(p.parent))
    let children = key.number(p.weighted(p.kind.impurity))
    key.write(parent - children)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By whole counts: n ln n minus Σ c ln c, and n minus Σ c²/n.
    func total(_ counts: [Int]) -> Double {
      let n = Double(counts.sum)
      func weigh(_ x: Double) -> Double { x == 0 ? 0 : x * Elementary.log(x) }
      let rest = counts.map { c in
        p.kind == .gini ? Double(c * c) / n : weigh(Double(c)) / Elementary.log(2)
      }.sum
      return (p.kind == .gini ? n : weigh(n) / Elementary.log(2)) - rest
    }
    let n = Double(p.parent.sum)
    let (parent, children) = (total(p.parent) / n, (total(p.left) + total(p.right)) / n)
    return AnswerKey(parent, children, parent - children)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let impurity = p.kind.impurity
    let (parent, sum) = (impurity(p.parent), impurity(p.left) + impurity(p.right))
    Mistake("unweighted-children", "gain", parent - sum / 2)
    Mistake("children-summed", "gain", parent - sum)
    Mistake("other-impurity", "gain", p.gain(p.kind.other.impurity))
    Mistake("misclassification", "gain", p.gain { Double($0.min() ?? 0) / Double($0.sum) })
    if p.kind == .entropy { Mistake("nats", "gain", p.gain(impurity) * Elementary.log(2)) }
  }

  static func pose(_ p: Parameters) -> Prompt {
    let word = p.kind == .gini ? "Gini impurity" : "entropy in bits"
    let rows: [[Prose]] = [
      ["left", "\(p.left[0])", "\(p.left[1])"], ["right", "\(p.right[0])", "\(p.right[1])"],
    ]
    "A split of a decision tree sends the samples of two classes to its children like this:"
    Block.table(header: ["child", "class 0", "class 1"], rows: rows)
    "Impurity is the \(word)."
    ask("parent", "the impurity before the split")
    ask("children", "the weighted impurity after it")
    ask("gain", "the gain")
  }

  static func solve(_ p: Parameters) -> Document {
    let impurity = p.kind.impurity
    let (n, m) = (p.left.sum, p.right.sum)
    if p.kind == .gini {
      "The Gini impurity is $1 - \\sum p_i^2$:"
    } else {
      "The entropy is $-\\sum p_i \\log_2 p_i$:"
    }
    steps(
      "I(\\text{parent}) = \(impurity(p.parent), decimals: 3)",
      "I(\\text{left}) = \(impurity(p.left), decimals: 4), I(\\text{right}) = \(impurity(p.right), decimals: 4)",
      "\\frac{\(n)}{\(n + m)} I(\\text{left}) + \\frac{\(m)}{\(n + m)} I(\\text{right}) = \(p.weighted(impurity), decimals: 3)",
      "\\text{gain} = \(p.gain(impurity), decimals: 3)")
  }
}
