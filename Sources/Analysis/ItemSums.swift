/// Sums over candidates from which all classical statistics of a test's items follow.
///
/// Points are whole hundredths, so the sums are exact: candidates may come in any order, sums of
/// chunks add up to the sums of the whole, and a million candidates need no more room than one.
package struct ItemSums: Sendable, Hashable {
  /// Of one item, over the candidates who were asked it; the rest is the total without the item.
  package struct Item: Sendable, Hashable {
    package fileprivate(set) var count = 0
    /// The sum of what could be had; draws of one item may differ in it.
    fileprivate var most = 0
    fileprivate var score = 0
    fileprivate var scoreSquared = 0
    fileprivate var rest = 0
    fileprivate var restSquared = 0
    fileprivate var scoreRest = 0
    fileprivate var scores = Frequencies()
    fileprivate var rests = Frequencies()
  }

  package private(set) var count = 0
  package private(set) var items: [Item]
  private var total = 0
  private var totalSquared = 0
  package private(set) var totals = Frequencies()

  package init(itemCount: Int) { items = Array(repeating: Item(), count: itemCount) }

  /// Takes one candidate's points in hundredths, nil where an item was not asked or does not count,
  /// and the most that each item could give them.
  package mutating func add(_ scores: [Int?], most: [Int]) {
    var sum = 0
    for case let score? in scores { sum += score }
    count += 1
    total += sum
    totalSquared += sum * sum
    totals.add(sum)
    for index in items.indices {
      guard let score = scores[index] else { continue }
      let rest = sum - score
      items[index].count += 1
      items[index].most += most[index]
      items[index].score += score
      items[index].scoreSquared += score * score
      items[index].rest += rest
      items[index].restSquared += rest * rest
      items[index].scoreRest += score * rest
      items[index].scores.add(score)
      items[index].rests.add(rest)
    }
  }
}

/// How often each number of hundredths was reached; below zero, too, where wrong answers cost points.
package struct Frequencies: Sendable, Hashable {
  private var lowest = 0
  private var counts: [Int] = []

  mutating func add(_ value: Int) {
    if counts.isEmpty { lowest = value }
    if value < lowest {
      counts.insert(contentsOf: repeatElement(0, count: lowest - value), at: 0)
      lowest = value
    }
    let place = value - lowest
    if place >= counts.count {
      counts += repeatElement(0, count: place + 1 - counts.count)
    }
    counts[place] += 1
  }

  /// The numbers that were reached, the least first, and how often each was.
  package var ascending: some Sequence<(value: Int, count: Int)> {
    counts.indices.lazy.filter { counts[$0] > 0 }.map { (lowest + $0, counts[$0]) }
  }
}

// MARK: - Statistics

/// What classical test theory says of one item. Points are in hundredths; nil where it is undefined,
/// as a correlation is where nobody differs.
package struct ItemStatistics: Sendable, Hashable {
  package var count: Int
  /// The points that were had as a share of those to be had: 1 where everybody is right.
  package var facility: Double?
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
    let withTotal = items.map { item -> Double in
      guard let covariance = item.covariance, let own = item.variance else { return 0 }
      return max(0, covariance + own).squareRoot()
    }
    let sum = withTotal.reduce(0, +)
    return zip(items, withTotal).map { item, root in
      var found = ItemStatistics(count: item.count)
      guard item.count > 0 else { return found }
      if item.most > 0 {
        found.facility = Double(item.score) / Double(item.most)
      }
      found.deviation = item.variance?.squareRoot()
      if let covariance = item.covariance, let own = item.variance, let rest = item.restVariance,
        own > 0, rest > 0
      {
        found.discrimination = covariance / (own * rest).squareRoot()
        if let most = item.mostCovariance, most > 0 { found.efficiency = covariance / most }
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

  fileprivate static func variance(_ count: Int, _ sum: Int, _ squared: Int) -> Double? {
    covariance(count, sum, sum, squared)
  }

  /// Sample covariance from exact sums, rounded once: the difference is formed in 128 bits.
  fileprivate static func covariance(_ count: Int, _ a: Int, _ b: Int, _ ab: Int) -> Double? {
    guard count > 1 else { return nil }
    let numerator = Int128(count) * Int128(ab) - Int128(a) * Int128(b)
    return Double(numerator) / Double(count) / Double(count - 1)
  }
}

extension ItemSums.Item {
  var variance: Double? { ItemSums.variance(count, score, scoreSquared) }
  var restVariance: Double? { ItemSums.variance(count, rest, restSquared) }
  var covariance: Double? { ItemSums.covariance(count, score, rest, scoreRest) }

  /// The covariance if the best on the rest were the best on the item.
  var mostCovariance: Double? {
    var sum = 0
    var ranked = rests.ascending.makeIterator()
    var next = ranked.next()
    for (score, count) in scores.ascending {
      var number = count
      while number > 0, let (rest, left) = next {
        let taken = min(number, left)
        sum += taken * score * rest
        number -= taken
        next = taken < left ? (rest, left - taken) : ranked.next()
      }
    }
    return ItemSums.covariance(count, score, rest, sum)
  }
}
