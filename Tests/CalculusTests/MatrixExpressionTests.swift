import Testing

@testable import Calculus

@Suite("Formulas of matrices") struct MatrixExpressionTests {
  private let names = ["X", "y", "w", "x", "b", "lambda", "W1"]

  @Test(
    "are read in every usual spelling",
    arguments: [
      ("(X^T X)^{-1} X^T y", "inv(transpose(X)@X)@transpose(X)@y"),
      ("inv(X.T@X)@X.T@y", "inv(transpose(X)@X)@transpose(X)@y"),
      ("np.linalg.inv(X.T @ X) @ X.T @ y", "inv(transpose(X)@X)@transpose(X)@y"),
      (#"\left(X^\top X\right)^{-1} X^\top y"#, "inv(transpose(X)@X)@transpose(X)@y"),
      ("w·x + b", "dot(w,x)+b"), ("w^T x + b", "transpose(w)@x+b"), ("||w||^2", "norm(w)^2"),
      ("‖w‖²", "norm(w)^2"), ("X^T X", "transpose(X)@X"), (#"X^\top X"#, "transpose(X)@X"),
      ("XᵀX", "transpose(X)@X"), ("X'X", "transpose(X)@X"), ("X⊤X", "transpose(X)@X"),
      ("X⁻¹", "inv(X)"), ("2 X^T (X w - y)", "2*transpose(X)@(X@w-y)"),
      ("w - lambda*X'y", "w-lambda*transpose(X)@y"), ("W_1 x", "W1@x"), ("W₁x", "W1@x"),
      ("-X", "-X"), ("X/2", "X*(1/2)"), (#"\lambda w"#, "lambda*w"),
    ])
  func reading(_ typed: String, _ canonical: String) throws {
    let read = try MatrixExpression(parsing: typed, names: names)
    #expect(read.description == canonical)
    // What is printed is read back as the same tree.
    #expect(try MatrixExpression(parsing: canonical, names: names).description == canonical)
  }

  @Test(
    "are equal where they are for all sizes that fit",
    arguments: [
      ("inv(X.T@X)@X.T@y", "(X'X)^{-1}X'y", Equality.equal),
      ("inv(X.T@X)@X.T@y", "inv(X)@y", .different),
      ("inv(X.T@X)@X.T@y", "X'y (X'X)^{-1}", .different),
      ("transpose(X)@X", "X@transpose(X)", .different),
      ("transpose(X)@X", "transpose(transpose(X)@X)", .equal),
      ("transpose(w)@x+b", "x'w + b", .equal), ("transpose(w)@x+b", "w·x + b", .equal),
      ("transpose(w)@x+b", "w x' + b", .different), ("norm(w)^2", "w'w", .equal),
      ("norm(w)^2", "w·w", .equal), ("norm(w)^2", "norm(w)", .different),
      ("2*transpose(X)@(X@w-y)", "2X'Xw - 2X'y", .equal),
      ("2*transpose(X)@(X@w-y)", "2X'(y - Xw)", .different),
      ("w-lambda*transpose(X)@y", "w - X'y*lambda", .equal),
    ])
  func equality(_ key: String, _ answer: String, _ expected: Equality) throws {
    let (a, b) = (
      try MatrixExpression(parsing: key, names: names),
      try MatrixExpression(parsing: answer, names: names)
    )
    #expect(MatrixExpression.equality(key: a, answer: b) == expected)
  }

  @Test(
    "are refused where they have two readings or none",
    arguments: [
      "X*X", "X^T*y", "999999999999999/0.0000000000001 X", "X^-2", "1/X", "(X", "X)", "", "Z", "X@",
      "||w", "X^0", "w12", "inv(",
      "dot(w)",
      String(repeating: "(", count: 500),
    ])
  func refusals(_ typed: String) {
    #expect(throws: ExpressionError.self) { try MatrixExpression(parsing: typed, names: names) }
  }

  @Test("no text of random signs does harm", arguments: 0..<200 as Range<UInt64>)
  func random(seed: UInt64) {
    let pieces = [
      "X", "w", "^T", "'", "(", ")", "||", "inv(", "·", "@", "+", "-", "2", "^", "{", "}", ".T",
      "/", ",",
      "dot(", "‖", " ", "*", "^{-1}", "λ", ".", "norm(",
    ]
    var scatter = Scatter(seed)
    let text = (0..<40).map { _ in pieces[Int(scatter.next() % UInt64(pieces.count))] }.joined()
    guard let read = try? MatrixExpression(parsing: text, names: names) else { return }
    _ = MatrixExpression.equality(key: read, answer: read)
  }
}
