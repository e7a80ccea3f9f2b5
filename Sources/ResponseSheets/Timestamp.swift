import ExamModel

/// A moment as a form service writes it, taken apart but not yet understood.
///
/// `2026/03/05 9:58:07 AM GMT+5:30`, `3/5/2026 9:58:07`, `5 March 2026  9:41 AM`, `Mar 5, 2026`,
/// `2026-03-05T09:58:07.000+08:00`, `Thu Mar 05 2026 15:04:05 GMT-0800 (…)`, `2026/3/5 下午 3:04:05`.
struct Timestamp: Equatable {
  private var year = 0
  /// Month and day, or, where `isUndecided`, the two numbers in the order they are written.
  private var first = 0
  private var second = 0
  private var isUndecided = false
  private var secondsOfDay = 0
  /// Seconds east of Greenwich, where a number says so; letters such as `EST` say too little.
  private var offset: Int?
  private var fraction: Int64 = 0

  /// The two numbers of which one is the month, unless the date says which.
  var undecided: (Int, Int)? { isUndecided ? (first, second) : nil }

  init?(_ text: String) {
    let all = Self.tokens(of: text)
    var tokens = all[...]
    let colon = tokens.firstIndex(of: .sign(":"))
    let hourAt = colon.map { $0 - 1 } ?? tokens.endIndex
    guard hourAt >= tokens.startIndex, readDate(tokens[..<hourAt]) else { return nil }
    tokens = tokens[hourAt...]
    guard let clock = readClock(&tokens) else { return nil }
    guard let hour = Self.hour(clock.hour, in: all, after: tokens) else { return nil }
    secondsOfDay = hour * 3600 + clock.minute * 60 + clock.second
    offset = Self.offset(tokens)
  }

  init(
    year: Int, first: Int, second: Int, isUndecided: Bool, secondsOfDay: Int, offset: Int?,
    fraction: Int64
  ) {
    self.year = year
    self.first = first
    self.second = second
    self.isUndecided = isUndecided
    self.secondsOfDay = secondsOfDay
    self.offset = offset
    self.fraction = fraction
  }

  /// The moment under both orders.
  ///
  /// - Parameter zone: seconds east of Greenwich at a local time, where the stamp has no offset.
  func moment(order: DateOrder, zone: ZoneOffset) -> Moment? {
    let monthFirst = isUndecided && order == .dayFirst ? nil : instant(first, second, zone)
    let dayFirst = isUndecided ? (order == .monthFirst ? nil : instant(second, first, zone)) : nil
    guard let one = monthFirst ?? dayFirst, let other = dayFirst ?? monthFirst else { return nil }
    return Moment(monthFirst: one, dayFirst: other)
  }

  private func instant(_ month: Int, _ day: Int, _ zone: ZoneOffset) -> Int64? {
    guard (1970...9999).contains(year), (1...12).contains(month),
      (1...CivilTime.days(inMonth: month, of: year)).contains(day)
    else { return nil }
    let days = CivilTime.daysSince1970(year, month, day)
    let local = Int64(days * 86400 + secondsOfDay)
    return (local - (offset.map(Int64.init) ?? zone(local))) * 1_000_000 + fraction
  }

  // MARK: Taking apart

  private enum Token: Equatable {
    case number(Int, digits: Int)
    case word(String)
    case sign(Unicode.Scalar)
  }

  /// Scalar by scalar: `Character` is ten times slower.
  private static func tokens(of text: String) -> [Token] {
    var tokens: [Token] = []
    tokens.reserveCapacity(16)
    var word: [UInt8] = []
    var number = 0
    var digits = 0
    let endRun = {
      if digits > 0 { tokens.append(.number(number, digits: digits)) }
      if !word.isEmpty { tokens.append(.word(String(decoding: word, as: UTF8.self))) }
      (number, digits) = (0, 0)
      word.removeAll(keepingCapacity: true)
    }
    for scalar in text.unicodeScalars.prefix(100) {
      switch scalar.value {
      case 0x30...0x39:
        if !word.isEmpty { endRun() }
        digits += 1
        guard digits <= 9 else { return [] }
        number = number * 10 + Int(scalar.value) - 0x30
      case 0x41...0x5A, 0x61...0x7A:
        if digits > 0 { endRun() }
        word.append(UInt8(scalar.value | 0x20))
      case 0..<0x80:
        endRun()
        if scalar.value > 32 { tokens.append(.sign(scalar)) }
      case 0x2212:
        endRun()
        tokens.append(.sign("-"))
      default:
        if scalar.properties.isAlphabetic {
          if digits > 0 { endRun() }
          word += scalar.properties.lowercaseMapping.utf8
        } else {
          endRun()
          if !scalar.isBlank { tokens.append(.sign(scalar)) }
        }
      }
    }
    endRun()
    return tokens
  }

