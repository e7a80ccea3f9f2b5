import Calculus
import ExamModel
import Typesetting

/// What a softmax keeps and what it does not.
enum SoftmaxInvariance: StatementFamily {
  static let heading = Heading("softmax.invariance", "What a softmax keeps", difficulty: 2)

  static let misconceptions: [Misconception] = [
    .optional("all-true", "Try two logits, say 0 and 1: some of these fail already there."),
    .optional("scales", "Only shifts cancel; doubling the logits sharpens the distribution."),
    .optional("independent", "The probabilities share one sum: when one rises, all others fall."),
    .optional(
      "idempotent", "Probabilities as logits lie close together, so a second softmax is flatter."),
  ]

  static let statements = [
    Statement("softmax(z + c) = softmax(z)", true, "the factor exp(c) cancels"),
    Statement("softmax(2z) = softmax(z)", false, "doubling sharpens", slip: "scales"),
    Statement("softmax(-z) reverses the ranking", true, "exp(-z) falls where exp(z) rises"),
    Statement("the ratio p_i/p_j depends only on z_i - z_j", true, "it is the exponential of it"),
    Statement(
      "raising one logit leaves the other probabilities unchanged", false, "the sum grows",
      slip: "independent"),
    Statement("raising one logit lowers every other probability", true, "the sum grows"),
    Statement(
      "raising one logit keeps the ratios of the others", true, "their logits stay the same"),
    Statement(
      "softmax(softmax(z)) = softmax(z)", false, "the second one is flatter", slip: "idempotent"),
    Statement(
      "all probabilities lie strictly between 0 and 1", true, "each is a positive part of the sum"),
  ]

  /// Logits with nothing special about them.
  static func secondKey(_ p: Parameters) -> AnswerKey? {
    let z = [0.3, -1.1, 2.0]
    let soft = Elementary.softmax(z)
    let raised = Elementary.softmax([0.3, -1.1, 2.9])
    func near(_ a: [Double], _ b: [Double]) -> Bool {
      zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-12 }
    }
    let holds = [
      near(Elementary.softmax(z.map { $0 + 5 }), soft),
      near(Elementary.softmax(z.map { 2 * $0 }), soft),
      Elementary.softmax(z.map { -$0 }).enumerated().sorted { $0.element > $1.element }.map(
        \.offset)
        == [1, 0, 2],
      near([soft[0] / soft[1]], [Elementary.exp(z[0] - z[1])]), near([raised[0]], [soft[0]]),
      raised[0] < soft[0] && raised[1] < soft[1],
      near([raised[0] / raised[1]], [soft[0] / soft[1]]), near(Elementary.softmax(soft), soft),
      soft.allSatisfy { $0 > 0 && $0 < 1 },
    ]
    let proven = zip(statements, holds).filter { $0.1 }.map(\.0.text)
    return AnswerKey(AnswerValue.choices(p.statements.filter(proven.contains)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    $z$ is any vector of at least two different finite logits, $c$ any number, and \
    $p = \\operatorname{softmax}(z)$.
    """
    ask("true", "the letters of all statements that always hold, or `none`")
  }
}
