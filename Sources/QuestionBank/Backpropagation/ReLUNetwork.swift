import ExamModel
import Typesetting

/// A network of two ReLU units with a squared loss, forward and backward.
///
/// dz = dh ∘ [z > 0], dW₁ = dz xᵀ, dx = W₁ᵀ dz.
enum ReLUNetwork: QuestionFamily {
  static let heading = Heading(
    "backprop.relu-mlp", "Backpropagation through a ReLU layer", difficulty: 4, version: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let w1: [[Int]]
    let b1, w2: [Int]
    let b2: Int
    let x: [Int]
    let t: Int

    enum CodingKeys: String, CodingKey {
      case w1 = "W1"
      case b1, w2, b2, x, t
    }

    var z: [Int] { zip(w1, b1).map { dot($0, x) + $1 } }
  }

  static let parts = [
    Part("z", .vector),
    Part("h", .vector, dependsOn: ["z"]),
    Part("y", .number, dependsOn: ["h"]),
    Part("dy", .number, dependsOn: ["y"]),
    Part("dh", .vector, dependsOn: ["dy"]),
    Part("dz", .vector, weight: 2, dependsOn: ["dh"]),
    Part("dW1", .matrix, weight: 2, dependsOn: ["dz"]),
    Part("dx", .vector, weight: 2, dependsOn: ["dz"]),
    Part("dw2", .vector, dependsOn: ["dy", "h"]),
  ]

  static let usualParts: [PartID] = ["z", "y", "dy", "dh", "dz", "dW1", "dx"]

  static let misconceptions: [Misconception] = [
    .core("gate-ignored", "A unit that was off (z below 0) passes no gradient back."),
    .optional(
      "gate-by-gradient-sign", "The gate looks at the sign of z, not at the sign of the gradient."),
    .optional("gate-times-z", "The slope of ReLU is 1 where z is positive, not z itself."),
    .core("no-factor-2", "The derivative of the squared error has a factor 2."),
    .optional("sign", "The residual is prediction minus target; your sign is reversed."),
    .core(
      "weight-not-transposed",
      "Going back uses the transpose: entry j of dx sums W₁[i, j]·dz[i] over the units i."),
    .core("outer-transposed", "Row i of dW₁ belongs to unit i: it is dz[i] times the input x."),
    .optional("gate-ignored-dW1", "The weights of a unit that was off receive no gradient."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let weights = [-3, -2, -1, 1, 2, 3]
    let w1 = (0..<2).map { _ in [dice.pick(weights), dice.pick(weights)] }
    let x = [dice.pick(weights), dice.pick(weights)]
    let b1 = dice.integers(2, in: -2...2)
    let w2 = [dice.pick(weights), dice.pick(weights)]
    let b2 = dice.integer(in: -2...2)
    let z = zip(w1, b1).map { dot($0, x) + $1 }
    let y = zip(z, w2).reduce(b2) { $0 + max($1.0, 0) * $1.1 }
    guard z.count(where: { $0 > 0 }) == 1, !z.contains(0), w1[0][1] != w1[1][0],
      abs(x[0]) != abs(x[1])
    else { return nil }
    return Parameters(
      w1: w1, b1: b1, w2: w2, b2: b2, x: x,
      t: y - dice.pick([-6, -5, -4, -3, -2, -1, 1, 2, 3, 4, 5, 6]))
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "W1", p.w1, rows: 2, columns: 2) ?? within(-100...100, "b1", p.b1, count: 2)
      ?? within(-100...100, "w2", p.w2, count: 2) ?? within(-100...100, "x", p.x, count: 2)
      ?? within(-100...100, "b2", p.b2) ?? within(-10_000_000...10_000_000, "t", p.t)
      ?? unless(!p.z.contains(0), "a unit with z = 0 has no slope: choose other numbers")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let x = p.x.map(Double.init)
    let z = key.vector(p.z.map(Double.init))
    let h = key.vector(z.map { max($0, 0) })
    let y = key.number(zip(h, p.w2).reduce(Double(p.b2)) { $0 + $1.0 * Double($1.1) })
    let dy = key.number(2 * (y - Double(p.t)))
    let dh = key.vector(p.w2.map { dy * Double($0) })
    let dz = key.vector(zip(dh, z).map { $1 > 0 ? $0 : 0 })
    key.matrix(dz.map { slope in x.map { slope * $0 } })
    key.vector((0..<2).map { j in zip(p.w1, dz).reduce(0) { $0 + Double($1.0[j]) * $1.1 } })
    key.write(h.map { dy * $0 })
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Close to the point the loss is a parabola in each variable: central differences with a small
    // step are exact up to rounding.
    func forward(_ w: [[Double]], _ b: [Double], _ w2: [Double], _ x: [Double], dh: [Double])
      -> (z: [Double], h: [Double], y: Double)
    {
      let z = zip(w, b).map { $0[0] * x[0] + $0[1] * x[1] + $1 }
      let h = zip(z, dh).map { max($0, 0) + $1 }
      return (z, h, h[0] * w2[0] + h[1] * w2[1] + Double(p.b2))
    }
    let (w1, b) = (p.w1.map { $0.map(Double.init) }, p.b1.map(Double.init))
    let (w2, x) = (p.w2.map(Double.init), p.x.map(Double.init))
    let at = forward(w1, b, w2, x, dh: [0, 0])
    let step = 1.0 / 1024
    func slope(_ change: (Double) -> Double) -> Double {
      let up = change(step) - Double(p.t)
      let down = change(-step) - Double(p.t)
      return (up * up - down * down) / (2 * step)
    }
    func moved(_ v: [Double], _ i: Int, _ s: Double) -> [Double] {
      var v = v
      v[i] += s
      return v
    }
    return AnswerKey(
      at.z, at.h, at.y, slope { at.y + $0 },
      [0, 1].map { i in slope { s in forward(w1, b, w2, x, dh: moved([0, 0], i, s)).y } },
      [0, 1].map { i in slope { s in forward(w1, moved(b, i, s), w2, x, dh: [0, 0]).y } },
      [0, 1].map { i in
        [0, 1].map { j in
          slope { s in
            var moved = w1
            moved[i][j] += s
            return forward(moved, b, w2, x, dh: [0, 0]).y
          }
        }
      }, [0, 1].map { i in slope { s in forward(w1, b, w2, moved(x, i, s), dh: [0, 0]).y } },
      [0, 1].map { i in slope { s in forward(w1, b, moved(w2, i, s), x, dh: [0, 0]).y } })
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let key = key(p, carrying: .none).values.map { $0?.entries ?? [] }
    let (h, dh, dz) = (key[1], key[4], key[5])
    let x = p.x.map(Double.init)
    Mistake("gate-ignored", "dz", dh)
    Mistake("gate-by-gradient-sign", "dz", dh.map { max($0, 0) })
    Mistake("gate-times-z", "dz", zip(dh, h).map { $0 * $1 })
    Mistake("no-factor-2", "dz", dz.map { $0 / 2 })
    Mistake("sign", "dz", dz.map { -$0 })
    Mistake(
      "weight-not-transposed", "dx", p.w1.map { Double($0[0]) * dz[0] + Double($0[1]) * dz[1] })
    Mistake("outer-transposed", "dW1", x.map { entry in dz.map { entry * $0 } })
    Mistake("gate-ignored-dW1", "dW1", dh.map { slope in x.map { slope * $0 } })
  }