  private mutating func readDate(_ tokens: ArraySlice<Token>) -> Bool {
    var numbers: [(value: Int, digits: Int)] = []
    var month: Int?
    var hasDots = false
    for token in tokens {
      switch token {
      case .number(let value, let digits): numbers.append((value, digits))
      case .word(let word): month = month ?? Self.month(word)
      case .sign(let sign): hasDots = hasDots || sign == "."
      }
    }
    if let month {
      guard numbers.count == 2 else { return false }
      let yearAt = numbers[0].digits == 4 ? 0 : 1
      year = Self.fullYear(numbers[yearAt])
      (first, second) = (month, numbers[1 - yearAt].value)
      return true
    }
    guard numbers.count == 3 else { return false }
    if numbers[0].digits == 4 {
      (year, first, second) = (numbers[0].value, numbers[1].value, numbers[2].value)
      return true
    }
    year = Self.fullYear(numbers[2])
    (first, second) = (numbers[0].value, numbers[1].value)
    // Dates with dots have the day first wherever they are written.
    if hasDots { (first, second) = (second, first) } else { isUndecided = true }
    return true
  }

  private static func fullYear(_ number: (value: Int, digits: Int)) -> Int {
    number.digits <= 2 ? 2000 + number.value : number.value
  }

  private mutating func readClock(
    _ tokens: inout ArraySlice<Token>
  ) -> (hour: Int, minute: Int, second: Int)? {
    guard !tokens.isEmpty else { return (0, 0, 0) }
    guard case .number(let hour, _)? = tokens.popFirst() else { return nil }
    var parts = [hour]
    while parts.count < 3, tokens.first == .sign(":") {
      tokens.removeFirst()
      guard case .number(let part, _)? = tokens.popFirst() else { return nil }
      parts.append(part)
    }
    if tokens.first == .sign("."), case .number(let value, let digits)? = tokens.dropFirst().first {
      tokens = tokens.dropFirst(2)
      var microseconds = Int64(value)
      for _ in 0..<max(0, 6 - digits) { microseconds *= 10 }
      for _ in 0..<max(0, digits - 6) { microseconds /= 10 }
      fraction = microseconds
    }
    let second = parts.count > 2 ? parts[2] : 0
    guard parts.count > 1, (0...59).contains(parts[1]), (0...60).contains(second) else {
      return nil
    }
    return (hour, parts[1], second)
  }

  /// The hour of the day; what tells its half stands behind the time, or before it in Chinese.
  private static func hour(_ hour: Int, in all: [Token], after: ArraySlice<Token>) -> Int? {
    let hasWords = all.contains { if case .word = $0 { true } else { false } }
    guard hasWords else { return (0...23).contains(hour) ? hour : nil }
    let words = after.prefix { if case .number = $0 { false } else { true } }
      .compactMap { if case .word(let word) = $0 { word } else { nil } }
    let letters = words.joined()
    let has = { (words: [String]) in
      all.contains { if case .word(let word) = $0 { words.contains(word) } else { false } }
    }
    let isAfternoon =
      ["pm", "μμ"].contains { letters.hasPrefix($0) } || has(["오후", "下午", "午後"])
      || ["ös", "ch", "du", "م"].contains(words.first)
    let isMorning =
      ["am", "πμ"].contains { letters.hasPrefix($0) } || has(["오전", "上午", "午前"])
      || ["öö", "sa", "de", "ص"].contains(words.first)
    guard isAfternoon || isMorning else {
      // A word of another script may be the half of the day, in a language that is not known here.
      let isForeign = words.first.map { $0.utf8.contains(where: { $0 >= 0x80 }) } ?? false
      return (0...23).contains(hour) && !isForeign ? hour : nil
    }
    guard (0...12).contains(hour) else { return isAfternoon && hour < 24 ? hour : nil }
    return hour % 12 + (isAfternoon ? 12 : 0)
  }

  /// `GMT+8`, `UTC+5:30`, `GMT-0800`, `+08:00`, `Z`, `UTC`.
  private static func offset(_ tokens: ArraySlice<Token>) -> Int? {
    var rest = tokens
    while let token = rest.popFirst() {
      if token == .sign("("), rest.count < tokens.count - 1 { break }
      guard token == .sign("+") || token == .sign("-"),
        case .number(let value, let digits)? = rest.first
      else { continue }
      var (hours, minutes) = digits > 2 ? (value / 100, value % 100) : (value, 0)
      if digits <= 2, rest.dropFirst().first == .sign(":"),
        case .number(let part, _)? = rest.dropFirst(2).first
      {
        minutes = part
      }
      guard hours <= 14, minutes < 60 else { return nil }
      if token == .sign("-") { (hours, minutes) = (-hours, -minutes) }
      return hours * 3600 + minutes * 60
    }
    let names = tokens.compactMap { if case .word(let word) = $0 { word } else { nil } }
    return names.contains { ["z", "utc", "gmt"].contains($0) } ? 0 : nil
  }

  /// By the first letters that months have in the languages of the services.
  private static func month(_ word: String) -> Int? {
    months.firstIndex { $0.contains { word.hasPrefix($0) } }.map { $0 + 1 }
  }

  private static let months: [[String]] = [
    ["jan", "ene", "янв", "gen"], ["feb", "fév", "fev", "фев"],
    ["mar", "mär", "mrt", "maa", "мар"],
    ["apr", "avr", "abr", "апр"], ["may", "mai", "mei", "mag", "май", "мая"],
    ["jun", "juin", "giu", "июн"], ["jul", "juil", "lug", "июл"],
    ["aug", "aoû", "aou", "ago", "авг"],
    ["sep", "set", "сен"], ["oct", "okt", "out", "ott", "окт"], ["nov", "ноя"],
    ["dec", "dez", "déc", "dic", "дек"],
  ]
}
