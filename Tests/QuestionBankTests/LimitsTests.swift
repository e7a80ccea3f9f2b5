import Calculus
import Testing

@testable import QuestionBank

@Suite("Limits of parameters") struct LimitsTests {
  @Test("say what should hold where it does not, and nothing where it does")
  func sentences() {
    for (objection, words) in [
      (within(1...9, "n", 1, 9), nil), (within(1...9, "n", 10), "n lies between 1 and 9"),
      (within(1...9, "n and m", 1, 0), "n and m lie between 1 and 9"),
      (within(0.5...1, "x", 0.5, 1), nil),
      (within(0.5...1, "x", 1.1), "x lies between 0.5 and 1"),
      (within(-2...2, "xs", [-2, 2], count: 1...2), nil),
      (within(-2...2, "xs", [], count: 1...2), "xs: 1 to 2 whole numbers between -2 and 2"),
      (within(-2...2, "xs", [3, 0], count: 2), "xs: 2 whole numbers between -2 and 2"),
      (within(0...5, "m", [[0, 5]], rows: 1, columns: 2), nil),
      (
        within(0...5, "m", [[0, 5], [1]], rows: 2, columns: 2),
        "m: 2 rows of 2 whole numbers between 0 and 5"
      ),
      (
        within(0...5, "m", [[6]], rows: 1, columns: 1),
        "m: 1 rows of 1 whole numbers between 0 and 5"
      ),
      (positive("p", Rational(1, 100), 1, upTo: 1), nil),
      (
        positive("p", Rational(1, 101), upTo: 1),
        "p: fractions above 0 and up to 1, with denominators up to 100"
      ),
      (
        positive("p", 0, upTo: 1, denominators: 5),
        "p: fractions above 0 and up to 1, with denominators up to 5"
      ),
      (positive("p", Rational(1, 2), below: 1), nil),
      (positive("p", 1, below: 1), "p: fractions above 0 and below 1, with denominators up to 100"),
      (unless(true, "heads divide the width"), nil),
      (unless(false, "heads divide the width"), "heads divide the width"),
    ] as [(String?, String?)] {
      #expect(objection == words)
    }
  }

  @Test("the first thing wrong is told, and what rests on it is not tried")
  func order() {
    let sizes: [Int] = []
    #expect(
      within(1...9, "sizes", sizes, count: 1...3) ?? unless(sizes[0] > 1, "the first is above 1")
        == "sizes: 1 to 3 whole numbers between 1 and 9")
  }
}