  static func pose(_ p: Parameters) -> Prompt {
    "A network with two hidden units computes"
    steps("z = W_1 x + b_1", "h = \\ReLU(z)", "y = w_2 · h + b_2", "\\text{loss} = (y - t)^2")
    "with"
    Block.formula("W_1 = \(grid(p.w1))")
    steps(
      "b_1 = \(tuple(p.b1)), w_2 = \(tuple(p.w2)), b_2 = \(p.b2), x = \(tuple(p.x)), t = \(p.t)")
    """
    A gradient has the shape of what it belongs to. Give vectors as `[1, 2]` and matrices row by \
    row as `[[1, 2], [3, 4]]`.
    """
    ask("z", "$z$")
    ask("h", "$h$")
    ask("y", "$y$")
    ask("dy", "$\\frac{∂\\text{loss}}{∂y}$")
    ask("dh", "$\\frac{∂\\text{loss}}{∂h}$")
    ask("dz", "$\\frac{∂\\text{loss}}{∂z}$")
    ask("dW1", "$\\frac{∂\\text{loss}}{∂W_1}$")
    ask("dx", "$\\frac{∂\\text{loss}}{∂x}$")
    ask("dw2", "$\\frac{∂\\text{loss}}{∂w_2}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let key = key(p, carrying: .none).values.map { $0?.entries ?? [] }
    let f = { (x: Double) in factor(x) }
    let sums = zip(p.w1, p.b1).map { row, b in
      "\(row[0]) · \(factor(Double(p.x[0]))) + \(factor(Double(row[1]))) · \(factor(Double(p.x[1]))) + \(factor(Double(b)))"
    }
    let dW = key[6]
    "Forward:"
    steps(
      "z = (\(sums[0]), \(sums[1])) = \(tuple(key[0]))", "h = \\ReLU(z) = \(tuple(key[1]))",
      "y = \(p.w2[0]) · \(f(key[1][0])) + \(factor(Double(p.w2[1]))) · \(f(key[1][1])) + \(factor(Double(p.b2))) = \(plainNumber(key[2][0]))"
    )
    "Backward: the gate of ReLU lets the gradient through where $z$ is positive."
    steps(
      "\\frac{∂\\text{loss}}{∂y} = 2 (y - t) = \(plainNumber(key[3][0]))",
      "\\frac{∂\\text{loss}}{∂h} = \(f(key[3][0])) · w_2 = \(tuple(key[4]))",
      "\\frac{∂\\text{loss}}{∂z} = \(tuple(key[5]))",
      "\\frac{∂\\text{loss}}{∂W_1} = \\frac{∂\\text{loss}}{∂z} x^\\top = \\matrix{\(plainNumber(dW[0])) & \(plainNumber(dW[1])) \\\\ \(plainNumber(dW[2])) & \(plainNumber(dW[3]))}",
      "\\frac{∂\\text{loss}}{∂x} = W_1^\\top \\frac{∂\\text{loss}}{∂z} = \(tuple(key[7]))",
      "\\frac{∂\\text{loss}}{∂w_2} = \(f(key[3][0])) · h = \(tuple(key[8]))")
  }
}

/// Σ a_i b_i in whole numbers.
func dot(_ a: [Int], _ b: [Int]) -> Int { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
