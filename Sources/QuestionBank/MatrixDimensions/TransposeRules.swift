import ExamModel
import Typesetting

/// Which rules hold for every pair of square matrices?
enum TransposeRules: StatementFamily {
  static let heading = Heading(
    "matdim.transpose-rules", "Rules for transposes, traces and determinants", difficulty: 2)

  static let misconceptions: [Misconception] = [
    .optional("all-true", "Some of these fail already for two random 2 × 2 matrices."),
    .optional("commutes", "Matrices do not commute: in general AB is not BA."),
    .optional("order-kept", "Transposing or inverting a product reverses the order."),
    .optional("scalar-once", "det(2A) of an n × n matrix is 2ⁿ det A: each row is doubled."),
    .optional("sum-of-determinants", "The determinant is not additive; the trace is."),
  ]

  static let statements = [
    Statement("(AB)^T = B^T A^T", true, "transposing a product reverses its order"),
    Statement("(AB)^T = A^T B^T", false, "the order must be reversed", slip: "order-kept"),
    Statement("tr(AB) = tr(BA)", true, "both sum the same products of entries"),
    Statement("AB = BA", false, "matrices do not commute in general", slip: "commutes"),
    Statement("A A^T is symmetric", true, "its transpose is itself"),
    Statement("det(AB) = det(A) det(B)", true, "determinants multiply"),
    Statement("(AB)^-1 = A^-1 B^-1", false, "the order must be reversed", slip: "order-kept"),
    Statement(
      "(A+B)^2 = A^2 + 2AB + B^2", false, "AB + BA is not 2AB in general", slip: "commutes"),
    Statement(
      "det(A+B) = det(A) + det(B)", false, "the determinant is not additive",
      slip: "sum-of-determinants"),
    Statement("tr(A+B) = tr(A) + tr(B)", true, "the trace adds the diagonals"),
    Statement(
      "det(2A) = 2 det(A)", false, "each of the n rows gives a factor 2", slip: "scalar-once"),
  ]

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    AnswerKey(AnswerValue.choices(p.statements.filter(SquareMatrixTrial.holds)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    "$A$ and $B$ are any two invertible real $n \\times n$ matrices with $n ≥ 2$."
    ask("true", "the letters of all statements that always hold, or `none`")
  }
}

/// Tries a rule on two integer matrices that have nothing special about them.
private enum SquareMatrixTrial {
  private typealias Matrix = [[Int]]
  private static let a = [[2, 1], [5, 3]]
  private static let b = [[1, 2], [3, 7]]

  private static func times(_ a: Matrix, _ b: Matrix) -> Matrix {
    a.map { row in [0, 1].map { j in row[0] * b[0][j] + row[1] * b[1][j] } }
  }
  private static func plus(_ a: Matrix, _ b: Matrix) -> Matrix {
    [0, 1].map { i in [0, 1].map { j in a[i][j] + b[i][j] } }
  }
  private static func turned(_ a: Matrix) -> Matrix { [[a[0][0], a[1][0]], [a[0][1], a[1][1]]] }
  private static func det(_ a: Matrix) -> Int { a[0][0] * a[1][1] - a[0][1] * a[1][0] }
  private static func trace(_ a: Matrix) -> Int { a[0][0] + a[1][1] }
  /// Both matrices and their product have determinant 1.
  private static func inverse(_ a: Matrix) -> Matrix {
    [[a[1][1], -a[0][1]], [-a[1][0], a[0][0]]]
  }

  static func holds(_ text: String) -> Bool {
    let (ab, sum, double) = (times(a, b), plus(a, b), plus(a, a))
    switch text {
    case "(AB)^T = B^T A^T": return turned(ab) == times(turned(b), turned(a))
    case "(AB)^T = A^T B^T": return turned(ab) == times(turned(a), turned(b))
    case "tr(AB) = tr(BA)": return trace(ab) == trace(times(b, a))
    case "AB = BA": return ab == times(b, a)
    case "A A^T is symmetric": return times(a, turned(a)) == turned(times(a, turned(a)))
    case "det(AB) = det(A) det(B)": return det(times(double, b)) == det(double) * det(b)
    case "(AB)^-1 = A^-1 B^-1": return inverse(ab) == times(inverse(a), inverse(b))
    case "(A+B)^2 = A^2 + 2AB + B^2":
      return times(sum, sum) == plus(plus(times(a, a), plus(ab, ab)), times(b, b))
    case "det(A+B) = det(A) + det(B)": return det(sum) == det(a) + det(b)
    case "tr(A+B) = tr(A) + tr(B)": return trace(sum) == trace(a) + trace(b)
    default: return det(double) == 2 * det(a)
    }
  }
}
