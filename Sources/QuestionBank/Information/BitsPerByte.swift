import Calculus
import ExamModel
import Typesetting

/// Loss per token, in nats, as bits per byte and as perplexity.
enum BitsPerByte: QuestionFamily {
  static let heading = Heading("info.bits-per-byte", "Bits per byte", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let ceNats: Double
    let tokens, bytes: Int
    var tokensPerByte: Double { Double(tokens) / Double(bytes) }
    var bits: Double { ceNats / Elementary.log(2) }
  }

  static let parts = [Part.real("bpb"), Part.real("ppl", to: 2)]

  static let misconceptions: [Misconception] = [
    .core("no-ln2", "A nat is 1 / ln 2 bits: divide by ln 2."),
    .core("ratio-inverted", "Per byte: times tokens, divided by bytes."),
    .core("times-ln2", "Nats become bits by dividing by ln 2, not by multiplying."),
    .core("per-token", "Those are bits per token; spread them over the bytes."),
    .core("2-to-nats", "The loss is in nats, so the perplexity is a power of e."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    Parameters(
      ceNats: Double(dice.integer(in: 16...36)) / 10,
      tokens: dice.pick([1000, 2000, 2500, 4000, 5000]),
      bytes: dice.pick([4000, 8000, 10000, 16000, 20000]))
  }

  static func objection(to p: Parameters) -> String? {
    p.ceNats > 0 && p.ceNats < 20 && (1...1_000_000_000).contains(p.tokens)
      && (1...1_000_000_000).contains(p.bytes)
      ? nil : "ceNats lies between 0 and 20, tokens and bytes are positive"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.bits * p.tokensPerByte, Elementary.exp(p.ceNats))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The whole text's surprise in bits first; the perplexity as a power of 2.
    let bits = p.ceNats * Double(p.tokens) * 1.4426950408889634
    return AnswerKey(bits / Double(p.bytes), Elementary.exp(p.bits * 0.6931471805599453))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    Mistake("no-ln2", "bpb", p.ceNats * p.tokensPerByte)
    Mistake("ratio-inverted", "bpb", p.bits / p.tokensPerByte)
    Mistake("times-ln2", "bpb", p.ceNats * Elementary.log(2) * p.tokensPerByte)
    Mistake("per-token", "bpb", p.bits)
    Mistake("2-to-nats", "ppl", Elementary.exp(p.ceNats * Elementary.log(2)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A language model has a mean cross-entropy of $\(p.ceNats)$ nats per token on a text of \
    \(p.tokens) tokens and \(p.bytes) bytes.
    """
    ask("bpb", "its loss in bits per byte")
    ask("ppl", "its perplexity per token, to 2 decimals")
  }

  static func solve(_ p: Parameters) -> Document {
    steps(
      "\\frac{\(p.ceNats)}{\\ln 2} = \(p.bits, decimals: 4) \\text{ bits per token}",
      "\(p.bits, decimals: 4) · \\frac{\(p.tokens)}{\(p.bytes)} = \(p.bits * p.tokensPerByte, decimals: 3) \\text{ bits per byte}",
      "e^{\(p.ceNats)} = \(Elementary.exp(p.ceNats), decimals: 2)")
  }
}
