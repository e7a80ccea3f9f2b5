/// Reads the moments that Google writes into exports, as microseconds since 1970 in UTC.
///
/// `2026/03/05 9:58:07 AM GMT+5:30` comes from a form, `3/5/2026 9:58:07` from its linked sheet. A
/// zone without a number (`PST`) and a missing one count as UTC: within one export that keeps the
/// order, which is what attempts are ranked by.
struct TimestampReader {
  /// Whether a date of the slashed kind begins with the day; decided by all rows together.
  private let dayFirst: Bool

  /// Looks for a number above 12 in the first place of the slashed dates.
  init(deciding stamps: some Sequence<String>) {
    dayFirst = stamps.contains { stamp in
      let numbers = Self.numbers(in: stamp)
      return numbers.count >= 3 && numbers[0] < 100 && numbers[0] > 12
    }
  }

  func microseconds(_ text: String) -> Int64? {
    let numbers = Self.numbers(in: text)
    guard numbers.count >= 3 else { return nil }
    var (year, month, day) = (numbers[0], numbers[1], numbers[2])
    if year < 100 {
      (year, month, day) =
        dayFirst ? (numbers[2], numbers[1], numbers[0]) : (numbers[2], numbers[0], numbers[1])
    }
    var hour = numbers.count > 3 ? numbers[3] : 0
    let minute = numbers.count > 4 ? numbers[4] : 0
    let second = numbers.count > 5 ? numbers[5] : 0
    let folded = text.lowercased().filter { !$0.isWhitespace && $0 != "." }
    let isAfternoon = folded.contains("pm") || text.contains("오후") || text.contains("下午")
    let isMorning = folded.contains("am") || text.contains("오전") || text.contains("上午")
    if isAfternoon, hour < 12 { hour += 12 }
    if isMorning, !isAfternoon, hour == 12 { hour = 0 }
    guard (1970...9999).contains(year), (1...12).contains(month), (0...23).contains(hour),
      (0...59).contains(minute), (0...60).contains(second),
      (1...Self.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    let days = Self.daysSince1970(year, month, day)
    let seconds = days * 86400 + hour * 3600 + minute * 60 + second - Self.offsetSeconds(in: text)
    return Int64(seconds) * 1_000_000
  }

  /// The first six runs of digits before any zone.
  private static func numbers(in text: String) -> [Int] {
    let dated = text.prefix { $0 != "G" && $0 != "U" && $0 != "+" }
    return dated.split { !($0.isASCII && $0.isNumber) }.prefix(6).compactMap {
      $0.count <= 4 ? Int($0) : nil
    }
  }

  private static func offsetSeconds(in text: String) -> Int {
    guard let mark = text.range(ofFirst: ["GMT", "UTC"]) else { return 0 }
    let zone = text[mark...].dropFirst(3)
    guard let sign = zone.first, sign == "+" || sign == "-" || sign == "\u{2212}" else { return 0 }
    let numbers = zone.dropFirst().split(separator: ":").prefix(2).map { piece in
      Int(piece.prefix { $0.isASCII && $0.isNumber }) ?? 0
    }
    let seconds = (numbers.first ?? 0) * 3600 + (numbers.count > 1 ? numbers[1] : 0) * 60
    return sign == "+" ? seconds : -seconds
  }

  private static func days(inMonth month: Int, of year: Int) -> Int {
    let isLeap = year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// Days since 1970-01-01 in the Gregorian calendar, with years that begin in March.
  private static func daysSince1970(_ year: Int, _ month: Int, _ day: Int) -> Int {
    let shifted = month <= 2 ? year - 1 : year
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    return shifted * 365 + shifted / 4 - shifted / 100 + shifted / 400 + dayOfYear - 719_468
  }
}

extension String {
  fileprivate func range(ofFirst words: [String]) -> Index? {
    for index in indices where words.contains(where: { self[index...].hasPrefix($0) }) {
      return index
    }
    return nil
  }
}
