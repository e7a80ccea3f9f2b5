import Testing

@testable import Calculus

@Suite("Exact fractions") struct RationalTests {
  @Test(
    "are kept in lowest terms with a positive denominator",
    arguments: [
      (6, 16, "3/8"), (-6, 16, "-3/8"), (6, -16, "-3/8"), (-6, -16, "3/8"), (-4, 2, "-2"),
      (0, -7, "0"), (7, 7, "1"), (Int.min, 2, "-4611686018427387904"), (Int.min, Int.min, "1"),
      (Int.max, -1, "-9223372036854775807"),
    ])
  func lowestTerms(above: Int, below: Int, text: String) {
    #expect(Rational(numerator: above, denominator: below)?.description == text)
  }

  @Test func whatIsNoFractionIsNil() {
    #expect(Rational(numerator: 1, denominator: 0) == nil)
    #expect(Rational(numerator: 1, denominator: .min) == nil)
    #expect(Rational(numerator: .min, denominator: -1) == nil)
    #expect(Rational(numerator: .min, denominator: 1) == nil, "it would have no negative")
  }

  @Test func arithmeticOnPaper() {
    let (a, b) = (Rational(3, 8), Rational(-5, 12))
    #expect(a + b == Rational(-1, 24))
    #expect(a - b == Rational(19, 24))
    #expect(a * b == Rational(-5, 32))
    #expect(a / b == Rational(-9, 10))
    #expect(-a == Rational(-3, 8))
    #expect(2 * a == Rational(3, 4))
    #expect(a.value == 0.375)
    #expect(Rational(8, 4).integer == 2)
    #expect(a.integer == nil)
  }

  @Test("field laws hold", arguments: 0..<200 as Range<UInt64>)
  func laws(seed: UInt64) {
    var random = Scatter(seed)
    func draw() -> Rational {
      Rational(Int(random.next() % 2001) - 1000, Int(random.next() % 999) + 1)
    }
    let (a, b, c) = (draw(), draw(), draw())
    #expect(a + b == b + a)
    #expect((a + b) + c == a + (b + c))
    #expect(a * (b + c) == a * b + a * c)
    #expect(a - b + b == a)
    if b != 0 { #expect(a / b * b == a) }
    #expect((a < b) == (a.value < b.value))
    #expect(((a + b).value - (a.value + b.value)).magnitude < 1e-9)
  }

  @Test func overflowIsReported() {
    let large = Rational(.max)
    #expect(large.adding(1) == nil)
    #expect(large.subtracting(-1) == nil)
    #expect(large.multiplied(by: 2) == nil)
    #expect(large.divided(by: Rational(1, 2)) == nil)
    #expect(large.divided(by: 0) == nil)
    #expect(Rational(1, .max).adding(Rational(1, .max - 1)) == nil)
    #expect(large.multiplied(by: Rational(2, .max)) == 2)
  }

  @Test func orderIsExactWhereDoublesCannotTell() {
    let (a, b) = (Rational(.max, .max - 1), Rational(.max - 1, .max - 2))
    #expect(a.value == b.value)
    #expect(a < b)
    #expect(!(b < a))
    #expect(Rational(-1, 2) < Rational(1, 3))
    #expect(
      [Rational(1, 2), Rational(-2), Rational(1, 3)].sorted() == [
        -2, Rational(1, 3), Rational(1, 2),
      ])
  }

  @Test func operatorsStopOnOverflow() async {
    await #expect(processExitsWith: .failure) { _ = Rational(.max) + 1 }
    await #expect(processExitsWith: .failure) { _ = Rational(1) / 0 }
  }
}
