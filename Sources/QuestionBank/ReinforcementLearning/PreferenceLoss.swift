import Calculus
import ExamModel
import Typesetting

/// DPO's loss of one pair: −ln σ(β ((w − w_ref) − (l − l_ref))) (Rafailov et al. 2023).
enum PreferenceLoss: QuestionFamily {
  static let heading = Heading("rl.dpo-loss", "Direct preference optimisation", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let logpW, logpL, refW, refL, beta: Rational
    var margin: Rational { beta * ((logpW - refW) - (logpL - refL)) }
  }

  static let parts = [
    Part.fraction("margin", mayBeObvious: true), Part.real("loss", dependsOn: ["margin"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("reference-forgotten", "Only what changed against the reference model counts."),
    .core("sign", "The preferred answer comes first: its gain minus the other's."),
    .core("beta-forgotten", "The difference is multiplied by β."),
    .optional("refs-added", "The reference's log-probabilities are subtracted."),
    .core("sigma-not-log", "The loss is the negative logarithm of σ(margin)."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    func half(_ dice: inout Dice) -> Rational { Rational(-dice.integer(in: 4...40), 2) }
    let p = Parameters(
      logpW: half(&dice), logpL: half(&dice), refW: half(&dice), refL: half(&dice),
      beta: dice.pick([1, 2, 5], over: 10))
    return p.margin == 0 || p.margin > 4 || p.margin < -4 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    unless(
      [p.logpW, p.logpL, p.refW, p.refL].allSatisfy {
        $0 <= 0 && $0 > -1000 && $0.denominator <= 100
      }, "log-probabilities are not positive") ?? positive("beta", p.beta, upTo: 10)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let margin = key.fraction(p.margin.value)
    key.write(-Elementary.log(Elementary.sigmoid(margin)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // As a softmax over the two implicit rewards.
    let win = p.beta.value * (p.logpW.value - p.refW.value)
    let lose = p.beta.value * (p.logpL.value - p.refL.value)
    return AnswerKey(win - lose, Elementary.log(1 + Elementary.exp(lose - win)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("reference-forgotten", "margin", p.beta * (p.logpW - p.logpL))
    Mistake("sign", "margin", -p.margin)
    Mistake("beta-forgotten", "margin", p.margin / p.beta)
    Mistake("refs-added", "margin", p.beta * ((p.logpW + p.refW) - (p.logpL + p.refL)))
    Mistake("sigma-not-log", "loss", Elementary.sigmoid(p.margin.value))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = [
      ["preferred", "$\(plainNumber(p.logpW.value))$", "$\(plainNumber(p.refW.value))$"],
      ["rejected", "$\(plainNumber(p.logpL.value))$", "$\(plainNumber(p.refL.value))$"],
    ]
    "DPO trains on a pair of answers with these log-probabilities, $w$ of the preferred and $l$ of the rejected one:"
    Block.table(header: ["answer", "policy", "reference"], rows: rows)
    "Let $β = \(plainNumber(p.beta.value))$."
    ask("margin", "the margin $m = β ((w - w_{ref}) - (l - l_{ref}))$")
    ask("loss", "the loss $-\\ln σ(m)$")
  }

  static func solve(_ p: Parameters) -> Document {
    let (win, lose) = (p.logpW - p.refW, p.logpL - p.refL)
    steps(
      "m = \(fraction(p.beta)) (\(fraction(win)) - \(factor(lose))) = \(shown(p.margin))",
      "-\\ln σ(m) = \(-Elementary.log(Elementary.sigmoid(p.margin.value)), decimals: 3)")
  }
}
