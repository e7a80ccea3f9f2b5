/// What a percent sign belongs to, where that is not the number before it alone.
extension [ArithmeticToken] {
  /// `1/2 %` is half a percent: a proper fraction of small numbers. `1/50 %` may be 2 as well.
  var isFractionInPercent: Bool {
    let unsigned = first == .sign("-") || first == .sign("+") ? dropFirst() : self[...]
    let start = unsigned.startIndex
    guard unsigned.count == 4, unsigned[start + 1] == .sign("/"), unsigned.last == .sign("%"),
      let above = unsigned[start].whole, let below = unsigned[start + 2].whole
    else { return false }
    return above < below && below <= 10
  }

  /// `1 + 2 %` may be 1.02 or three hundredths, `5/4 %` 125 or a little more than one hundredth, and
  /// `sqrt(2) %` and `2^2 %` have two readings as well.
  func refuseDoubtfulPercents() throws(ReadingError) {
    for index in indices where self[index] == .sign("%") && !isClear(percentAt: index) {
      throw ReadingError(reason: "it is not clear how far the percent sign goes; use brackets")
    }
  }

  /// Whether the sign takes hundredths of its number or bracket and of no more.
  private func isClear(percentAt index: Int) -> Bool {
    var before = startOfOperand(endingAt: index - 1) - 1
    guard before >= 0 else { return true }
    if self[before] == .sign("-") || self[before] == .sign("+") {
      let isBinary = before > 0 && !"(*/^".contains { self[before - 1] == .sign($0) }
      if isBinary { return self[before - 1] == .sign("%") }
      before -= 1
      guard before >= 0 else { return true }
    }
    switch self[before] {
    case .sign("("), .sign("*"): return true
    case .sign("/"): return before > 0 && self[before - 1] == .sign("%")
    default: return false
    }
  }

  private func startOfOperand(endingAt end: Int) -> Int {
    guard end >= 0, self[end] == .sign(")") else { return end }
    var depth = 0
    for index in stride(from: end, through: 0, by: -1) {
      if self[index] == .sign(")") { depth += 1 }
      if self[index] == .sign("(") { depth -= 1 }
      if depth == 0 { return index }
    }
    return 0
  }
}
