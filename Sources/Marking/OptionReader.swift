import ExamModel

/// Reads which of the offered options was meant: by letter, number, text, or letter and text.
struct OptionReader {
  /// In the paper's order; the first has letter A.
  let options: [String]
  private let folded: [String]

  init(options: [String]) {
    self.options = options
    folded = options.map { Self.folded(TypedText($0).text) }
  }

  /// Whether a text is an option word by word, and so no way of leaving the answer out.
  func isOption(_ typed: String) -> Bool { folded.contains(Self.folded(typed)) }

  /// The one option that a text names.
  func choice(_ typed: String) throws(ReadingError) -> String {
    if options.isEmpty { return Self.folded(typed) }
    guard let index = try index(of: typed) else {
      throw ReadingError(reason: "\"\(typed)\" is none of the options")
    }
    return options[index]
  }

  /// Every option that a list names, in the paper's order, whatever is repeated; a list may say that
  /// there is none.
  func choices(_ typed: String) throws(ReadingError) -> [String] {
    if Self.emptyLists.contains(Self.folded(typed)), !isOption(typed) { return [] }
    guard !options.isEmpty else {
      return Self.pieces(Self.withoutBrackets(typed), at: { Self.listSigns.contains($0) })
    }
    return Set(try items(typed, at: Self.listSigns)).sorted().map { options[$0] }
  }

  private static let emptyLists: Set = [
    "none", "none of them", "none of these", "none of the above", "[]", "{}", "()", "∅",
  ]

  /// All options in the order of the list; without options, the items as they stand.
  func ordering(_ typed: String) throws(ReadingError) -> [String] {
    guard !options.isEmpty else {
      return Self.pieces(
        Self.withoutBrackets(Self.withPlainSigns(typed, isOrder: true)),
        at: { Self.orderSigns.contains($0) || $0 == " " })
    }
    let items = try items(Self.withoutOrdinals(typed), at: Self.orderSigns)
    guard Set(items).count == items.count else {
      throw ReadingError(reason: "an item is named twice")
    }
    guard items.count == options.count else {
      throw ReadingError(reason: "\(items.count) of \(options.count) items are named")
    }
    return items.map { options[$0] }
  }

  // MARK: Lists

  private static let listSigns: Set<Character> = [",", ";", "\n", "&", "+", "/", "|"]
  private static let orderSigns: Set<Character> = [",", ";", "\n", ">", "→", "|"]

  private func items(_ typed: String, at signs: Set<Character>) throws(ReadingError) -> [Int] {
    // Options with separators of their own: whole texts first, the longest at each place.
    let bare = Self.withoutBrackets(typed)
    for text in bare == typed ? [typed] : [typed, bare] {
      if let found = longestTexts(Self.folded(text.replacing("\\,", with: ",")), signs: signs) {
        return found
      }
    }
    let text = Self.withoutBrackets(Self.withPlainSigns(typed, isOrder: signs.contains(">")))
    if let found = indices(Self.pieces(text, at: { signs.contains($0) })) { return found }
    if let found = indices(Self.pieces(text, at: { signs.contains($0) || $0 == " " })) {
      return found
    }
    let letters = text.lowercased().filter { !$0.isWhitespace }
    if letters.count > 1, Set(letters).count == letters.count, letters.allSatisfy(\.isLetter),
      let found = indices(letters.map(String.init))
    {
      return found
    }
    throw ReadingError(reason: "\"\(typed)\" is no list of the options")
  }

  /// Words between items as commas, and arrows in an order, so that none looks like a bracket.
  private static func withPlainSigns(_ typed: String, isOrder: Bool) -> String {
    let words = [" and ", " then ", " AND ", " THEN "] + (isOrder ? ["->", "=>"] : [])
    let text = words.reduce(typed) { $0.replacing($1, with: ",") }
    return isOrder && !text.contains("<") ? text.replacing(">", with: ",") : text
  }

  private func indices(_ pieces: [String]) -> [Int]? {
    let found = pieces.map { try? index(of: $0) }
    return found.contains(nil) || found.isEmpty ? nil : found.compactMap { $0 }
  }

  private func longestTexts(_ typed: String, signs: Set<Character>) -> [Int]? {
    let spellings = spellings
    var rest = Substring(typed)
    var found: [Int] = []
    while !rest.isEmpty {
      guard let (option, length) = Self.longest(of: spellings, at: rest) else {
        guard !found.isEmpty, let word = ["and ", "then "].first(where: rest.hasPrefix) else {
          return nil
        }
        rest = rest.dropFirst(word.count)
        continue
      }
      found.append(option)
      rest = rest.dropFirst(length)
      let separator = rest.prefix { signs.contains($0) || $0 == " " || $0 == "." }
      rest = rest.dropFirst(separator.count)
      if separator.allSatisfy({ $0 == "." }), !rest.isEmpty { return nil }
    }
    return found.isEmpty ? nil : found
  }

  /// Each option in full: its text, and its letter and text.
  private var spellings: [(option: Int, text: String)] {
    zip(folded, options.lettered).enumerated().flatMap { index, pair in
      let letter = pair.1.letter.lowercased()
      let labels =
        pair.0.isEmpty ? [] : ["", "(\(letter)) ", "\(letter)) ", "\(letter). ", "\(letter): "]
      return labels.map { (index, $0 + pair.0) }
    }
  }

