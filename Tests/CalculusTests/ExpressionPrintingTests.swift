import Testing

@testable import Calculus

/// Trees out of a seed, with every kind of node.
private struct Gardener {
  var scatter: Scatter

  mutating func tree(depth: Int) -> Expression {
    func pick(_ count: UInt64) -> Int { Int(scatter.next() % count) }
    if depth == 0 {
      return pick(2) == 0
        ? .constant(Rational(pick(19) - 9, pick(4) + 1))
        : .variable(["x", "w0", "yhat", "lambda"][pick(4)])
    }
    switch pick(9) {
    case 0: return .sum((0..<(2 + pick(2))).map { _ in tree(depth: depth - 1) })
    case 1: return tree(depth: depth - 1) - tree(depth: depth - 1)
    case 2: return .product((0..<(2 + pick(2))).map { _ in tree(depth: depth - 1) })
    case 3: return tree(depth: depth - 1) / tree(depth: depth - 1)
    case 4: return .power(tree(depth: depth - 1), .constant(Rational(pick(7) - 3)))
    case 5: return .power(.function(.exp, tree(depth: depth - 1)), .constant(Rational(1, 2)))
    case 6:
      let condition = Expression.function(pick(2) == 0 ? .positive : .nonnegative, tree(depth: 0))
      return .choice(condition, tree(depth: depth - 1), tree(depth: depth - 1))
    default:
      let functions = Expression.Function.allCases.filter { !$0.isOrder }
      return .function(functions[pick(UInt64(functions.count))], tree(depth: depth - 1))
    }
  }
}

@Suite("Expressions in print") struct ExpressionPrintingTests {
  private let names = ["x", "w0", "yhat", "lambda"]

  @Test("what is printed is read as what it was, in plain syntax and in LaTeX", arguments: 1...400)
  func readBack(_ seed: UInt64) throws {
    var gardener = Gardener(scatter: Scatter(seed))
    let tree = gardener.tree(depth: 1 + Int(seed % 3))
    let plain = tree.simplified
    do throws(ExpressionError) {
      let isSet = !plain.latex.contains("where")
      for text in [tree.description, plain.description] + (isSet ? [plain.latex] : []) {
        let read = try Expression(parsing: text, names: names)
        #expect(
          read == plain || Expression.equality(read, plain) != .different,
          "\(text) was read as \(read)")
      }
    } catch { #expect(error.reason == "it divides by 0", "\(tree)") }
  }
}
