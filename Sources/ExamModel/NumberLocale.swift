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

  package mutating func note(_ cell: String, line: Int) {
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
  package static func evidence(in cell: String) -> NumberLocale {
    /// Runs of digits, and the marks between them: `1.234,5` is 1 · 3 · 1 digits and `.,`.
    var runs = [0]
    var marks: [UInt8] = []
    var startsWithZero = false
    var hasEnded = false
    for byte in cell.utf8 {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"):
        guard !hasEnded else { return .undecided }
        if marks.isEmpty, runs[0] == 0 { startsWithZero = byte == UInt8(ascii: "0") }
        runs[runs.count - 1] += 1
      case UInt8(ascii: "."), UInt8(ascii: ","):
        guard !hasEnded else { return .undecided }
        marks.append(byte)
        runs.append(0)
      case UInt8(ascii: " "), UInt8(ascii: "%"):
        hasEnded = hasEnded || runs[0] > 0 || !marks.isEmpty
      // Signs and what leads them, a Unicode minus included.
      case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "~"), 0x80...:
        guard marks.isEmpty, runs[0] == 0 else { return .undecided }
      default: return .undecided
      }
    }
    guard let last = marks.last, runs.last != 0 else { return .undecided }
    let decimal: UInt8
    let areGroups = (1...3).contains(runs[0]) && !startsWithZero
    if marks.count == 1 {
      guard runs[1] != 3 || !areGroups else { return .undecided }
      decimal = last
    } else {
      let isMixed = marks.contains { $0 != last }
      let groups = isMixed ? marks.dropLast() : marks[...]
      guard areGroups, groups.allSatisfy({ $0 == groups.first }),
        runs.dropFirst().prefix(groups.count).allSatisfy({ $0 == 3 })
      else { return .undecided }
      // Two groups or more: the other mark is the decimal one.
      decimal = isMixed ? last : last == UInt8(ascii: ".") ? UInt8(ascii: ",") : UInt8(ascii: ".")
    }
    return decimal == UInt8(ascii: ".") ? .point : .comma
  }
}
