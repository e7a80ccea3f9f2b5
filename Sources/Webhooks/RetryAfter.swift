/// The `Retry-After` of an answer: seconds, or the date every server writes (RFC 9110, 10.2.3).
enum RetryAfter {
  /// No receiver may ask for more; the schedule cuts it down further.
  static let limitSeconds = 7 * 24 * 3600

  /// Seconds from `now` on, 0 for a date gone by, nil for text that is neither form.
  static func seconds(_ text: String, now: Int64) -> Int? {
    let text = text.drop { $0 == " " || $0 == "\t" }
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      // Only a number too large for Int fails here.
      return min(Int(text) ?? limitSeconds, limitSeconds)
    }
    guard let moment = moment(text) else { return nil }
    return Int(min(max(moment - now, 0), Int64(limitSeconds)))
  }

  private static let months = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]

  /// Unix seconds of `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static func moment(_ text: Substring) -> Int64? {
    let words = text.split(separator: " ")
    guard words.count == 6, words[0].hasSuffix(","), words[5] == "GMT",
      let day = number(words[1], digitCount: 2), (1...31).contains(day),
      let month = months.firstIndex(of: String(words[2])),
      let year = number(words[3], digitCount: 4), year >= 1970
    else { return nil }
    let clock = words[4].split(separator: ":").map { number($0, digitCount: 2) }
    guard clock.count == 3, let hour = clock[0], let minute = clock[1], let second = clock[2],
      hour < 24, minute < 60, second <= 60
    else { return nil }
    return days(year: year, month: Int64(month) + 1, day: day) * 86400
      + hour * 3600 + minute * 60 + second
  }

  /// Days since 1970, in years that begin in March so that a leap day comes last.
  private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
    let year = month <= 2 ? year - 1 : year
    let monthFromMarch = (month + 9) % 12
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
    return 365 * year + year / 4 - year / 100 + year / 400 + dayOfYear - 719_468
  }

  private static func number(_ text: Substring, digitCount: Int) -> Int64? {
    guard text.utf8.count == digitCount,
      text.utf8.allSatisfy({ (0x30...0x39).contains($0) })
    else { return nil }
    return Int64(text)
  }
}
