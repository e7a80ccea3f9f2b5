import Calculus
import ExamModel
import Typesetting

extension WeightedSkip {
  @PromptBuilder static func pose(_ p: Parameters) -> Prompt {
    """
    Five nodes stand in a row. A skip connection carries $x_b$ past node c into node d, where \
    it has a weight and a bias of its own:
    """
    Block.figure(.skipNetwork())
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
    ask("xa", "$x_a$")
    ask("xb", "$x_b$")
    ask("xc", "$x_c$")
    ask("xd", "$x_d$")
    ask("xe", "$x_e$")
    ask("loss", "the loss")
    ask("dxe", slope("x_e"))
    ask("dxd", slope("x_d"))
    ask("dxc", slope("x_c"))
    ask("dxb", slope("x_b"))
    ask("dbb", slope("b_b"))
    ask("dwb", slope("w_b"))
    ask("dwc", slope("w_c"))
    ask("dwe", slope("w_e"))
    ask("dwd", slope("w_d"))
    ask("dwd2", slope("w_{d2}"))
    ask("dbd", slope("b_d"))
    ask("dwa", slope("w_a"))
    ask("dx0", slope("x_0"))
  }

  private static func slope(_ variable: String) -> Prose { "$\\frac{∂\\text{loss}}{∂\(variable)}$" }

  static func solve(_ p: Parameters) -> Document {
    let run = model.run(p.inputs.map(Double.init))
    func back(_ names: String...) -> [Step] {
      model.backwardLines(run, of: "loss", wanted: names).map { Step("\($0)") }
    }
    return [
      .paragraph("Forward, node by node:"),
      .steps(model.forwardLines(run).map { Step("\($0)") }),
      .paragraph(
        """
        Backward, edge by edge. Two edges leave $x_b$: to node c with the factor $w_c$, and over the \
        skip to node d with the factor $w_{d2}$. What comes back over them adds up.
        """),
      .steps(back("xe", "xd", "xc", "xb")),
      .paragraph(
        "A bias receives its node's gradient; a weight receives it times what enters the node."),
      .steps(back("bb", "wb", "wc", "we", "wd", "wd2", "bd") + back("xa", "wa", "x0")),
    ]
  }
}