  /// The option with which a text begins in full, and how many letters that takes.
  private static func longest(
    of spellings: [(option: Int, text: String)], at text: Substring
  ) -> (option: Int, length: Int)? {
    spellings.filter { text.hasPrefix($0.text) }.map { ($0.option, $0.text.count) }
      .max { $0.1 < $1.1 }
  }

  /// `1. C, 2. A, 3. B` counts the places, which say nothing more.
  private static func withoutOrdinals(_ typed: String) -> String {
    let pieces = pieces(typed, at: { orderSigns.contains($0) })
    let bare = pieces.enumerated().map { index, piece -> String? in
      for mark in [".", ")", ":"] where piece.hasPrefix("\(index + 1)\(mark)") {
        return piece.dropFirst("\(index + 1)\(mark)".count).trimmed()
      }
      return nil
    }
    guard pieces.count > 1, bare.allSatisfy({ $0?.isEmpty == false }) else { return typed }
    return bare.compactMap { $0 }.joined(separator: ",")
  }

  // MARK: One option

  /// - Throws: where a letter and the text after it name two options.
  private func index(of typed: String) throws(ReadingError) -> Int? {
    var text = Self.folded(typed)
    if let exact = folded.firstIndex(of: text) { return exact }
    if let index = truth(text) { return index }
    for opening in Self.openings where text.hasPrefix(opening) {
      let rest = text.dropFirst(opening.count)
      guard let sign = rest.first, sign == " " || sign == ":" else { continue }
      text = String(rest.drop { $0 == " " || $0 == ":" })
      if let exact = folded.firstIndex(of: text) { return exact }
      break
    }
    while text.hasSuffix("?") || text.hasSuffix("!") { text.removeLast() }
    let label = text.drop { "([{".contains($0) }
    let name = label.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let after = label.dropFirst(name.count)
    guard after.isEmpty || ").:]} ".contains(after.first ?? " ") else { return nil }
    let rest = Self.folded(String(after.drop { ").:]} -".contains($0) }))
    guard let index = labelled(name) ?? (rest.isEmpty ? initial(name) : nil) else { return nil }
    if rest.isEmpty || rest == folded[index] { return index }
    if folded.contains(rest) {
      throw ReadingError(reason: "the letter and the text name two options")
    }
    return nil
  }

  private static let openings = [
    "option", "answer is", "the answer is", "answer", "choice", "i think it is", "i think its",
    "i think it's", "i think", "it is", "it's", "letter", "number",
  ]

  /// `b` and `2` are the second option; numbers are none where options are numbers themselves.
  private func labelled(_ name: Substring) -> Int? {
    if let number = Int(name) {
      guard !folded.contains(where: { Double($0) != nil }) else { return nil }
      return options.indices.contains(number - 1) ? number - 1 : nil
    }
    guard name.count == 1, let letter = name.first?.asciiValue else { return nil }
    let index = Int(letter) - 97
    return options.indices.contains(index) ? index : nil
  }

  /// `n` is the only option that begins so: no. Options of several words are not told by a letter.
  private func initial(_ name: Substring) -> Int? {
    guard name.count == 1, folded.allSatisfy({ $0.allSatisfy(\.isLetter) }) else { return nil }
    let fitting = folded.indices.filter { folded[$0].hasPrefix(name) }
    return fitting.count == 1 ? fitting[0] : nil
  }

  /// `T`, `yes`, `✓` and `wahr` where the options are true and false, or yes and no.
  private func truth(_ text: String) -> Int? {
    guard folded.count == 2,
      let yes = folded.firstIndex(where: { $0 == "true" || $0 == "yes" }),
      let no = folded.firstIndex(where: { $0 == "false" || $0 == "no" })
    else { return nil }
    return Self.affirmations.contains(text) ? yes : Self.negations.contains(text) ? no : nil
  }

  private static let affirmations: Set = [
    "true", "t", "yes", "y", "correct", "right", "wahr", "ja", "richtig", "✓", "✔", "vrai", "oui",
  ]
  private static let negations: Set = [
    "false", "f", "no", "n", "incorrect", "wrong", "falsch", "nein", "✗", "✘", "faux", "non",
  ]

  // MARK: Text

  private static func withoutBrackets(_ typed: String) -> String {
    var text = typed
    while let inside = BracketText.inside(text), !inside.isEmpty { text = inside }
    return text
  }

  private static func pieces(_ typed: String, at isSeparator: (Character) -> Bool) -> [String] {
    typed.split(whereSeparator: isSeparator).map { piece in
      piece.trimmed().filter { $0 != "\"" && $0 != "'" && $0 != "`" }
    }.filter { !$0.isEmpty }
  }

  /// Small letters, single spaces, no quotation marks, no full stop at the end.
  static func folded(_ text: String) -> String {
    var words = text.lowercased().filter { $0 != "\"" && $0 != "`" }
      .split { $0.isWhitespace }.joined(separator: " ")
    while let last = words.last, ".;".contains(last) { words.removeLast() }
    return words
  }

  /// A text without what people put between its words: spaces, commas, brackets, hyphens.
  static func letters(_ text: String) -> String {
    folded(text).filter { $0.isLetter || $0.isNumber }
  }
}
