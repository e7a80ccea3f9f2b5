import Calculus
import ExamModel
import Typesetting

extension WeightedSkip {
  private static let questions = Prompt.ofSkipNetwork(asking: parts)

  @PromptBuilder static func pose(_ p: Parameters) -> Prompt {
    """
    Five nodes stand in a row. A skip connection carries $x_b$ past node c into node d, where \
    it has a weight and a bias of its own:
    """
    Block.figure(.skipNetwork)
    steps(
      "x_a = w_a x_0 + b_a", "x_b = w_b x_a + b_b", "x_c = w_c x_b + b_c",
      "x_d = w_d x_c + b_d + w_{d2} x_b + b_{d2}", "x_e = w_e x_d + b_e",
      "\\text{loss} = (x_e - t)^2")
    "The numbers are"
    steps(
      "w_a = \(p.wa), b_a = \(p.ba), w_b = \(p.wb), b_b = \(p.bb), w_c = \(p.wc), b_c = \(p.bc)",
      "w_d = \(p.wd), b_d = \(p.bd), w_{d2} = \(p.wd2), b_{d2} = \(p.bd2)",
      "w_e = \(p.we), b_e = \(p.be), x_0 = \(p.x0), t = \(p.t)")
    "All answers are whole numbers."
    questions
  }

  @DocumentBuilder static func solve(_ p: Parameters) -> Document {
    let run = model.run(p.inputs)
    "Forward, node by node:"
    derivation.forward(run)
    """
    Backward, edge by edge. Two edges leave $x_b$: to node c with the factor $w_c$, and over the \
    skip to node d with the factor $w_{d2}$. What comes back over them adds up.
    """
    derivation.backward(run, "xe", "xd", "xc", "xb")
    "A bias receives its node's gradient; a weight receives it times what enters the node."
    derivation.backward(run, "bb", "wb", "wc", "we", "wd", "wd2", "bd", "xa", "wa", "x0")
  }
}
