/// When something was sent, in microseconds since 1970 in UTC, under each order of day and month.
package struct Moment: Sendable, Hashable {
  package let monthFirst: Int64
  package let dayFirst: Int64

  package init(monthFirst: Int64, dayFirst: Int64) {
    self.monthFirst = monthFirst
    self.dayFirst = dayFirst
  }

  package init(_ microseconds: Int64) {
    self.init(monthFirst: microseconds, dayFirst: microseconds)
  }

  /// The moment, where both orders say the same.
  package var microseconds: Int64? { monthFirst == dayFirst ? monthFirst : nil }
}

/// Which of two small numbers in a date is the month.
package enum DateOrder: String, Sendable, Hashable, CaseIterable {
  case monthFirst = "month-first"
  case dayFirst = "day-first"
  /// No row tells; both orders are kept in mind.
  case ambiguous
  /// No date of the file leaves the question open.
  case unneeded
}

/// Collects what a file's dates say about their order.
package struct DateOrderSurvey: Sendable {
  /// Dates whose first number can be no month, and whose second can be none, with the first line.
  package private(set) var dayFirst = (count: 0, line: 0)
  package private(set) var monthFirst = (count: 0, line: 0)
  package private(set) var open = 0

  package init() {}

  mutating func note(_ stamp: Timestamp, line: Int) {
    guard let (first, second) = stamp.undecided else { return }
    if first > 12, second <= 12 {
      dayFirst = (dayFirst.count + 1, dayFirst.count == 0 ? line : dayFirst.line)
    } else if second > 12, first <= 12 {
      monthFirst = (monthFirst.count + 1, monthFirst.count == 0 ? line : monthFirst.line)
    } else if first != second {
      open += 1
    }
  }

  package var order: DateOrder {
    switch (monthFirst.count > 0, dayFirst.count > 0) {
    case (true, false): .monthFirst
    case (false, true): .dayFirst
    case (true, true): .ambiguous
    case (false, false): open > 0 ? .ambiguous : .unneeded
    }
  }

  package var reason: String {
    switch order {
    case .monthFirst: "the second number of a date is above 12 in line \(monthFirst.line)"
    case .dayFirst: "the first number of a date is above 12 in line \(dayFirst.line)"
    case .unneeded: "no date leaves open which number is the month"
    case .ambiguous:
      dayFirst.count > 0
        ? "line \(dayFirst.line) has the day first and line \(monthFirst.line) the month"
        : "no row has a number above 12 where it would tell day from month"
    }
  }
}
