import Testing

@testable import Calculus

@Suite("The tape") struct TapeTests {
  /// A chain with a skip: x₀ → a → b → c → d → e, and b → d.
  static let chain = Tape { t in
    let x0 = t.input("x0")
    let (wa, wb, wc) = (t.input("wa"), t.input("wb"), t.input("wc"))
    let (wd, wd2, we) = (t.input("wd"), t.input("wd2"), t.input("we"))
    let target = t.input("t")
    let xa = t.name("xa", wa * x0 + 1)
    let xb = t.name("xb", wb * xa - 2)
    let xc = t.name("xc", wc * xb + 0.5)
    let xd = t.name("xd", wd * xc + wd2 * xb)
    let xe = t.name("xe", we * xd)
    t.name("loss", square(xe - target))
  }
  static let chainInputs: [Double] = [1, 2, 3, -1, 2, 4, -2, 5]

  static let neuron = Tape { t in
    let (w0, x0, w1) = (t.input("w0"), t.input("x0"), t.input("w1"))
    let u = t.name("u", w0 * x0 + w1)
    t.name("L", sigmoid(-u))
  }

  @Test func evaluatesForward() {
    let run = Self.chain.run(Self.chainInputs)
    // xa = 2·1 + 1, xb = 3·3 − 2, xc = −7 + 0.5, xd = 2·−6.5 + 4·7, xe = −2·15, (−30 − 5)²
    let values = ["xa", "xb", "xc", "xd", "xe", "loss"].map { run[Self.chain[$0]] }
    #expect(values == [3, 7, -6.5, 15, -30, 1225])
  }

  @Test func differentiatesBackward() {
    let gradient = Self.chain.run(Self.chainInputs).gradient(of: Self.chain["loss"])
    // dL/dxe = −70; dL/dxd = 140; dL/dxc = 280; dL/dxb = 140·4 + 280·−1; dL/dxa = 280·3
    let slopes = ["xe", "xd", "xc", "xb", "xa", "x0", "wa", "wd2", "t"].map {
      gradient[Self.chain[$0]]
    }
    #expect(slopes == [-70, 140, 280, 280, 840, 1680, 840, 980, 70])
  }

  @Test("neuron's slopes are the closed form", arguments: 0..<100 as Range<UInt64>)
  func closedForm(seed: UInt64) {
    var random = Scatter(seed)
    let (w0, x0, w1) = (
      random.double(in: -2...2), random.double(in: -2...2), random.double(in: -2...2)
    )
    let gradient = Self.neuron.run([w0, x0, w1]).gradient(of: Self.neuron["L"])
    let e = Elementary.exp(w0 * x0 + w1)
    let slope = -e / ((1 + e) * (1 + e))
    #expect((gradient[Self.neuron["u"]] - slope).magnitude < 1e-15)
    #expect((gradient[Self.neuron["w0"]] - slope * x0).magnitude < 1e-15)
    #expect((gradient[Self.neuron["x0"]] - slope * w0).magnitude < 1e-15)
  }

  /// Every operation at least once, each smooth at the points drawn.
  static let everything: [(name: String, tape: Tape)] = [
    ("division", Tape { t in t.name("y", t.input("a") / (1.5 + t.input("b"))) }),
    ("logarithm", Tape { t in t.name("y", log(square(t.input("a")) + t.input("b"))) }),
    ("power", Tape { t in t.name("y", t.input("a").power(3) - t.input("b").power(-2)) }),
    (
      "softmax",
      Tape { t in
        let (a, b) = (exp(t.input("a")), exp(t.input("b")))
        t.name("y", -log(a / (a + b + 1)))
      }
    ),
    ("tanh", Tape { t in t.name("y", tanh(t.input("a") - 2 * t.input("b")) / 3) }),
    (
      "relu",
      Tape { t in
        let (a, b) = (t.input("a"), t.input("b"))
        t.name("y", relu(a * b) + 2 * relu(-a) - relu(1 - b) * 3)
      }
    ),
    (
      "reuse",
      Tape { t in
        let (a, b) = (t.input("a"), t.input("b"))
        let s = sigmoid(a * b)
        t.name("y", square(s) * a + s * s - (2 - s) + (b - 0.25))
      }
    ),
  ]

