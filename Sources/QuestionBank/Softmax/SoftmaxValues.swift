import Calculus
import ExamModel
import Typesetting

/// softmax(z)_i = exp(z_i) / Σ_j exp(z_j), of logarithms, of whole numbers, or along the rows of a matrix.
enum SoftmaxValues: QuestionFamily {
  static let heading = Heading("softmax.values", "Values of a softmax", difficulty: 2)

  enum Mode: String, Codable, Sendable { case log, int, matrix }

  /// In `log` and `matrix` the logits are the logarithms of `n`; in `int` they are `z`.
  struct Parameters: Codable, Sendable, Equatable {
    let mode: Mode
    var n: Numbers?
    var z: [Int]?

    /// One list, or the rows of a matrix.
    enum Numbers: Codable, Sendable, Equatable {
      case list([Int])
      case rows([[Int]])

      init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let list = try? container.decode([Int].self) {
          self = .list(list)
        } else {
          self = .rows(try container.decode([[Int]].self))
        }
      }

      func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .list(let list): try container.encode(list)
        case .rows(let rows): try container.encode(rows)
        }
      }
    }
  }

  /// What the modes come down to.
  private enum Model {
    case logs([Double])
    case integers([Double])
    case rows([[Double]])

    init?(_ p: Parameters) {
      switch (p.mode, p.n, p.z) {
      case (.log, .list(let n)?, nil): self = .logs(n.map(Double.init))
      case (.int, nil, let z?): self = .integers(z.map(Double.init))
      case (.matrix, .rows(let rows)?, nil): self = .rows(rows.map { $0.map(Double.init) })
      default: return nil
      }
    }
  }

  static let leavesPartsOut = true
  static let parts = [
    Part.real("p", .vector, weight: 2),
    Part.real("ratio", dependsOn: ["p"]),
    Part("pExact", .vector, field: "p", tolerance: .decimals(3), weight: 2),
    Part("P", .matrix, field: "p", tolerance: .decimals(3), weight: 2),
  ]

  static let misconceptions: [Misconception] = [
    .core("linear", "Exponentiate before you normalise."),
    .core("not-normalised", "Divide by the sum of the exponentials."),
    .core(
      "max-normalised", "Subtracting the maximum is for stability only; still divide by the sum."),
    .optional(
      "sigmoid-each",
      "The sigmoid treats each logit alone; in a softmax all share one denominator."),
    .optional(
      "negated-exponent",
      "The exponent has a plus sign: the largest logit gets the largest probability."),
    .optional("squared", "That is the softmax of 2z."),
    .optional("base-2", "The base is e, not 2."),
    .core("wrong-axis", "You normalised along the wrong axis: with dim=1 every row sums to 1."),
    .optional("whole-matrix", "Normalise each row on its own, not the whole matrix."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("ratio", because: "it is e to the difference of two small whole numbers")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    switch dice.pick([Mode.log, .log, .int, .matrix]) {
    case .log:
      let n = dice.draw(3, from: [1, 2, 3, 4, 5, 6, 8, 9, 10])
      return Parameters(mode: .log, n: .list(n))
    case .int:
      let z = dice.integers(3, in: -2...3)
      // Equal first logits would make their ratio 1 whatever the rule.
      return z[0] == z[1] || z.sum == 0 ? nil : Parameters(mode: .int, z: z)
    case .matrix:
      let rows = (0..<2).map { _ in dice.draw(3, from: 1...6) }
      return Parameters(mode: .matrix, n: .rows(rows))
    }
  }

  static func objection(to p: Parameters) -> String? {
    switch Model(p) {
    case .logs(let n):
      return n.count >= 2 && n.allSatisfy((1...1000).contains)
        ? nil : "n is a list of two whole numbers or more, from 1 to 1000"
    case .integers(let z):
      return z.count >= 2 && z.allSatisfy((-20...20).contains)
        ? nil : "z is a list of two whole numbers or more, from -20 to 20"
    case .rows(let rows):
      let isRectangle = Set(rows.map(\.count)).count == 1 && (rows.first?.isEmpty == false)
      return isRectangle && rows.joined().allSatisfy((1...1000).contains)
        ? nil : "n is a matrix of whole numbers from 1 to 1000, all rows of one length"
    case nil: return "mode \"log\" takes a list n, \"matrix\" rows n, \"int\" a list z"
    }
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    switch Model(p) {
    case .integers(let z)?:
      let p = key.vector(Elementary.softmax(z))
      key.number(p[0] / p[1])
      key.skip()
      key.skip()
    case .logs(let n)?:
      key.skip()
      key.skip()
      key.vector(shares(n))
      key.skip()
    case .rows(let rows)?:
      key.skip()
      key.skip()
      key.skip()
      key.write(rows.map(shares))
    case nil: break
    }
  }

  /// Each number over the sum of all.
  private static func shares(_ xs: [Double]) -> [Double] {
    let sum = xs.sum
    return xs.map { $0 / sum }
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Each share alone: 1 over the sum of the ratios to it.
    func shares(_ z: [Double]) -> [Double] {
      z.map { own in 1 / z.reduce(0) { $0 + Elementary.exp($1 - own) } }
    }
    func logs(_ n: [Double]) -> [Double] { n.map { Elementary.log($0) } }
    switch Model(p) {
    case .integers(let z)?: return AnswerKey(shares(z), Elementary.exp(z[0] - z[1]), nil, nil)
    case .logs(let n)?: return AnswerKey(nil, nil, shares(logs(n)), nil)
    case .rows(let rows)?: return AnswerKey(nil, nil, nil, rows.map { shares(logs($0)) })
    case nil: return nil
    }
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    switch Model(p) {
    case .integers(let z)?:
      let exponentials = z.map { Elementary.exp($0) }
      return vectorMistakes(part: "p", logits: z, exponentials: exponentials) + [
        Mistake("base-2", "p", .vector(shares(z.map { Double.powerOfTwo(Int($0)) })))
      ]
    case .logs(let n)?:
      return vectorMistakes(part: "pExact", logits: n.map { Elementary.log($0) }, exponentials: n)
        + [Mistake("squared", "pExact", .vector(shares(n.map { $0 * $0 })))]
    case .rows(let rows)?:
      let columns = rows[0].indices.map { column in rows.reduce(0) { $0 + $1[column] } }
      let sum = columns.sum
      return [
        Mistake("wrong-axis", "P", .matrix(rows.map { zip($0, columns).map { $0 / $1 } })),
        Mistake("whole-matrix", "P", .matrix(rows.map { $0.map { $0 / sum } })),
      ]
    case nil: return []
    }
  }

  private static func vectorMistakes(
    part: PartID, logits: [Double], exponentials e: [Double]
  ) -> [Mistake] {
    let largest = e.max() ?? 1
    return [
      Mistake("linear", part, .vector(shares(logits))),
      Mistake("not-normalised", part, .vector(e)),
      Mistake("max-normalised", part, .vector(e.map { $0 / largest })),
      Mistake("sigmoid-each", part, .vector(e.map { $0 / (1 + $0) })),
      Mistake("negated-exponent", part, .vector(shares(e.map { 1 / $0 }))),
    ]
  }

  static func exact(_ p: Parameters) -> [PartID: String] {
    switch Model(p) {
    case .logs(let n)?: ["pExact": fractions(n)]
    case .rows(let rows)?: ["P": "[" + rows.map(fractions).joined(separator: ", ") + "]"]
    default: [:]
    }
  }

  private static func fractions(_ n: [Double]) -> String {
    let sum = Int(n.sum)
    return "[" + n.map { Rational(Int($0), sum).description }.joined(separator: ", ") + "]"
  }

  static func pose(_ p: Parameters) -> Prompt {
    switch Model(p) {
    case .integers(let z)?:
      "Let $z = \(tuple(z))$ and $p = \\softmax(z)$. Give decimals to 3 places."
      ask("p", "$p$, in order and in brackets")
      ask("ratio", "the ratio $p_1 / p_2$")
    case .logs(let n)?:
      let logits = n.map { "\\ln \(plainNumber($0))" }.joined(separator: ", ")
      """
      Let $z = (\(logits))$ and $p = \\softmax(z)$. Give fractions, or decimals to 3 places, in order \
      and in brackets.
      """
      ask("pExact", "$p$")
    case .rows(let rows)?:
      let logits = rows.map { $0.map { "\\ln \(plainNumber($0))" }.joined(separator: " & ") }
      "The matrix of logits"
      Block.formula("Z = \\matrix{\(logits.joined(separator: " \\\\ "))}")
      """
      is passed to `softmax(Z, dim=1)`, where the axes are counted from 0. Give the result row by \
      row, such as `[[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]]`, in fractions or in decimals to 3 places.
      """
      ask("P", "the matrix of probabilities")
    case nil: Prompt([], [])
    }
  }

  static func solve(_ p: Parameters) -> Document {
    switch Model(p) {
    case .integers(let z)?:
      let e = z.map { Elementary.exp($0) }
      let p = Elementary.softmax(z)
      return [
        .paragraph("Exponentiate, add up, divide. The results are positive and sum to 1."),
        .steps([
          "\\exp(z) = \(tuple(e, decimals: 3))",
          "\\sum_j \\exp(z_j) = \(plainNumber(e.sum, decimals: 3))", "p = \(tuple(p, decimals: 3))",
        ]),
        .paragraph("In the ratio the sum cancels, so only the difference of the logits counts:"),
        .steps([
          """
          \\frac{p_1}{p_2} = \\exp(z_1 - z_2) = \\exp(\(plainNumber(z[0] - z[1]))) = \
          \(plainNumber(p[0] / p[1], decimals: 3))
          """
        ]),
      ]
    case .logs(let n)?:
      return [
        .paragraph("Exponentials undo the logarithms; what is left is each number over the sum."),
        .steps([
          "\\exp(z) = \(tuple(n))", "\\sum_j \\exp(z_j) = \(plainNumber(n.sum))",
          "p = (\(shown(n))) = \(tuple(shares(n), decimals: 3))",
        ]),
      ]
    case .rows(let rows)?:
      return [
        .paragraph("Axis 1 runs along a row, so every row is normalised on its own and sums to 1."),
        .steps(
          rows.enumerated().map { index, row in
            "\\text{row \(index + 1)} = (\(shown(row))) = \(tuple(shares(row), decimals: 3))"
          }),
      ]
    case nil: return []
    }
  }

  private static func shown(_ n: [Double]) -> String {
    let sum = plainNumber(n.sum)
    return n.map { "\\frac{\(plainNumber($0))}{\(sum)}" }.joined(separator: ", ")
  }
}

extension Double {
  /// 2 to the power `n`, exact.
  static func powerOfTwo(_ n: Int) -> Double { Double(sign: .plus, exponent: n, significand: 1) }
}
