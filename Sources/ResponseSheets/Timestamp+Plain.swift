import ExamModel

/// The short way of what nearly all services write, byte by byte: every row of a file has a stamp.
extension Timestamp {
  /// Reads `2026/03/05 9:58:07 AM GMT+5:30`, `3/5/2026 9:58:07`, `2026-03-05T09:58:07.000+08:00` and
  /// their like, as `init(_:)` reads them; nil for all else, which is left to it.
  init?(plain text: Span<UInt8>) {
    var at = 0
    guard text.count <= 64 else { return nil }
    Self.skipBlanks(text, &at)
    guard let one = Self.number(text, &at, digits: 4), Self.takeDateSign(text, &at),
      let two = Self.number(text, &at, digits: 2), Self.takeDateSign(text, &at),
      let three = Self.number(text, &at, digits: 4)
    else { return nil }
    let hasYearFirst = one.digits == 4 && three.digits <= 2
    guard hasYearFirst || one.digits <= 2 && three.digits != 3 else { return nil }
    if !Self.take(UInt8(ascii: "t"), text, &at) { Self.skipBlanks(text, &at) }
    guard let clock = Self.clock(text, &at) else { return nil }
    Self.skipBlanks(text, &at)
    let half = Self.half(text, &at)
    Self.skipBlanks(text, &at)
    var offset: Int?
    guard let hour = Self.hour(clock.hour, half: half), Self.takeZone(text, &at, &offset) else {
      return nil
    }
    Self.skipBlanks(text, &at)
    guard at == text.count else { return nil }
    let lastYear = three.digits <= 2 ? 2000 + three.value : three.value
    self.init(
      year: hasYearFirst ? one.value : lastYear,
      first: hasYearFirst ? two.value : one.value,
      second: hasYearFirst ? three.value : two.value,
      isUndecided: !hasYearFirst, secondsOfDay: hour * 3600 + clock.seconds,
      offset: offset, fraction: clock.fraction)
  }

  /// `9:58`, `9:58:07`, `09:58:07.000`
  private static func clock(
    _ text: Span<UInt8>, _ at: inout Int
  ) -> (hour: Int, seconds: Int, fraction: Int64)? {
    guard let hour = number(text, &at, digits: 2), take(UInt8(ascii: ":"), text, &at),
      let minute = number(text, &at, digits: 2), minute.value < 60
    else { return nil }
    var second = 0
    if take(UInt8(ascii: ":"), text, &at) {
      guard let number = number(text, &at, digits: 2), number.value <= 60 else { return nil }
      second = number.value
    }
    var fraction = 0
    if take(UInt8(ascii: "."), text, &at) {
      guard let number = number(text, &at, digits: 6) else { return nil }
      fraction = number.value
      for _ in number.digits..<6 { fraction *= 10 }
    }
    return (hour.value, minute.value * 60 + second, Int64(fraction))
  }

  /// The letter before the `m` of `AM` or `PM`.
  private static func half(_ text: Span<UInt8>, _ at: inout Int) -> UInt8? {
    guard at + 1 < text.count, text[at + 1].small == UInt8(ascii: "m"),
      [UInt8(ascii: "a"), UInt8(ascii: "p")].contains(text[at].small),
      at + 2 == text.count || !isLetter(text[at + 2])
    else { return nil }
    at += 2
    return text[at - 2].small
  }

  private static func hour(_ hour: Int, half: UInt8?) -> Int? {
    guard let half else { return hour < 24 ? hour : nil }
    guard hour <= 12 else { return nil }
    return hour % 12 + (half == UInt8(ascii: "p") ? 12 : 0)
  }

  /// `GMT+8`, `UTC+5:30`, `GMT-0800`, `+08:00`, `Z`, `UTC` or nothing; false for all else.
  private static func takeZone(
    _ text: Span<UInt8>, _ at: inout Int, _ offset: inout Int?
  ) -> Bool {
    if takeWord("gmt", text, &at) || takeWord("utc", text, &at) || takeWord("z", text, &at) {
      offset = 0
    }
    let isWest = at < text.count && text[at] == UInt8(ascii: "-")
    guard isWest || at < text.count && text[at] == UInt8(ascii: "+") else { return true }
    at += 1
    guard let number = number(text, &at, digits: 4) else { return false }
    var (hours, minutes) = (number.value, 0)
    if number.digits > 2 {
      (hours, minutes) = (number.value / 100, number.value % 100)
    } else if take(UInt8(ascii: ":"), text, &at) {
      guard let part = Self.number(text, &at, digits: 2) else { return false }
      minutes = part.value
    }
    guard hours <= 14, minutes < 60 else { return false }
    let seconds = hours * 3600 + minutes * 60
    offset = isWest ? -seconds : seconds
    return true
  }

  // MARK: Letters and digits

  /// A run of at most so many digits.
  private static func number(
    _ text: Span<UInt8>, _ at: inout Int, digits most: Int
  ) -> (value: Int, digits: Int)? {
    var (value, digits) = (0, 0)
    while at < text.count, text[at] &- 0x30 < 10 {
      guard digits < most else { return nil }
      value = value * 10 + Int(text[at]) - 0x30
      digits += 1
      at += 1
    }
    return digits > 0 ? (value, digits) : nil
  }

  private static func take(_ byte: UInt8, _ text: Span<UInt8>, _ at: inout Int) -> Bool {
    guard at < text.count, text[at].small == byte else { return false }
    at += 1
    return true
  }

  private static func takeDateSign(_ text: Span<UInt8>, _ at: inout Int) -> Bool {
    take(UInt8(ascii: "/"), text, &at) || take(UInt8(ascii: "-"), text, &at)
  }

  private static func takeWord(
    _ word: StaticString, _ text: Span<UInt8>, _ at: inout Int
  ) -> Bool {
    let end = at + word.utf8CodeUnitCount
    guard end <= text.count, end == text.count || !isLetter(text[end]) else { return false }
    for index in at..<end {
      let letter = unsafe word.utf8Start[index - at]
      guard text[index].small == letter else { return false }
    }
    at = end
    return true
  }

  private static func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (byte | 0x20) &- 0x61 < 26 }

  private static func skipBlanks(_ text: Span<UInt8>, _ at: inout Int) {
    while at < text.count, text[at] <= 32 { at += 1 }
  }
}
