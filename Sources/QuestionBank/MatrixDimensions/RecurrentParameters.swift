import ExamModel
import Typesetting

/// Parameters of a recurrent layer: one block of weights and two biases for each gate.
enum RecurrentParameters: QuestionFamily {
  static let heading = Heading(
    "matdim.rnn-params", "Parameters of a recurrent layer", difficulty: 3)

  enum Kind: String, Codable, Sendable, CaseIterable {
    case rnn = "RNN"
    case lstm = "LSTM"
    case gru = "GRU"
    var gates: Int { self == .rnn ? 1 : self == .lstm ? 4 : 3 }
    var wrongGates: Int { self == .lstm ? 3 : 4 }
  }

  struct Parameters: Codable, Sendable, Equatable {
    let kind: Kind
    let input, hidden: Int

    func count(gates: Int, biases: Int) -> Int {
      gates * (hidden * input + hidden * hidden + biases * hidden)
    }
  }

  static let parts = [Part("params", .integer)]

  static let misconceptions: [Misconception] = [
    .core(
      "single-bias",
      "PyTorch keeps two bias vectors for each gate, b_ih and b_hh; textbooks have one."),
    .core("no-recurrent", "The previous hidden state has weights of its own: h · h for each gate."),
    .core("no-bias", "The biases are missing: two of size h for each gate."),
    .core("wrong-gates", "A plain RNN has one block of weights, a GRU three, an LSTM four."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      kind: dice.pick(Kind.allCases), input: dice.integer(in: 3...20),
      hidden: dice.integer(in: 4...32))
    return p.input == p.hidden ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...100_000, "input and hidden", p.input, p.hidden)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.count(gates: p.kind.gates, biases: 2))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The four tensors that PyTorch lists: weight_ih, weight_hh, bias_ih, bias_hh.
    let rows = p.kind.gates * p.hidden
    return AnswerKey([rows * p.input, rows * p.hidden, rows, rows].sum)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let gates = p.kind.gates
    Mistake("single-bias", "params", p.count(gates: gates, biases: 1))
    Mistake("no-recurrent", "params", gates * (p.hidden * p.input + 2 * p.hidden))
    Mistake("no-bias", "params", p.count(gates: gates, biases: 0))
    Mistake("wrong-gates", "params", p.count(gates: p.kind.wrongGates, biases: 2))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    `nn.\(p.kind.rawValue)(\(p.input), \(p.hidden))` of PyTorch is one recurrent layer with \
    \(p.input) inputs and \(p.hidden) hidden units. For each gate it keeps two bias vectors.
    """
    ask("params", "the number of its parameters")
  }

  static func solve(_ p: Parameters) -> Document {
    let (g, i, h) = (p.kind.gates, p.input, p.hidden)
    "\(p.kind == .rnn ? "An RNN has one block" : "A layer of this kind has \(g) blocks") of weights:"
    steps(
      "G (h i + h^2 + 2 h) = \(g) · (\(h) · \(i) + \(h)^2 + 2 · \(h))",
      "= \(g) · \(h * i + h * h + 2 * h) = \(p.count(gates: g, biases: 2))")
  }
}
