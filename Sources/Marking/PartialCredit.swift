import ExamModel

/// How much of an answer that is not the key is right all the same.
package enum PartialCredit: Sendable, Hashable {
  /// Entries of a vector or matrix: within tolerance, rounded too coarsely, all.
  case entries(right: Int, coarse: Int, of: Int)
  /// Options that were ticked rightly and wrongly, how many were to be ticked, and how many there are.
  case ticks(right: Int, wrong: Int, keyed: Int, options: Int)
  /// Pairs of items that stand in the key's order, and all pairs.
  case pairs(inOrder: Int, of: Int)

  /// Nil where there are no pieces to count: another kind, length or set of items than the key's.
  init?(
    _ reading: Reading, key: AnswerValue, tolerance: Tolerance, optionCount: Int
  ) {
    guard case .value(let value, let places) = reading else { return nil }
    switch (value, key) {
    case (.vector, .vector), (.matrix, .matrix):
      guard value.hasSameLayout(as: key) else { return nil }
      var (right, coarse, count) = (0, 0, 0)
      _ = value.allPairs(with: key) { mine, keyed in
        if Acceptance.accepts(mine, key: keyed, tolerance: tolerance) {
          right += 1
        } else if Acceptance.isCoarse(
          mine, typedPlaces: places[count], key: keyed, tolerance: tolerance)
        {
          coarse += 1
        }
        count += 1
        return true
      }
      self = .entries(right: right, coarse: coarse, of: count)
    case (.choices(let mine), .choices(let keyed)):
      let right = Set(mine).intersection(keyed).count
      self = .ticks(
        right: right, wrong: Set(mine).count - right, keyed: Set(keyed).count,
        options: max(optionCount, Set(mine).union(keyed).count))
    case (.ordering(let mine), .ordering(let keyed)):
      // Where the key has an item twice, nobody can say which of them stands where.
      guard mine.count > 1, mine.count == keyed.count, Set(mine).count == mine.count,
        Set(mine) == Set(keyed)
      else { return nil }
      let place = Dictionary(uniqueKeysWithValues: keyed.enumerated().map { ($1, $0) })
      let order = mine.compactMap { place[$0] }
      let inOrder = order.indices.reduce(0) { sum, index in
        sum + order[index...].count { $0 > order[index] }
      }
      self = .pairs(inOrder: inOrder, of: order.count * (order.count - 1) / 2)
    default: return nil
    }
  }

  /// What the pieces earn of the points; nil where the policy counts no pieces.
  func award(of points: Points, policy: MarkingPolicy) -> Points? {
    switch self {
    case .entries(let right, let coarse, let count):
      guard policy.entries == .proportional else { return nil }
      // Each entry in hundredths of itself, so that the sum is exact.
      let each = Int((policy.imprecise * 100).rounded())
      return points.share(right * 100 + coarse * each, of: count * 100)
    case .ticks(let right, let wrong, let keyed, let options):
      switch policy.choices {
      case .allOrNothing: return nil
      case .subtract: return keyed == 0 ? nil : points.share(max(0, right - wrong), of: keyed)
      case .proportional: return points.share(options - wrong - (keyed - right), of: options)
      }
    case .pairs(let inOrder, let count):
      switch policy.ordering {
      case .allOrNothing: return nil
      case .pairs: return points.share(inOrder, of: count)
      case .kendall: return points.share(max(0, 2 * inOrder - count), of: count)
      }
    }
  }

  /// What was counted, in words.
  var words: String {
    switch self {
    case .entries(let right, 0, let count): "\(right) of \(count) entries are right"
    case .entries(let right, let coarse, let count):
      "\(right) of \(count) entries are right and \(coarse) rounded too coarsely"
    case .ticks(let right, let wrong, let keyed, _):
      "\(right) of \(keyed) right options are named, and \(wrong) that are not right"
    case .pairs(let inOrder, let count): "\(inOrder) of \(count) pairs stand in the right order"
    }
  }
}
