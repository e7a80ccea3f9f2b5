import Testing

@testable import Calculus

@Suite("Values with their errors") struct BallTests {
  @Test("functions of two doubles err by less than is claimed")
  func functions() throws {
    let rows = Table.rows("doubledouble.tsv")
    #expect(rows.count == 420)
    for row in rows {
      let parts = try row.dropFirst().map { try #require(Double($0)) }
      let x = DoubleDouble(high: parts[0], low: parts[1])
      let result: DoubleDouble
      let bound: Double
      switch row[0] {
      case "exp": (result, bound) = (x.exponential, parts[2].magnitude)
      case "ln": (result, bound) = (x.logarithm, 1 + parts[2].magnitude)
      case "sin": (result, bound) = (x.sineAndCosine.sine, 1 + parts[0].magnitude)
      default: (result, bound) = (x.sineAndCosine.cosine, 1 + parts[0].magnitude)
      }
      let exact = DoubleDouble(high: parts[2], low: parts[3])
      let error = (result - exact).high - parts[4]
      #expect(error.magnitude <= bound * 0x1p-88, "\(row)")
    }
  }

  @Test("a ball contains what exact fractions give", arguments: 1...200)
  func contains(_ seed: UInt64) throws {
    var scatter = Scatter(seed)
    var (ball, exact) = (Ball.one, Rational(1))
    for _ in 0..<6 {
      let n = Int(scatter.next() % 40) + 1
      let next = Rational(n, Int(scatter.next() % 9) + 1)
      let own = Ball(next.numerator) * (try #require(Ball(next.denominator).inverse))
      switch scatter.next() % 4 {
      case 0: (ball, exact) = (ball + own, exact + next)
      case 1: (ball, exact) = (ball - own, exact - next)
      case 2: (ball, exact) = (ball * own, exact * next)
      default: (ball, exact) = (ball * (try #require(own.inverse)), exact / next)
      }
    }
    // n − d·ball contains 0.
    let rest = Ball(exact.numerator) - Ball(exact.denominator) * ball
    #expect(rest.middle.high.magnitude <= rest.radius, "\(exact)")
    #expect(rest.radius < 1e-12)
  }
}
