/// An amount of marks in whole hundredths, so that sums are exact.
package struct Points: Hashable, Sendable, Comparable {
  package var hundredths: Int

  package init(hundredths: Int) { self.hundredths = hundredths }

  /// The nearest hundredth to `marks`; half a hundredth goes away from zero.
  package init(_ marks: Double) { hundredths = Int((marks * 100).rounded()) }

  /// Reads `2`, `0.5` or `.25` as a person types it: no sign, no exponent, at most two decimals.
  package init?(typed text: String) {
    let pieces = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    let decimals = pieces.count > 1 ? pieces[1] : ""
    let digits = pieces[0] + decimals
    guard !digits.isEmpty, digits.allSatisfy({ $0.isASCII && $0.isNumber }), decimals.count <= 2,
      pieces[0].count <= 9, let number = Int(digits)
    else { return nil }
    hundredths = decimals.isEmpty ? number * 100 : decimals.count == 1 ? number * 10 : number
  }

  package static let zero = Points(hundredths: 0)

  package static func < (a: Self, b: Self) -> Bool { a.hundredths < b.hundredths }
  package static func + (a: Self, b: Self) -> Self {
    Points(hundredths: a.hundredths + b.hundredths)
  }
  package static func += (a: inout Self, b: Self) { a.hundredths += b.hundredths }

  /// This amount times a share of it such as 0.5, to the nearest hundredth; half a hundredth goes
  /// away from zero. A share counts to six decimals.
  package func scaled(by share: Double) -> Points {
    self.share(Int((share * 1_000_000).rounded()), of: 1_000_000)
  }

  /// `part` of `whole` pieces of this amount, to the nearest hundredth, computed in whole numbers;
  /// half a hundredth goes away from zero.
  package func share(_ part: Int, of whole: Int) -> Points {
    let (quotient, rest) = (hundredths * part).quotientAndRemainder(dividingBy: whole)
    guard 2 * rest.magnitude >= whole.magnitude else { return Points(hundredths: quotient) }
    return Points(hundredths: (rest < 0) == (whole < 0) ? quotient + 1 : quotient - 1)
  }

  /// Splits the amount over parts by weight; the pieces always add up to the whole.
  ///
  /// Each piece is the difference of two rounded running totals. Without weights there are no pieces.
  package func split(by weights: [Int]) -> [Points] {
    let sum = weights.reduce(0, +)
    var (running, given) = (0, 0)
    return weights.map { weight in
      running += weight
      let upTo = share(running, of: sum).hundredths
      defer { given = upTo }
      return Points(hundredths: upTo - given)
    }
  }
}

extension Points: CustomStringConvertible {
  /// `2`, `2.5` or `0.33`: no more decimals than needed.
  package var description: String {
    let (whole, rest) = hundredths.magnitude.quotientAndRemainder(dividingBy: 100)
    let sign = hundredths < 0 ? "-" : ""
    switch rest {
    case 0: return sign + String(whole)
    case _ where rest.isMultiple(of: 10): return "\(sign)\(whole).\(rest / 10)"
    default: return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }
  }
}

extension Points {
  /// Points as a JSON number.
  package var json: JSON {
    hundredths.isMultiple(of: 100) ? .integer(hundredths / 100) : .number(Double(hundredths) / 100)
  }
}
