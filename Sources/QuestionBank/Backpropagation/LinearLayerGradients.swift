import ExamModel
import Typesetting

/// Gradients of a linear layer over a batch, from the gradient of its output.
///
/// For Y = XW + b: dW = XᵀG, dX = GWᵀ, db = column sums of G; PyTorch's weight is Wᵀ.
enum LinearLayerGradients: QuestionFamily {
  static let heading = Heading(
    "backprop.linear-layer-matrix", "Matrix gradients of a linear layer", difficulty: 3)

  enum Layout: String, Codable, Sendable { case maths, torch }

  /// `W` is in × out in both layouts; the torch layout shows and asks for its transpose.
  struct Parameters: Codable, Sendable, Equatable {
    let layout: Layout
    let x, w, g: [[Int]]

    enum CodingKeys: String, CodingKey {
      case layout
      case x = "X"
      case w = "W"
      case g = "G"
    }

    var stored: [[Int]] { layout == .torch ? transposed(w) : w }
    var dW: [[Int]] {
      let gradient = product(transposed(x), g)
      return layout == .torch ? transposed(gradient) : gradient
    }
    var dX: [[Int]] { product(g, transposed(w)) }
    var db: [Int] { transposed(g).map { $0.sum } }
  }

  static let parts = [
    Part("shapeW", .shape), Part("shapeX", .shape), Part("shapeB", .shape),
    Part("dW", .matrix, weight: 2), Part("dX", .matrix, weight: 2), Part("db", .vector),
  ]

  static let misconceptions: [Misconception] = [
    .core("transposed", "A gradient has the shape of what it belongs to: transpose yours."),
    .core(
      "bias-not-summed",
      "The bias was added to every sample of the batch, so its gradient sums over the rows."),
    .core("bias-mean", "Sum over the samples; nothing divides unless the loss does."),
    .core("mean-over-batch", "Do not divide by the batch: G already belongs to the whole loss."),
    .optional(
      "bias-summed-over-features", "Sum over the samples (rows), one number for each output."),
    .optional(
      "upstream-shape", "That is the shape of the output; the gradient of W has the shape of W."),
    .optional("dX-not-transposed", "Going back multiplies by the other orientation of W."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "shapeW", "shapeX", "shapeB",
      because: "matrices that are multiplied by hand have one to three rows and columns")
  ]

  private static let sizes = [
    (3, 3, 2), (3, 2, 2), (2, 2, 3), (3, 2, 1), (2, 3, 1), (2, 2, 2), (2, 3, 2),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (n, width, out) = dice.pick(sizes)
    func matrix(_ rows: Int, _ columns: Int) -> [[Int]] {
      (0..<rows).map { _ in dice.picks(columns, from: [-3, -2, -1, 1, 2, 3]) }
    }
    let p = Parameters(
      layout: dice.oneIn(2) ? .maths : .torch, x: matrix(n, width), w: matrix(width, out),
      g: matrix(n, out))
    return p.db.contains(0) || (width == out && p.dW == transposed(p.dW)) ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    func isMatrix(_ m: [[Int]]) -> Bool {
      (1...8).contains(m.count) && Set(m.map(\.count)).count == 1 && (1...8).contains(m[0].count)
        && m.joined().allSatisfy((-1000...1000).contains)
    }
    guard isMatrix(p.x), isMatrix(p.w), isMatrix(p.g) else {
      return "X, W and G are matrices of at most 8 rows and columns with entries from -1000 to 1000"
    }
    guard p.x[0].count == p.w.count else { return "X has as many columns as W has rows" }
    return p.g.count == p.x.count && p.g[0].count == p.w[0].count ? nil : "G has the shape of XW"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(.shape([p.stored.count, p.stored[0].count]))
    key.write(.shape([p.x.count, p.x[0].count]))
    key.write(.shape([p.w[0].count]))
    key.write(p.dW)
    key.write(p.dX)
    key.write(p.db)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Σ G∘Y is linear in each entry: moving one by 1 changes it by its gradient.
    func total(_ x: [[Int]], _ w: [[Int]], _ b: [Int]) -> Int {
      let y = product(x, w).map { zip($0, b).map { $0 + $1 } }
      return zip(y, p.g).reduce(0) { $0 + dot($1.0, $1.1) }
    }
    let b = p.w[0].map { _ in 0 }
    let base = total(p.x, p.w, b)
    func gradient(_ m: [[Int]], _ value: ([[Int]]) -> Int) -> [[Double]] {
      m.indices.map { i in
        m[i].indices.map { j in
          var moved = m
          moved[i][j] += 1
          return Double(value(moved) - base)
        }
      }
    }
    let dW =
      p.layout == .maths
      ? gradient(p.w) { total(p.x, $0, b) } : gradient(p.stored) { total(p.x, transposed($0), b) }
    return AnswerKey(
      AnswerValue.shape([dW.count, dW[0].count]), AnswerValue.shape([p.x.count, p.w.count]),
      AnswerValue.shape([b.count]), dW, gradient(p.x) { total($0, p.w, b) },
      gradient([b]) { total(p.x, p.w, $0[0]) }[0])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let n = Double(p.x.count)
    Mistake("transposed", "dW", transposed(p.dW))
    Mistake("mean-over-batch", "dW", p.dW.map { $0.map { Double($0) / n } })
    Mistake("bias-not-summed", "db", p.g)
    Mistake("bias-mean", "db", p.db.map { Double($0) / n })
    Mistake("bias-summed-over-features", "db", p.g.map(\.sum))
    Mistake("upstream-shape", "shapeW", .shape([p.g.count, p.g[0].count]))
    if p.w.count == p.w[0].count { Mistake("dX-not-transposed", "dX", product(p.g, p.w)) }
  }

