import Calculus
import Testing

/// The skip network with weights in node d.
private let network = Tape { t in
  let i = ["wb", "bb", "xa", "wc", "wd", "wd2", "t"].map { t.input($0) }
  let xb = t.name("xb", i[0] * i[2] + i[1])
  let xc = t.name("xc", i[3] * xb)
  let xd = t.name("xd", i[4] * xc + i[5] * xb)
  t.name("L", square(xd - i[6]))
}

@Suite("A tape in symbols") struct TapeSymbolsTests {
  private let inputs: [Double] = [2, -1, 3, -2, 3, 4, 1]

  @Test("gradients as expressions have the values of the gradients as numbers")
  func expressions() {
    let run = network.run(inputs)
    let gradient = run.gradient(of: network["L"])
    let names = ["wb", "bb", "xa", "wc", "wd", "wd2", "t"]
    let point = Dictionary(uniqueKeysWithValues: zip(names, inputs))
    for name in names + ["xb"] {
      let slope = network.slope(of: "L", by: name)
      let at = name == "xb" ? point.merging(["xb": run[network["xb"]]]) { $1 } : point
      #expect((slope.value(at: at) - gradient[network[name]]).magnitude < 1e-9, "\(name): \(slope)")
    }
  }

  @Test("an expression may keep the names of nodes")
  func keeping() throws {
    let slope = network.slope(of: "L", by: "wb", keeping: ["xd"])
    let expected = try Expression(
      parsing: "2*(xd-t)*(wd*wc+wd2)*xa", names: ["xd", "t", "wd", "wc", "wd2", "xa"])
    #expect(Expression.areEqual(slope, expected), "\(slope)")
  }

  @Test("fractions stay fractions, and an exponential leaves them")
  func exact() throws {
    let fractions = [Rational(1, 2), 0, 3, Rational(1, 4), 2, 1, Rational(1, 3)]
    let values = try #require(network.exactValues(fractions))
    #expect(values.contains(Rational(9, 4)))
    let gradient = try #require(network.exactGradient(of: network["L"], fractions))
    let run = network.run(fractions.map(\.value))
    let numeric = run.gradient(of: network["L"])
    for (exact, number) in zip(gradient, numeric.adjoints) {
      #expect((exact.value - number).magnitude < 1e-12)
    }
    let sigmoidal = Tape { t in t.name("L", sigmoid(t.input("u"))) }
    #expect(sigmoidal.exactValues([1]) == nil)
  }

  @Test("lines tell the sweeps with the numbers in")
  func lines() {
    let run = network.run(inputs)
    let text: (Derivation.Line) -> String = { String(decoding: $0, as: UTF8.self) }
    #expect(
      Derivation(network).forwardLines(run).map(text) == [
        "x_b = w_b x_a + b_b = 2 · 3 + (-1) = 5", "x_c = w_c x_b = (-2) · 5 = -10",
        "x_d = w_d x_c + w_{d2} x_b = 3 · (-10) + 4 · 5 = -10",
        "L = (x_d - t)^{2} = ((-10) - 1)^{2} = 121",
      ])
    let backward = Derivation(network).backwardLines(run, of: "L").map(text)
    #expect(
      backward.contains(
        #"\frac{∂L}{∂x_b} = \frac{∂L}{∂x_c} · w_c + \frac{∂L}{∂x_d} · w_{d2} = (-66) · (-2) + (-22) · 4 = 44"#
      ), "\(backward)")
    #expect(backward.first == #"\frac{∂L}{∂x_d} = 2 (x_d - t) = 2 · ((-10) - 1) = -22"#)
  }
}
