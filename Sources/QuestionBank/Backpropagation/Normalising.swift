import ExamModel

/// Numbers with a whole mean and a whole standard deviation, and what normalising makes of them.
struct Normalising: Sendable {
  let mean, std: Double
  let normal: [Double]

  init(_ xs: [Double]) {
    let mean = xs.mean
    let std = xs.map { ($0 - mean) * ($0 - mean) }.mean.squareRoot()
    self.mean = mean
    self.std = std
    normal = xs.map { ($0 - mean) / std }
  }

  /// So many numbers from -9 to 9 with a whole mean and a whole standard deviation above 1.
  static func pleasant(_ count: Int, from dice: inout Dice) -> [Int]? {
    for _ in 0..<300 {
      let xs = dice.integers(count, in: -5...9)
      guard xs.sum % count == 0 else { continue }
      let mean = xs.sum / count
      let squares = xs.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      guard squares % count == 0 else { continue }
      let std = Int(Double(squares / count).squareRoot().rounded())
      if std > 1, std * std * count == squares { return xs }
    }
    return nil
  }

  static func objection(to xs: [Int], called name: String) -> String? {
    guard (2...12).contains(xs.count), xs.allSatisfy((-1000...1000).contains) else {
      return "\(name) holds 2 to 12 whole numbers from -1000 to 1000"
    }
    return Set(xs).count > 1 ? nil : "\(name) must not be all equal"
  }
}
