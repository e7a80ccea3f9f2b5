/// Until when answers count: a moment on the clock of a stated place.
package struct Deadline: Sendable, Hashable {
  package enum Zone: Sendable, Hashable {
    /// Seconds east of Greenwich.
    case offset(Int)
    /// `Europe/Berlin`; whoever has the tables of zones knows what that is.
    case named(String)
  }

  /// As it was written: `2026-03-05T18:00 Europe/Berlin`.
  package let text: String
  /// Seconds since 1970 on the place's clock.
  package let localSeconds: Int64
  package let zone: Zone

  /// Nil unless it is `YYYY-MM-DDTHH:MM`, with seconds if wanted, then `Z`, an offset such as
  /// `+01:00`, or a space and a zone's name.
  package init?(_ text: String) {
    let pieces = text.split(separator: " ")
    guard let head = pieces.first, pieces.count <= 2, head.utf8.allSatisfy({ $0 < 128 }) else {
      return nil
    }
    let halves = head.split(separator: "T", omittingEmptySubsequences: false)
    guard halves.count == 2 else { return nil }
    let date = halves[0].split(separator: "-", omittingEmptySubsequences: false)
    let mark = halves[1].firstIndex { "Z+-".contains($0) } ?? halves[1].endIndex
    let clock = halves[1][..<mark].split(separator: ":", omittingEmptySubsequences: false)
    let numbers = (date + clock).compactMap { Int($0) }
    guard date.count == 3, date[0].count == 4, (2...3).contains(clock.count),
      (date + clock).allSatisfy({ $0.allSatisfy(\.isNumber) }), numbers.count == 3 + clock.count,
      (1970...9999).contains(numbers[0]), (1...12).contains(numbers[1]),
      (1...CivilTime.days(inMonth: numbers[1], of: numbers[0])).contains(numbers[2]),
      (0...23).contains(numbers[3]), (0...59).contains(numbers[4]),
      (0...59).contains(numbers.count > 5 ? numbers[5] : 0)
    else { return nil }
    self.text = text
    localSeconds = Int64(
      CivilTime.daysSince1970(numbers[0], numbers[1], numbers[2]) * 86400 + numbers[3] * 3600
        + numbers[4] * 60 + (numbers.count > 5 ? numbers[5] : 0))
    switch (halves[1][mark...], pieces.count) {
    case ("Z", 1): zone = .offset(0)
    case ("", 2) where pieces[1] == "UTC": zone = .offset(0)
    case ("", 2): zone = .named(String(pieces[1]))
    case (let offset, 1) where !offset.isEmpty:
      let parts = offset.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ $0.count == 2 }), let hours = Int(parts[0]),
        let minutes = Int(parts[1]), (0...14).contains(hours), (0...59).contains(minutes)
      else { return nil }
      zone = .offset((offset.first == "-" ? -1 : 1) * (hours * 3600 + minutes * 60))
    default: return nil
    }
  }
}
