import ExamModel
package import Typesetting

extension WeightedSkip {
  package static func pose(_ p: Parameters) -> Prompt {
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

  package static func solve(_ p: Parameters) -> Document {
    let key = key(p, carrying: .none).values.map { Int($0?.entries.first ?? 0) }
    let (xa, xb, xc, xd, xe) = (key[0], key[1], key[2], key[3], key[4])
    let (dxe, dxd, dxc, dxb) = (key[6], key[7], key[8], key[9])
    let f = { (n: Int) in factor(Double(n)) }
    return [
      .paragraph("Forward, node by node:"),
      .steps([
        "x_a = \(p.wa) · \(f(p.x0)) + \(f(p.ba)) = \(xa)",
        "x_b = \(p.wb) · \(f(xa)) + \(f(p.bb)) = \(xb)",
        "x_c = \(p.wc) · \(f(xb)) + \(f(p.bc)) = \(xc)",
        "x_d = \(p.wd) · \(f(xc)) + \(f(p.bd)) + \(f(p.wd2)) · \(f(xb)) + \(f(p.bd2)) = \(xd)",
        "x_e = \(p.we) · \(f(xd)) + \(f(p.be)) = \(xe)",
        "\\text{loss} = (\(xe) - \(f(p.t)))^2 = \(key[5])",
      ]),
      .paragraph(
        """
        Backward, edge by edge. Two edges leave $x_b$: through node c with the factor $w_d w_c$, and \
        over the skip with the factor $w_{d2}$. What comes back over them adds up.
        """),
      .steps([
        "\\frac{∂\\text{loss}}{∂x_e} = 2 (x_e - t) = \(dxe)",
        "\\frac{∂\\text{loss}}{∂x_d} = \(f(dxe)) · w_e = \(f(dxe)) · \(f(p.we)) = \(dxd)",
        "\\frac{∂\\text{loss}}{∂x_c} = \(f(dxd)) · w_d = \(f(dxd)) · \(f(p.wd)) = \(dxc)",
        """
        \\frac{∂\\text{loss}}{∂x_b} = \(f(dxd)) · (w_d w_c + w_{d2}) = \
        \(f(dxd)) · (\(p.wd) · \(f(p.wc)) + \(f(p.wd2))) = \(dxb)
        """,
      ]),
      .paragraph(
        "A bias receives its node's gradient; a weight receives it times what enters the node."),
      .steps([
        "\\frac{∂\\text{loss}}{∂b_b} = \(key[10])",
        "\\frac{∂\\text{loss}}{∂w_b} = \(f(dxb)) · x_a = \(f(dxb)) · \(f(xa)) = \(key[11])",
        "\\frac{∂\\text{loss}}{∂w_c} = \(f(dxc)) · x_b = \(f(dxc)) · \(f(xb)) = \(key[12])",
        "\\frac{∂\\text{loss}}{∂w_e} = \(f(dxe)) · x_d = \(f(dxe)) · \(f(xd)) = \(key[13])",
        "\\frac{∂\\text{loss}}{∂w_d} = \(f(dxd)) · x_c = \(f(dxd)) · \(f(xc)) = \(key[14])",
        "\\frac{∂\\text{loss}}{∂w_{d2}} = \(f(dxd)) · x_b = \(f(dxd)) · \(f(xb)) = \(key[15])",
        "\\frac{∂\\text{loss}}{∂b_d} = \(key[16])",
        "\\frac{∂\\text{loss}}{∂w_a} = \(f(dxb)) · w_b · x_0 = \(f(dxb)) · \(f(p.wb)) · \(f(p.x0)) = \(key[17])",
        "\\frac{∂\\text{loss}}{∂x_0} = \(f(dxb)) · w_b · w_a = \(f(dxb)) · \(f(p.wb)) · \(f(p.wa)) = \(key[18])",
      ]),
    ]
  }
}
