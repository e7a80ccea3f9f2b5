import Calculus

/// Rasch's (1960) model: the log-odds of a right answer are ability minus difficulty.
///
/// Difficulties are estimated by conditional maximum likelihood (Andersen 1972), which needs no more
/// than how many were right on each item and how many had each number right, whatever the cohort's
/// size, and no assumption about abilities.
package struct RaschFit: Sendable, Hashable {
  /// Logits, adding up to 0; nil for an item that everybody or nobody had right.
  package var difficulties: [Double?]
  package var standardErrors: [Double?]

  /// - Parameters:
  ///   - right: How many had each item right.
  ///   - scores: How many had 0, 1, … items right; one more than there are items.
  /// - Returns: Nil where fewer than two items tell anything.
  package init?(right: [Int], scores: [Int]) {
    let count = scores.reduce(0, +)
    let usable = right.indices.filter { right[$0] > 0 && right[$0] < count }
    guard usable.count > 1 else { return nil }
    // Who had an item right that everybody had right has one less of the others.
    let always = right.count { $0 == count }
    let informative = (0...usable.count).map { score in
      scores.indices.contains(score + always) ? scores[score + always] : 0
    }
    guard informative.dropFirst().dropLast().contains(where: { $0 > 0 }) else { return nil }
    // Full and empty papers say nothing of the items' order.
    let full = informative[usable.count]
    let wanted = usable.map { Double(right[$0] - full) }
    var model = ConditionalRasch(wanted: wanted, scores: informative.map(Double.init))
    model.fit()
    difficulties = Array(repeating: nil, count: right.count)
    standardErrors = Array(repeating: nil, count: right.count)
    for (place, index) in usable.enumerated() {
      difficulties[index] = model.difficulties[place]
      standardErrors[index] = model.standardErrors[place]
    }
  }
}

/// Newton's method on the conditional likelihood, on the space of difficulties that add up to 0.
private struct ConditionalRasch {
  let wanted: [Double]
  let scores: [Double]
  var difficulties: [Double]
  var standardErrors: [Double] = []

  init(wanted: [Double], scores: [Double]) {
    self.wanted = wanted
    self.scores = scores
    let total = scores.dropFirst().dropLast().reduce(0, +)
    difficulties = wanted.map { -Elementary.log(($0 + 0.5) / (total - $0 + 0.5)) }
    centre()
  }

  mutating func fit() {
    for _ in 0..<100 {
      let (expected, information) = moments()
      // The sum's direction carries no information; it is pinned, which leaves the others alone.
      let pinned = information.map { row in row.map { $0 + 1 } }
      let inverse = Self.inverse(pinned)
      var largest = 0.0
      for i in difficulties.indices {
        var step = 0.0
        for j in difficulties.indices { step += inverse[i][j] * (expected[j] - wanted[j]) }
        // A wild first step is shortened, so that the method cannot run off.
        step = min(max(step, -1), 1)
        difficulties[i] += step
        largest = max(largest, step.magnitude)
      }
      centre()
      if largest < 1e-11 { break }
    }
    let k = Double(difficulties.count)
    let inverse = Self.inverse(moments().information.map { row in row.map { $0 + 1 } })
    // What the pin added to each entry, 1/k², is no variance.
    standardErrors = difficulties.indices.map { max(0, inverse[$0][$0] - 1 / (k * k)).squareRoot() }
  }

  private mutating func centre() {
    let mean = difficulties.reduce(0, +) / Double(difficulties.count)
    for i in difficulties.indices { difficulties[i] -= mean }
  }

  /// Expected rights by item and their covariances, summed over candidates.
  private func moments() -> (expected: [Double], information: [[Double]]) {
    let k = difficulties.count
    let easiness = difficulties.map { Elementary.exp(-$0) }
    let all = Self.symmetric(easiness)
    var expected = [Double](repeating: 0, count: k)
    var information = [[Double]](repeating: [Double](repeating: 0, count: k), count: k)
    for i in 0..<k {
      let without = Self.symmetric(easiness.removing(i))
      let single = (0...k).map { score in
        score == 0 || score == k ? 0 : easiness[i] * without[score - 1] / all[score]
      }
      for score in 1..<k { expected[i] += scores[score] * single[score] }
      for j in i..<k {
        var both = 0.0
        let other = i == j ? single : Self.chances(of: j, easiness, all)
        let pair = i == j ? [] : Self.symmetric(easiness.removing(j).removing(i))
        for score in 1..<k where scores[score] > 0 {
          let joint =
            i == j
            ? single[score]
            : score > 1 ? easiness[i] * easiness[j] * pair[score - 2] / all[score] : 0
          both += scores[score] * (joint - single[score] * other[score])
        }
        information[i][j] = both
        information[j][i] = both
      }
    }
    return (expected, information)
  }

  private static func chances(of item: Int, _ easiness: [Double], _ all: [Double]) -> [Double] {
    let without = symmetric(easiness.removing(item))
    let k = easiness.count
    return (0...k).map { score in
      score == 0 || score == k ? 0 : easiness[item] * without[score - 1] / all[score]
    }
  }

  /// Elementary symmetric functions by the summation algorithm, which loses no digits: all terms are
  /// positive.
  private static func symmetric(_ values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: values.count + 1)
    sums[0] = 1
    for (index, value) in values.enumerated() {
      for order in stride(from: index + 1, through: 1, by: -1) {
        sums[order] += value * sums[order - 1]
      }
    }
    return sums
  }

  /// By Gauss and Jordan with pivots.
  private static func inverse(_ matrix: [[Double]]) -> [[Double]] {
    let n = matrix.count
    var rows = matrix.enumerated().map { index, row in
      row + (0..<n).map { $0 == index ? 1.0 : 0.0 }
    }
    for column in 0..<n {
      let pivot =
        (column..<n).max { rows[$0][column].magnitude < rows[$1][column].magnitude } ?? column
      rows.swapAt(column, pivot)
      let head = rows[column][column]
      guard head != 0 else { continue }
      for place in 0..<(2 * n) { rows[column][place] /= head }
      for row in 0..<n where row != column {
        let factor = rows[row][column]
        guard factor != 0 else { continue }
        for place in 0..<(2 * n) { rows[row][place] -= factor * rows[column][place] }
      }
    }
    return rows.map { Array($0[n...]) }
  }
}

extension [Double] {
  fileprivate func removing(_ index: Int) -> [Double] {
    var rest = self
    rest.remove(at: index)
    return rest
  }
}

/// The counts that Rasch's model needs, taken up candidate by candidate.
package struct RaschCounts: Sendable, Hashable {
  package private(set) var right: [Int]
  package private(set) var scores: [Int]

  package init(itemCount: Int) {
    right = Array(repeating: 0, count: itemCount)
    scores = Array(repeating: 0, count: itemCount + 1)
  }

  package mutating func add(_ isRight: [Bool]) {
    var score = 0
    for (item, flag) in isRight.enumerated() where flag {
      right[item] += 1
      score += 1
    }
    scores[score] += 1
  }

  package func fit() -> RaschFit? { RaschFit(right: right, scores: scores) }
}
