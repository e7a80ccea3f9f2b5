import ExamModel

/// One place's clock through the years, read from the system's tables of zones.
///
/// FoundationEssentials knows no zones by name; the files in `/usr/share/zoneinfo` are a standard
/// (RFC 8536) of their own.
package struct TimeZoneTable: Sendable {
  private var changes: [(at: Int64, offset: Int64)] = []
  private var first: Int64 = 0

  /// - Throws: `SourceError` where there is no such zone.
  package init(named name: String, for file: String, folder: String = "/usr/share/zoneinfo") throws
  {
    let isPlain = name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { piece in
      !piece.isEmpty
        && piece.utf8.allSatisfy {
          (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
            || [43, 45, 95].contains($0)
        }
    }
    guard isPlain, Files.exists(folder + "/" + name),
      let bytes = try? Files.read(folder + "/" + name),
      let table = Self(bytes)
    else {
      throw SourceError(
        file: file, "there is no time zone \"\(name)\" here; use one such as Europe/Berlin")
    }
    self = table
  }

  /// A file of version 2 or later; nil where it is none.
  init?(_ bytes: [UInt8]) {
    guard bytes.starts(with: Array("TZif".utf8)), bytes.count > 88, bytes[4] >= UInt8(ascii: "2")
    else { return nil }
    let word = { (at: Int) -> Int? in
      guard at >= 0, at + 4 <= bytes.count else { return nil }
      return Int(bytes[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
    let signed = { (at: Int) in word(at).map { Int64(Int32(truncatingIfNeeded: $0)) } }
    // The first block has times of 32 bits and is passed over.
    let lengths = { (header: Int) in (0..<6).compactMap { word(header + 20 + 4 * $0) } }
    let old = lengths(0)
    guard old.count == 6 else { return nil }
    let header = 44 + old[3] * 5 + old[4] * 6 + old[5] + old[2] * 8 + old[1] + old[0]
    let new = lengths(header)
    guard new.count == 6, header + 44 <= bytes.count else { return nil }
    let (times, types) = (header + 44, header + 44 + new[3] * 8)
    let infos = types + new[3]
    guard let start = signed(infos) else { return nil }
    first = start
    for index in 0..<new[3] {
      guard types + index < bytes.count, let high = word(times + 8 * index),
        let low = word(times + 8 * index + 4),
        let offset = signed(infos + 6 * Int(bytes[types + index]))
      else { return nil }
      changes.append((Int64(bitPattern: UInt64(high) << 32 | UInt64(low)), offset))
    }
    let footer = bytes.dropFirst(infos + new[4] * 6 + new[5] + new[2] * 12 + new[1] + new[0])
    let rule = String(decoding: footer.drop { $0 == 10 }.prefix { $0 != 10 }, as: UTF8.self)
    if let yearly = YearlyRule(rule) {
      // The rule goes on where the table ends.
      let last = changes.last?.at ?? 0
      for year in 1970..<2200 {
        changes += yearly.changes(in: year).filter { $0.at > last }
      }
    }
  }

  /// Seconds east of Greenwich at a moment in UTC.
  package func offset(atUTC seconds: Int64) -> Int64 {
    var (low, high) = (0, changes.count)
    while low < high {
      let middle = (low + high) / 2
      if changes[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? first : changes[low - 1].offset
  }

  /// Seconds east of Greenwich when the place's clocks show a time, given as if it were UTC.
  ///
  /// Of an hour that comes twice the first is meant; one that is skipped is read by the clock that
  /// stood before.
  package func offset(atLocal seconds: Int64) -> Int64 {
    let before = offset(atUTC: seconds - offset(atUTC: seconds - 86400))
    let early = offset(atUTC: seconds - 86400)
    if offset(atUTC: seconds - early) == early { return early }
    let late = offset(atUTC: seconds + 86400)
    return offset(atUTC: seconds - late) == late ? late : before
  }
}

/// `CET-1CEST,M3.5.0,M10.5.0/3`: when clocks change, every year alike.
private struct YearlyRule {
  private struct Change {
    var month = 1
    var week = 1
    var weekday = 0
    var seconds = 7200
  }

  private var standard = 0
  private var summer = 0
  private var begin = Change()
  private var end = Change()

  /// Nil where clocks do not change, or by another kind of rule.
  init?(_ text: String) {
    let pieces = text.split(separator: ",")
    guard pieces.count == 3 else { return nil }
    var rest = pieces[0]
    Self.dropName(&rest)
    guard let west = Self.clock(&rest) else { return nil }
    standard = -west
    Self.dropName(&rest)
    summer = Self.clock(&rest).map { -$0 } ?? standard + 3600
    guard let begin = Self.change(pieces[1]), let end = Self.change(pieces[2]) else { return nil }
    (self.begin, self.end) = (begin, end)
  }

  private static func dropName(_ text: inout Substring) {
    if text.hasPrefix("<") {
      text = text.drop { $0 != ">" }.dropFirst()
    } else {
      text = text.drop { $0.isLetter }
    }
  }

  /// `-1`, `3:30`
  private static func clock(_ text: inout Substring) -> Int? {
    let isNegative = text.hasPrefix("-")
    var rest = text.drop { $0 == "+" || $0 == "-" }
    let digits = rest.prefix { $0.isNumber || $0 == ":" }
    guard !digits.isEmpty else { return nil }
    rest = rest.dropFirst(digits.count)
    text = rest
    let parts = digits.split(separator: ":").compactMap { Int($0) }
    let seconds = zip(parts, [3600, 60, 1]).reduce(0) { $0 + $1.0 * $1.1 }
    return isNegative ? -seconds : seconds
  }

  private static func change(_ text: Substring) -> Change? {
    let halves = text.split(separator: "/")
    guard halves[0].hasPrefix("M") else { return nil }
    let numbers = halves[0].dropFirst().split(separator: ".").compactMap { Int($0) }
    guard numbers.count == 3, (1...12).contains(numbers[0]), (1...5).contains(numbers[1]),
      (0...6).contains(numbers[2])
    else { return nil }
    var change = Change(month: numbers[0], week: numbers[1], weekday: numbers[2])
    if halves.count > 1 {
      var clock = halves[1]
      change.seconds = Self.clock(&clock) ?? 7200
    }
    return change
  }

  func changes(in year: Int) -> [(at: Int64, offset: Int64)] {
    [
      (moment(begin, in: year) - Int64(standard), Int64(summer)),
      (moment(end, in: year) - Int64(summer), Int64(standard)),
    ].sorted { $0.0 < $1.0 }.map { (at: $0.0, offset: $0.1) }
  }

  private func moment(_ change: Change, in year: Int) -> Int64 {
    let first = CivilTime.daysSince1970(year, change.month, 1)
    // The first day of 1970 was a Thursday.
    let weekday = ((first + 4) % 7 + 7) % 7
    var day = 1 + (change.weekday - weekday + 7) % 7 + 7 * (change.week - 1)
    while day > CivilTime.days(inMonth: change.month, of: year) { day -= 7 }
    return Int64((first + day - 1) * 86400 + change.seconds)
  }
}
