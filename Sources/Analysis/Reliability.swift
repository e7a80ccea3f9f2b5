/// How far the totals can be trusted.
package struct Reliability: Sendable, Hashable {
  package var items: Int
  package var candidates: Int
  package var alpha: Double
  /// The interval that holds the cohort's alpha in 95 of 100 samples.
  package var interval: ClosedRange<Double>
  /// Standard error of measurement, in hundredths, with its interval.
  package var error: Double
  package var errorInterval: ClosedRange<Double>

  /// The interval is Feldt's (1965): (1 − α̂)/(1 − α) has an F distribution with (k−1)(n−1) and n−1
  /// degrees of freedom; the standard error is s·√(1 − α).
  ///
  /// - Returns: Nil where alpha is undefined.
  package init?(_ sums: ItemSums) {
    guard let alpha = sums.alpha(), let variance = sums.variance else { return nil }
    items = sums.items.count { $0.count > 0 }
    candidates = sums.count
    self.alpha = alpha
    let n = Double(candidates - 1)
    let k = Double(items - 1) * n
    // F(n, k) at p is the reciprocal of F(k, n) at 1 − p.
    let low = 1 - (1 - alpha) * Distributions.fQuantile(0.975, n, k)
    let high = 1 - (1 - alpha) * Distributions.fQuantile(0.025, n, k)
    interval = low...high
    error = (variance * (1 - alpha)).squareRoot()
    errorInterval = (variance * (1 - high)).squareRoot()...(variance * (1 - low)).squareRoot()
  }
}
