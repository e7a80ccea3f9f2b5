/// How a form's candidates write decimals, decided once for the form and never cell by cell.
///
/// It settles only what has two readings: a single mark before exactly three digits. `0,25` and
/// `1.234,5` say themselves what they mean.
package enum NumberLocale: String, Sendable, Hashable, CaseIterable {
  /// `0.25`: so `1,234` is a thousand and more.
  case point
  /// `0,25`: so `1,234` is little more than one, and `1.234` a thousand and more.
  case comma
  /// No row tells, or rows of both sorts: `1,234` waits for a person, and `1.234` has a decimal
  /// point, as wherever nothing speaks against it.
  case undecided

  /// What the cells of all number questions decide together; see `NumberLocaleSurvey`.
  package init(deciding cells: some Sequence<String>) {
    var survey = NumberLocaleSurvey()
    for (index, cell) in cells.enumerated() { survey.note(cell, line: index + 1) }
    self = survey.locale
  }
}

/// Collects, cell by cell, what a form says about its decimal mark.
///
/// Hand in the cells of answers that are one number. Cells that are lists, words or without a mark
/// say nothing, so the order of the cells does not matter.
package struct NumberLocaleSurvey: Sendable, Hashable {
  /// How many cells can only have been written with a decimal point, and with a decimal comma.
  package private(set) var points = 0
  package private(set) var commas = 0
  /// The first lines that say so, at most five of each.
  package private(set) var pointLines: [Int] = []
  package private(set) var commaLines: [Int] = []

  private static let mostLines = 5

  package init() {}

  /// Decided where all evidence agrees.
  package var locale: NumberLocale {
    switch (points > 0, commas > 0) {
    case (true, false): .point
    case (false, true): .comma
    default: .undecided
    }
  }

  package mutating func note(_ cell: String, line: Int) { note(cell.utf8.span, line: line) }

  /// The same of the cell's UTF-8.
  package mutating func note(_ cell: Span<UInt8>, line: Int) {
    switch Self.evidence(in: cell) {
    case .point:
      points += 1
      if pointLines.count < Self.mostLines { pointLines.append(line) }
    case .comma:
      commas += 1
      if commaLines.count < Self.mostLines { commaLines.append(line) }
    case .undecided: break
    }
  }

  /// The decimal mark that one cell can only have been written with.
  package static func evidence(in cell: String) -> NumberLocale { evidence(in: cell.utf8.span) }

  private static func evidence(in cell: Span<UInt8>) -> NumberLocale {
    var runs = DigitRuns()
    var startsWithZero = false
    var hasEnded = false
    for index in cell.indices {
      let byte = cell[index]
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard !hasEnded else { return .undecided }
        if runs.isEmpty { startsWithZero = byte == UInt8(ascii: "0") }
        runs.last += 1
      case UInt8(ascii: "."), UInt8(ascii: ","):
        guard !hasEnded else { return .undecided }
        runs.end(with: byte)
      case UInt8(ascii: " "), UInt8(ascii: "%"):
        hasEnded = hasEnded || !runs.isEmpty
      // Signs and what leads them, a Unicode minus included.
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "~"), 0x80...:
        guard runs.isEmpty else { return .undecided }
      default: return .undecided
      }
    }
    guard runs.marks > 0, runs.last != 0 else { return .undecided }
    let isPoint = runs.lastMark == UInt8(ascii: ".")
    let areGroups = (1...3).contains(runs.first) && !startsWithZero
    if runs.marks == 1 {
      guard runs.last != 3 || !areGroups else { return .undecided }
      return isPoint ? .point : .comma
    }
    guard areGroups, runs.areInnerThree, runs.areMarksAlike else { return .undecided }
    if runs.firstMark != runs.lastMark { return isPoint ? .point : .comma }
    // Two groups or more: the other mark is the decimal one.
    guard runs.last == 3 else { return .undecided }
    return isPoint ? .comma : .point
  }

  /// Runs of digits with marks between them: `1.234,5` is 1 · 3 · 1 digits and `.,`.
  private struct DigitRuns {
    /// How many digits the first run has, and the one in hand.
    private(set) var first = 0
    var last = 0
    private(set) var marks = 0
    private(set) var firstMark: UInt8 = 0
    private(set) var lastMark: UInt8 = 0
    /// Whether all runs between marks have three digits.
    private(set) var areInnerThree = true
    /// Whether all marks before the last are the same.
    private(set) var areMarksAlike = true

    var isEmpty: Bool { marks == 0 && last == 0 }

    mutating func end(with mark: UInt8) {
      if marks == 0 {
        (first, firstMark) = (last, mark)
      } else {
        areInnerThree = areInnerThree && last == 3
        areMarksAlike = areMarksAlike && lastMark == firstMark
      }
      (last, lastMark) = (0, mark)
      marks += 1
    }
  }
}
