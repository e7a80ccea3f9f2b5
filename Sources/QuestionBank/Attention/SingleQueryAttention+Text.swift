import Calculus
import ExamModel
import Typesetting

extension SingleQueryAttention {
  @PromptBuilder static func pose(_ p: Parameters) -> Prompt {
    let isExact = p.mode == .exact
    let unit = isExact ? " · \\ln 2" : ""
    let keys = p.keys.enumerated().map { "k_\($0 + 1) = \(tuple($1.map(Double.init)))\(unit)" }
    let values = p.values.enumerated().map { "v_\($0 + 1) = \(tuple($1.map(Double.init)))" }
    """
    One query attends to \(p.keys.count) keys by scaled dot-product attention with \
    $d_k = \(p.dk)$:
    """
    Block.steps(
      ["q = \(tuple(p.q.map(Double.init)))"] + keys.map { Step("\($0)") }
        + [Step("\(values.joined(separator: ", "))")])
    Block.paragraph(
      isExact
        ? "Give the scores in units of $\\ln 2$, and weights and output as fractions or to 3 decimals."
        : "Give weights and output to 3 decimals.")
    ask("scores", "the raw scores $q · k_j$\(isExact ? ", in units of $\\ln 2$" : "")")
    ask("scaled", "the scaled scores\(isExact ? ", in units of $\\ln 2$" : "")")
    ask("weights", "the attention weights")
    ask("output", "the output vector")
    ask("weightsExact", "the attention weights")
    ask("outputExact", "the output vector")
  }

  static func solve(_ p: Parameters) -> Document {
    let isExact = p.mode == .exact
    let scores = p.scores
    let scaled = scores.map { $0 / p.root }
    let weights = p.weights(scaled)
    let exact = exact(p)
    let root = plainNumber(p.root, decimals: p.root == p.root.rounded() ? nil : 3)
    let weightPart = exact["weightsExact"].map { " = \(fractionTuple($0))" } ?? ""
    let outputPart = exact["outputExact"].map { " = \(fractionTuple($0))" } ?? ""
    let terms = zip(weights, p.values).map { weight, value in
      "\(plainNumber(weight, decimals: 3)) · \(tuple(value.map(Double.init)))"
    }
    return [
      .paragraph(
        "A score is the dot product of the query with a key\(isExact ? ", in units of $\\ln 2$" : "")."
      ),
      .steps([
        "s = \(tuple(scores))",
        "\\frac{s}{\\sqrt{d_k}} = \\frac{s}{\(root)} = \(tuple(scaled, decimals: scaled.allSatisfy { $0 == $0.rounded() } ? nil : 3))",
      ]),
      .paragraph(
        isExact
          ? "Since $\\exp(x · \\ln 2) = 2^x$, the softmax divides powers of two by their sum:"
          : "The softmax turns them into weights that sum to 1:"),
      .steps(["α\(weightPart) = \(tuple(weights, decimals: 3))"]),
      .paragraph("The output mixes the values by these weights:"),
      .steps([
        "\\sum_j α_j v_j = \(terms.joined(separator: " + "))",
        "\\sum_j α_j v_j\(outputPart) = \(tuple(p.mix(weights, p.values), decimals: 3))",
      ]),
    ]
  }

  /// `[2/19, -1]` as a formula: `(\frac{2}{19}, -1)`.
  private static func fractionTuple(_ list: String) -> String {
    let entries = list.dropFirst().dropLast().split(separator: ",").map { entry in
      let pieces = entry.drop { $0 == " " }.split(separator: "/")
      guard pieces.count == 2 else { return String(pieces[0]) }
      let sign = pieces[0].hasPrefix("-") ? "-" : ""
      return "\(sign)\\frac{\(pieces[0].drop { $0 == "-" })}{\(pieces[1])}"
    }
    return "(" + entries.joined(separator: ", ") + ")"
  }
}
