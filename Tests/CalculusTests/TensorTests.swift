import Calculus
import Testing

@Suite("Tensors on a tape") struct TensorTests {
  private let shape = [2, 3]
  private let at: [Double] = [0.3, -1.2, 0.8, 1.5, 0.1, -0.7]

  /// A weighted sum of the entries, so that every one of them counts.
  private func total(_ tensor: Tape.Tensor) -> Term {
    tensor.terms.enumerated().dropFirst().reduce(tensor.terms[0]) {
      $0 + $1.element * Double($1.offset + 1)
    }
  }

  @Test(
    "gradients are what differences tend to",
    arguments: [
      "softmax", "logSumExp", "max", "mean", "product", "transpose", "broadcast", "masked", "tanh",
    ])
  func gradients(_ operation: String) {
    let tape = Tape { t in
      let x = t.input("x", shape: shape)
      let y: Tape.Tensor =
        switch operation {
        case "softmax": x.softmax(axis: 1)
        case "logSumExp": x.logSumExp(axis: 0)
        case "max": x.max(axis: 1)
        case "mean": x.mean(axis: 0)
        case "product": x.times(x.transposed)
        case "transpose": x.transposed * x.reshaped([3, 2])
        case "broadcast": x * x.sum(axis: 1) - x.mean(axis: 0)
        case "masked": x.softmax(axis: 1, keeping: [true, true, false, true, false, true])
        default: x.map { tanh($0) }
        }
      t.name("total", total(y))
    }
    func value(_ inputs: [Double]) -> Double { tape.run(inputs)[tape["total"]] }
    let gradient = tape.run(at).gradient(of: tape["total"])
    for (index, node) in tape.nodes("x", shape: shape).enumerated() {
      var (up, down) = (at, at)
      up[index] += 1e-6
      down[index] -= 1e-6
      let slope = (value(up) - value(down)) / 2e-6
      #expect((slope - gradient[node]).magnitude < 1e-6, "\(operation) entry \(index)")
    }
  }

  @Test("rows of a softmax sum to one, large logits included, and masked weights are zero")
  func softmax() {
    let tape = Tape { t in
      let x = t.input("x", shape: [2, 3])
      t.name("p", x.softmax(axis: 1))
      t.name("m", x.softmax(axis: 1, keeping: [true, false, true, true, true, false]))
    }
    let large = tape.run([1000, 999, 998, -5, 0, 5])
    let p = tape.nodes("p", shape: [2, 3]).map { large[$0] }
    #expect((p[0] + p[1] + p[2] - 1).magnitude < 1e-12 && p.allSatisfy(\.isFinite))
    let small = tape.run([1, 2, 3, 0, 1, 2])
    let masked = tape.nodes("m", shape: [2, 3]).map { small[$0] }
    #expect(masked[1] == 0 && masked[5] == 0 && (masked[0] + masked[2] - 1).magnitude < 1e-12)
  }

  @Test("products of matrices and their gradients stay fractions")
  func exact() throws {
    let tape = Tape { t in
      let (a, b) = (t.input("a", shape: [1, 2]), t.input("b", shape: [2, 1]))
      t.name("c", a.times(b))
    }
    let inputs = [Rational(1, 2), Rational(1, 3), Rational(3, 4), 2]
    let gradient = try #require(tape.exactGradient(of: tape["c[0,0]"], inputs))
    let values = try #require(tape.exactValues(inputs))
    #expect(values.contains(Rational(25, 24)))
    #expect(gradient.contains(Rational(3, 4)) && gradient.contains(Rational(1, 3)))
  }
}
