/// Sums over candidates from which all classical statistics of a test's items follow.
///
/// Points are whole hundredths, so the sums are exact: candidates may come in any order, sums of
/// chunks add up to the sums of the whole, and a million candidates need no more room than one.
package struct ItemSums: Sendable, Hashable {
  /// Of one item, over the candidates who were asked it; the rest is the total without the item.
  package struct Item: Sendable, Hashable {
    /// One for each worth of the item and of the rest, in their order; most items have one alone.
    var groups: [Group] = []
  }

  package private(set) var count = 0
  package private(set) var items: [Item]
  private var total = 0
  private var totalSquared = 0
  package private(set) var totals = Frequencies()

  package init(itemCount: Int) { items = Array(repeating: Item(), count: itemCount) }

  /// Takes one candidate's points in hundredths, nil where an item was not asked or does not count,
  /// and the most that each item could give them: above 0 where there are points.
  package mutating func add(_ scores: [Int?], most: [Int]) {
    var (sum, sumOfMost) = (0, 0)
    for (score, most) in zip(scores, most) {
      guard let score else { continue }
      sum += score
      sumOfMost += most
    }
    count += 1
    total += sum
    totalSquared += sum * sum
    totals.add(sum)
    for index in items.indices {
      guard let score = scores[index] else { continue }
      items[index].add(score, of: most[index], rest: sum - score, of: sumOfMost - most[index])
    }
  }
}

// MARK: - Statistics

/// What classical test theory says of one item; nil where it is undefined, as a correlation is where
/// nobody differs.
///
/// Draws of an item may be worth different points, and so may the rest of papers. Deviation,
/// discrimination and efficiency therefore compare shares of what each candidate could have.
package struct ItemStatistics: Sendable, Hashable {
  package var count: Int
  /// The points that were had as a share of those to be had: 1 where everybody is right.
  package var facility: Double?
  /// In hundredths of the largest worth.
  package var deviation: Double?
  /// Correlation of the item with the total without it (item–rest).
  package var discrimination: Double?
  /// Its covariance with the rest, as a share of the largest that these scores allow; the difference
  /// to the discrimination is what the item's difficulty costs.
  package var efficiency: Double?
  /// The item's part in the spread of the totals, as a share; all of them add up to 1.
  package var weight: Double?
}

extension ItemSums {
  /// Mean of the totals.
  package var mean: Double? { count > 0 ? Double(total) / Double(count) : nil }

  /// Sample variance of the totals; nil below two candidates.
  package var variance: Double? { Self.variance(count, total, totalSquared) }

  /// The statistics of each item.
  ///
  /// Facility, discrimination, efficiency and weight are those of Moodle's quiz statistics: the
  /// weight is √cov(item, total) over the sum of these; a negative covariance counts as none.
  package func statistics() -> [ItemStatistics] {
    let withTotal = items.map { max(0, $0.covarianceWithTotal ?? 0).squareRoot() }
    let sum = withTotal.reduce(0, +)
    return zip(items, withTotal).map { item, root in
      var found = ItemStatistics(count: item.count)
      guard item.count > 0 else { return found }
      found.facility = item.facility
      let shares = item.shares
      found.deviation = shares.ownVariance.map { $0.squareRoot() * Double(item.largestWorth) }
      if let own = shares.ownVariance, let rest = shares.restVariance,
        let covariance = shares.covariance, own > 0, rest > 0
      {
        found.discrimination = covariance / (own * rest).squareRoot()
        let most = item.mostCovariance(around: shares)
        if most > 0 { found.efficiency = covariance / most }
      }
      if sum > 0 { found.weight = root / sum }
      return found
    }
  }

  /// The spread of the items beside that of the total.
  ///
  /// - Returns: Cronbach's alpha, `k/(k−1) · (1 − Σ var(item) / var(total))` (Cronbach 1951); of items
  ///   that are right or wrong it is Kuder and Richardson's formula 20. Nil below two items, below
  ///   two candidates, where nobody differs, or where not everybody was asked the same items.
  package func alpha() -> Double? {
    let asked = items.filter { $0.count > 0 }
    guard asked.count > 1, asked.allSatisfy({ $0.count == count }), let variance, variance > 0
    else { return nil }
    let sum = asked.reduce(0) { $0 + ($1.variance ?? 0) }
    let k = Double(asked.count)
    return k / (k - 1) * (1 - sum / variance)
  }

  private static func variance(_ count: Int, _ sum: Int, _ squared: Int) -> Double? {
    guard count > 1 else { return nil }
    return Double(scatter(count, sum, sum, squared)) / Double(count) / Double(count - 1)
  }

  /// `n Σab − Σa Σb`, which is `n` times the sum of products around the means, without rounding.
  static func scatter(_ count: Int, _ a: Int, _ b: Int, _ ab: Int) -> Int128 {
    Int128(count) * Int128(ab) - Int128(a) * Int128(b)
  }
}