  private static func source(_ m: [[Int]]) -> String {
    "\\matrix{\(m.map { $0.map(String.init).joined(separator: " & ") }.joined(separator: " \\\\ "))}"
  }

  static func pose(_ p: Parameters) -> Prompt {
    let isTorch = p.layout == .torch
    Block.paragraph(
      isTorch
        ? "A PyTorch linear layer computes $Y = X W^\\top + b$ for a batch whose rows are samples. Its weight is stored as (out, in). With"
        : "A linear layer computes $Y = X W + b$ for a batch whose rows are samples. With")
    Block.formula("X = \(source(p.x)), \\quad W = \(source(p.stored))")
    "the backward pass arrives with the gradient of the loss with respect to $Y$:"
    Block.formula("G = \\frac{∂L}{∂Y} = \(source(p.g))")
    "Give matrices row by row, such as `[[1, 2], [3, 4]]`, and vectors as `[1, 2]`."
    ask("shapeW", "the shape of $\\frac{∂L}{∂W}$, as (rows, columns)")
    ask("shapeX", "the shape of $\\frac{∂L}{∂X}$, as (rows, columns)")
    ask("shapeB", "the shape of $\\frac{∂L}{∂b}$, where $b$ has one axis")
    ask("dW", "$\\frac{∂L}{∂W}$")
    ask("dX", "$\\frac{∂L}{∂X}$")
    ask("db", "$\\frac{∂L}{∂b}$")
  }

  static func solve(_ p: Parameters) -> Document {
    let isTorch = p.layout == .torch
    let (w, x) = ((p.stored.count, p.stored[0].count), (p.x.count, p.x[0].count))
    """
    A gradient has the shape of what it belongs to: $(\(w.0), \(w.1))$ for $W$, \
    $(\(x.0), \(x.1))$ for $X$, $(\(p.w[0].count),)$ for $b$. Only one product of $G$ with the \
    other factor has that shape:
    """
    steps(
      "\\frac{∂L}{∂W} = \(isTorch ? "G^\\top X" : "X^\\top G") = \(source(p.dW))",
      "\\frac{∂L}{∂X} = \(isTorch ? "G W" : "G W^\\top") = \(source(p.dX))")
    "The bias was added to every row, so its gradient is the sum of the rows of $G$:"
    steps("\\frac{∂L}{∂b} = \(tuple(p.db.map(Double.init)))")
  }
}
