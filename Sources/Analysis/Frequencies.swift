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

  /// Where a share of the numbers lies below; nil where there are none.
  package func quantile(_ share: Double) -> Double? {
    let reached = Array(ascending)
    let count = reached.reduce(0) { $0 + $1.count }
    return Quantile.of(count, at: share) { rank in
      var left = rank
      let place = reached.first { entry in
        defer { left -= entry.count }
        return left < entry.count
      }
      return Double(place?.value ?? 0)
    }
  }
}

/// Medians, quartiles and whatever else divides sorted numbers.
package enum Quantile {
  /// Type 7 of Hyndman and Fan (1996), the usual one of R and NumPy: `count` numbers stand at the
  /// ranks 0 to `count` − 1, and what is asked for at rank `share · (count − 1)`; between two ranks
  /// it is on the straight line from one number to the next.
  ///
  /// - Parameter value: The number at a rank, ascending.
  /// - Returns: Nil where there are no numbers.
  package static func of(
    _ count: Int, at share: Double, _ value: (Int) -> Double
  ) -> Double? {
    guard count > 0 else { return nil }
    let rank = share * Double(count - 1)
    let lower = Int(rank)
    let (low, high) = (value(lower), value(min(lower + 1, count - 1)))
    return low + (rank - Double(lower)) * (high - low)
  }
}
