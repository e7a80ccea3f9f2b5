import Calculus
import ExamModel
import Typesetting

extension WeightedSkip {
  static func pose(_ p: Parameters) -> Prompt {
    Prompt(
      [
        .paragraph(
          """
          Five nodes stand in a row. A skip connection carries $x_b$ past node c into node d, where \
          it has a weight and a bias of its own:
          """),
        .figure(.skipNetwork()),
        .steps([
          "x_a = w_a x_0 + b_a", "x_b = w_b x_a + b_b", "x_c = w_c x_b + b_c",
          "x_d = w_d x_c + b_d + w_{d2} x_b + b_{d2}", "x_e = w_e x_d + b_e",
          "\\text{loss} = (x_e - t)^2",
        ]),
        .paragraph("The numbers are"),
        .steps([
          "w_a = \(p.wa), b_a = \(p.ba), w_b = \(p.wb), b_b = \(p.bb), w_c = \(p.wc), b_c = \(p.bc)",
          "w_d = \(p.wd), b_d = \(p.bd), w_{d2} = \(p.wd2), b_{d2} = \(p.bd2)",
          "w_e = \(p.we), b_e = \(p.be), x_0 = \(p.x0), t = \(p.t)",
        ]),
        .paragraph("All answers are whole numbers."),
      ],
      [
        .init("xa", "$x_a$"), .init("xb", "$x_b$"), .init("xc", "$x_c$"), .init("xd", "$x_d$"),
        .init("xe", "$x_e$"), .init("loss", "the loss"),
        .init("dxe", slope("x_e")), .init("dxd", slope("x_d")), .init("dxc", slope("x_c")),
        .init("dxb", slope("x_b")), .init("dbb", slope("b_b")), .init("dwb", slope("w_b")),
        .init("dwc", slope("w_c")), .init("dwe", slope("w_e")), .init("dwd", slope("w_d")),
        .init("dwd2", slope("w_{d2}")), .init("dbd", slope("b_d")), .init("dwa", slope("w_a")),
        .init("dx0", slope("x_0")),
      ])
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