  @Test("slopes agree with finite differences", arguments: 0..<50 as Range<UInt64>)
  func finiteDifferences(seed: UInt64) {
    var random = Scatter(seed)
    let inputs = [random.double(in: 0.2...0.9), random.double(in: 0.2...0.9)]
    for (name, tape) in Self.everything {
      let y = tape["y"]
      let gradient = tape.run(inputs).gradient(of: y)
      for (position, input) in tape.inputs.enumerated() {
        let h = 1e-5
        var (above, below) = (inputs, inputs)
        above[position] += h
        below[position] -= h
        let quotient = (tape.run(above)[y] - tape.run(below)[y]) / (2 * h)
        let scale = max(1, quotient.magnitude)
        #expect((gradient[input] - quotient).magnitude < 1e-6 * scale, "\(name), \(position)")
      }
    }
  }

  @Test func aReplacedOutputSetsTheSlope() {
    let (u, loss) = (Self.neuron["u"], Self.neuron["L"])
    let run = Self.neuron.run([0.5, -1, 2], replacing: [(loss, 0.3)])
    #expect(run[loss] == 0.3)
    #expect(run[u] == 1.5)
    #expect((run.gradient(of: loss)[u] + 0.21).magnitude < 1e-15)
  }

  @Test func aReplacedValueIsUsedByAllThatFollows() {
    let chain = Self.chain
    let run = chain.run(Self.chainInputs, replacing: [(chain["xb"], 9), (chain["xb"], 10)])
    let values = ["xa", "xb", "xc", "xd", "xe", "loss"].map { run[chain[$0]] }
    #expect(values == [3, 10, -9.5, 21, -42, 2209])
    // dL/dwd2 = dL/dxd · xb, with the replaced xb
    #expect(run.gradient(of: chain["loss"])[chain["wd2"]] == 2 * -47 * -2 * 10)
  }

  @Test func aReplacedSlopeChangesExactlyWhatLiesFurtherBack() {
    let chain = Self.chain
    let run = chain.run(Self.chainInputs)
    let plain = run.gradient(of: chain["loss"])
    let replaced = run.gradient(of: chain["loss"], replacing: [(chain["xb"], 1)])
    let names = ["x0", "wa", "wb", "wc", "wd", "wd2", "we", "t", "xa", "xb", "xc", "xd", "xe"]
    let changed = names.filter { plain[chain[$0]] != replaced[chain[$0]] }
    #expect(changed == ["x0", "wa", "wb", "xa", "xb"])
    #expect(replaced[chain["xa"]] == 3)
    #expect(replaced[chain["wb"]] == 3)
  }

  @Test func aSlopeOfTheRootItselfCanBeReplaced() {
    let chain = Self.chain
    let run = chain.run(Self.chainInputs)
    let doubled = run.gradient(of: chain["loss"], replacing: [(chain["loss"], 2)])
    #expect(doubled[chain["xe"]] == -140)
    let later = run.gradient(of: chain["xb"], replacing: [(chain["xe"], 7)])
    #expect(later.adjoints == run.gradient(of: chain["xb"]).adjoints)
  }

  @Test func edgesFollowFloatingPointRules() {
    let tape = Tape { t in
      let a = t.input("a")
      t.name("ratio", 1 / a)
      t.name("log", log(a))
      t.name("other", relu(a) + 3)
    }
    let run = tape.run([0])
    #expect(run[tape["ratio"]] == .infinity)
    #expect(run[tape["log"]] == -.infinity)
    #expect(run.gradient(of: tape["other"])[tape["a"]] == 0)
    #expect(tape.run([.nan])[tape["other"]].isNaN)
  }

  @Test func inputsKeepTheirOrderAndNames() {
    #expect(Self.neuron.inputs == ["w0", "x0", "w1"].map { Self.neuron[$0] })
    #expect(Self.neuron.count == 7)
  }

  @Test func mistakesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = TapeTests.neuron["v"] }
    await #expect(processExitsWith: .failure) { _ = TapeTests.neuron.run([1]) }
    await #expect(processExitsWith: .failure) {
      _ = Tape { t in t.name("w", t.input("w")) }
    }
  }
}
