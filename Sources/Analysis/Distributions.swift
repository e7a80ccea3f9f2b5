import Calculus

/// Tails and quantiles of the distributions that tests need.
package enum Distributions {
  /// Natural logarithm of Γ(x), x > 0, by Lanczos's approximation (g = 7, nine terms; Godfrey).
  package static func logGamma(_ x: Double) -> Double {
    let terms = [
      676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
      12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
    ]
    let z = x - 1
    var sum = 0.99999999999980993
    for (index, term) in terms.enumerated() { sum += term / (z + Double(index + 1)) }
    let t = z + 7.5
    return 0.91893853320467274178 + (z + 0.5) * Elementary.log(t) - t + Elementary.log(sum)
  }

  /// The regularised incomplete beta function I_x(a, b), by its continued fraction (Lentz's method;
  /// Abramowitz and Stegun 26.5.8).
  package static func beta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    if x > (a + 1) / (a + b + 2) { return 1 - beta(1 - x, b, a) }
    let front =
      logGamma(a + b) - logGamma(a) - logGamma(b) + a * Elementary.log(x)
      + b * Elementary.log(1 - x)
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / atLeast(tiny, 1 - (a + b) * x / (a + 1))
    var fraction = d
    for step in 1...100_000 {
      let m = Double(step)
      for term in [
        m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
        -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
      ] {
        d = 1 / atLeast(tiny, 1 + term * d)
        c = atLeast(tiny, 1 + term / c)
        fraction *= d * c
      }
      if (d * c - 1).magnitude < 1e-15 { break }
    }
    return min(1, Elementary.exp(front) * fraction / a)
  }

  private static func atLeast(_ tiny: Double, _ x: Double) -> Double {
    x.magnitude < tiny ? tiny : x
  }

  /// The value that an F-distributed one stays below with chance `p`.
  package static func fQuantile(_ p: Double, _ above: Double, _ below: Double) -> Double {
    // Of F, above·F / (above·F + below) is beta-distributed.
    var (low, high) = (0.0, 1.0)
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if beta(middle, above / 2, below / 2) < p { low = middle } else { high = middle }
    }
    let x = (low + high) / 2
    return below * x / (above * (1 - x))
  }

  /// The chance that a χ² of so many degrees of freedom is `x` or more: the upper regularised
  /// incomplete gamma function (series and continued fraction; Abramowitz and Stegun 6.5.29, 6.5.31).
  package static func chiSquaredTail(_ x: Double, degrees: Int) -> Double {
    guard x > 0, degrees > 0 else { return 1 }
    let (a, x) = (Double(degrees) / 2, x / 2)
    let front = Elementary.exp(a * Elementary.log(x) - x - logGamma(a))
    if x < a + 1 {
      var (term, sum, n) = (1 / a, 1 / a, a)
      while term > sum * 1e-16 {
        n += 1
        term *= x / n
        sum += term
      }
      return max(0, 1 - front * sum)
    }
    var b = x + 1 - a
    var c = 1e300
    var d = 1 / b
    var fraction = d
    for step in 1...100_000 {
      let i = Double(step)
      let term = -i * (i - a)
      b += 2
      d = 1 / atLeast(1e-300, term * d + b)
      c = atLeast(1e-300, b + term / c)
      fraction *= d * c
      if (d * c - 1).magnitude < 1e-15 { break }
    }
    return front * fraction
  }

  /// Holm's (1979) step-down correction: p-values that hold whichever of the tests are true, in the
  /// order given.
  package static func holm(_ values: [Double]) -> [Double] {
    var corrected = values
    var largest = 0.0
    for (rank, index) in values.indices.sorted(by: { values[$0] < values[$1] }).enumerated() {
      largest = max(largest, min(1, values[index] * Double(values.count - rank)))
      corrected[index] = largest
    }
    return corrected
  }
}
