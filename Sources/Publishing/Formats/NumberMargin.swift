import ExamModel

extension PaperSheet.Part {
  /// A key of one number with how far from it an answer may lie, for systems that know no other
  /// tolerance; nil where the answer is no number.
  var margin: NumberMargin? {
    switch answer {
    case .integer(let n): NumberMargin(value: Double(n), margin: 0)
    case .number(let x) where x.isFinite: NumberMargin(value: x, margin: tolerance.margin(at: x))
    default: nil
    }
  }

  /// What is said behind the prompt where numbers are read with decimals only, though the prompt may
  /// allow a fraction.
  var decimalsOnly: String { isFraction && margin != nil ? " Type decimals here." : "" }

  /// The wrong answers of known mistakes that are one number.
  var numericMistakes: [(value: Double, feedback: String)] {
    mistakes.compactMap { mistake in
      switch mistake.answer {
      case .integer(let n): (Double(n), mistake.feedback)
      case .number(let x) where x.isFinite: (x, mistake.feedback)
      default: nil
      }
    }
  }

  /// The wrong answers of known mistakes as texts.
  var textMistakes: [(text: String, feedback: String)] {
    mistakes.filter { $0.answer != .undefined }.map {
      ($0.answer.written(to: tolerance), $0.feedback)
    }
  }
}

struct NumberMargin {
  let value: Double
  let margin: Double

  var valueText: String { JSON.number(value).text }
  var marginText: String { JSON.number(margin).text }
}

extension Tolerance {
  /// Half a unit of the last place asked for, and a little more for the binary fraction.
  func margin(at key: Double) -> Double {
    switch self {
    case .exact: 0
    case .decimals(let d): 0.500001 / power(of: d)
    case .absolute(let x): x
    case .relative(let x): key.magnitude * x
    case .significant(let digits):
      key == 0 ? 0 : 0.500001 * scale(of: key) / power(of: digits - 1)
    }
  }

  private func power(of exponent: Int) -> Double {
    (0..<max(0, exponent)).reduce(1) { power, _ in power * 10 }
  }

  /// The largest power of ten that is not above the number.
  private func scale(of x: Double) -> Double {
    var scale = 1.0
    while scale > x.magnitude { scale /= 10 }
    while scale * 10 <= x.magnitude { scale *= 10 }
    return scale
  }
}
