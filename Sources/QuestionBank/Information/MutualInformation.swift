import Calculus
import ExamModel
import Typesetting

/// I(X; Y) = H(X) + H(Y) − H(X, Y), of two bits whose joint table counts sixteenths.
enum MutualInformation: QuestionFamily {
  static let heading = Heading(
    "info.mutual-information", "Mutual information of two bits", difficulty: 3)

  /// Sixteenths of (0, 0), (0, 1), (1, 0) and (1, 1).
  struct Parameters: Codable, Sendable, Equatable {
    let joint16: [Int]
    var x: [Int] { [joint16[0] + joint16[1], joint16[2] + joint16[3]] }
    var y: [Int] { [joint16[0] + joint16[2], joint16[1] + joint16[3]] }
    var entropies: (x: Double, y: Double, joint: Double) {
      (Self.entropy(x), Self.entropy(y), Self.entropy(joint16))
    }
    /// The entropy of sixteenths, in bits.
    static func entropy(_ counts: [Int]) -> Double {
      counts.filter { $0 > 0 }.reduce(0) { sum, count in
        let p = Double(count) / 16
        return sum - p * Elementary.log(p) / Elementary.log(2)
      }
    }
  }

  static let parts = [
    Part.real("HX"), Part.real("HXY"), Part.real("I", weight: 2, dependsOn: ["HX", "HXY"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("joint-entropy", "That is H(X, Y); take it from H(X) + H(Y)."),
    .core("nats", "Bits were asked: logarithms to base 2."),
    .core("conditional-entropy", "That is H(Y | X), what X does not tell about Y."),
    .core("sum-of-marginals", "H(X) + H(Y) counts what both share twice; subtract H(X, Y)."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("HX", because: "a margin in sixteenths has one of eight entropies")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    // Three bars among 19 places cut sixteen stars into four heaps.
    let bars = dice.draw(3, from: 0...18).sorted()
    let p = Parameters(
      joint16: [bars[0], bars[1] - bars[0] - 1, bars[2] - bars[1] - 1, 18 - bars[2]])
    let (x, y, joint) = p.entropies
    return objection(to: p) == nil && x + y - joint >= 0.04 ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(0...16, "joint16", p.joint16, count: 4)
      ?? unless(p.joint16.sum == 16, "the counts of joint16 add up to 16")
      ?? unless(!(p.x + p.y).contains(0), "both bits must be able to be 0 and 1")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let (x, y, joint) = p.entropies
    key.write(key.number(x) + y - key.number(joint))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As the divergence of the joint distribution from the product of the marginals.
    let information = (0..<4).reduce(0.0) { sum, cell in
      let (joint, product) = (Double(p.joint16[cell]), Double(p.x[cell / 2] * p.y[cell % 2]))
      return joint == 0 ? sum : sum + joint / 16 * Elementary.log(16 * joint / product)
    }
    let (x, y) = (Double(p.x[0]) / 16, Parameters.entropy(p.y))
    let bit = -(x * Elementary.log(x) + (1 - x) * Elementary.log(1 - x)) / Elementary.log(2)
    let bits = information / Elementary.log(2)
    return AnswerKey(bit, bit + y - bits, bits)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (x, y, joint) = p.entropies
    Mistake("joint-entropy", "I", joint)
    Mistake("nats", "I", (x + y - joint) * Elementary.log(2))
    Mistake("conditional-entropy", "I", joint - x)
    Mistake("sum-of-marginals", "I", x + y)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let cells: [Prose] = p.joint16.map { "$\\frac{\($0)}{16}$" }
    "Two bits have the joint probabilities"
    Block.table(
      header: ["", "$Y = 0$", "$Y = 1$"],
      rows: [["$X = 0$", cells[0], cells[1]], ["$X = 1$", cells[2], cells[3]]])
    "Answer in bits."
    ask("HX", "$H(X)$")
    ask("HXY", "$H(X, Y)$")
    ask("I", "the mutual information $I(X; Y)$")
  }

  /// The entropy of sixteenths written out.
  private static func sum(_ counts: [Int]) -> String {
    counts.filter { $0 > 0 }.map { "-\\frac{\($0)}{16} \\log_2 \\frac{\($0)}{16}" }.joined(
      separator: " ")
  }

  static func solve(_ p: Parameters) -> Document {
    let (x, y, joint) = p.entropies
    "The marginals are $\(tuple(p.x))$ and $\(tuple(p.y))$ sixteenths:"
    steps(
      "H(X) = \(Self.sum(p.x)) = \(x, decimals: 3)", "H(Y) = \(Self.sum(p.y)) = \(y, decimals: 3)",
      "H(X, Y) = \(Self.sum(p.joint16)) = \(joint, decimals: 3)",
      "I(X; Y) = H(X) + H(Y) - H(X, Y) = \(x + y - joint, decimals: 3)")
  }
}
