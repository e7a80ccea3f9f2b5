/// Reads which of the offered options was meant: by letter, number, text, or letter and text.
struct OptionReader {
  /// In the paper's order; the first has letter A.
  let options: [String]

  /// The one option that a text names.
  func choice(_ typed: String) throws(ReadingError) -> String {
    guard let index = try index(of: typed) else {
      throw ReadingError(reason: "\"\(typed)\" is none of the options")
    }
    return options[index]
  }

  /// Every option that a list names, in the paper's order; a list may say that there is none.
  func choices(_ typed: String) throws(ReadingError) -> [String] {
    if ["none", "none of them", "none of these", "[]"].contains(Self.folded(typed)) { return [] }
    var chosen: Set<Int> = []
    for item in try items(typed) {
      guard chosen.insert(item).inserted else {
        throw ReadingError(reason: "\"\(options[item])\" is named twice")
      }
    }
    return chosen.sorted().map { options[$0] }
  }

  /// All options in the order of the list; without options, the items as they stand.
  func ordering(_ typed: String) throws(ReadingError) -> [String] {
    guard !options.isEmpty else { return Self.pieces(typed, at: { ",;>→\n ".contains($0) }) }
    let items = try items(typed)
    guard Set(items).count == items.count else {
      throw ReadingError(reason: "an item is named twice")
    }
    guard items.count == options.count else {
      throw ReadingError(reason: "\(items.count) of \(options.count) items are named")
    }
    return items.map { options[$0] }
  }

  private func items(_ typed: String) throws(ReadingError) -> [Int] {
    if let indices = indices(Self.pieces(typed, at: { ",;>→\n".contains($0) })) { return indices }
    // Options with commas of their own: the longest text that fits at each place.
    if let indices = longestTexts(Self.folded(typed)) { return indices }
    if let indices = indices(Self.pieces(typed, at: { ",;>→\n ".contains($0) })) { return indices }
    let letters = typed.filter { !$0.isWhitespace }
    if letters.count > 1, let indices = indices(letters.map(String.init)) { return indices }
    throw ReadingError(reason: "\"\(typed)\" is no list of the options")
  }

  private func indices(_ pieces: [String]) -> [Int]? {
    let found = pieces.map { try? index(of: $0) }
    return found.contains(nil) ? nil : found.compactMap { $0 }
  }

  private func longestTexts(_ typed: String) -> [Int]? {
    var rest = Substring(typed)
    var found: [Int] = []
    while !rest.isEmpty {
      let fitting = options.indices.filter { rest.hasPrefix(Self.folded(options[$0])) }
      guard let best = fitting.max(by: { options[$0].count < options[$1].count }) else {
        return nil
      }
      found.append(best)
      rest = rest.dropFirst(Self.folded(options[best]).count)
      let separator = rest.prefix { ",; ".contains($0) }
      if separator.isEmpty, !rest.isEmpty { return nil }
      rest = rest.dropFirst(separator.count)
    }
    return found
  }

  /// - Throws: where a letter and the text after it name two options.
  private func index(of typed: String) throws(ReadingError) -> Int? {
    let text = Self.folded(typed)
    if let exact = options.firstIndex(where: { Self.folded($0) == text }) { return exact }
    var label = Substring(text)
    for word in ["option", "answer"] where label.hasPrefix(word) {
      label = label.dropFirst(word.count).drop { $0 == " " || $0 == ":" }
    }
    label = label.drop { $0 == "(" }
    let name = label.prefix { $0.isASCII && ($0.isLetter || $0.isNumber) }
    let after = label.dropFirst(name.count)
    guard after.isEmpty || ").:] ".contains(after.first ?? " ") else { return nil }
    let rest = Self.folded(String(after.drop { ").:] -".contains($0) }))
    guard let index = labelled(name) ?? (rest.isEmpty ? initial(name) : nil) else { return nil }
    if rest.isEmpty || rest == Self.folded(options[index]) { return index }
    if options.contains(where: { Self.folded($0) == rest }) {
      throw ReadingError(reason: "the letter and the text name two options")
    }
    return nil
  }

  /// `b` and `2` are the second option.
  private func labelled(_ name: Substring) -> Int? {
    if let number = Int(name) { return options.indices.contains(number - 1) ? number - 1 : nil }
    guard name.count == 1, let letter = name.first?.asciiValue else { return nil }
    let index = Int(letter) - 97
    return options.indices.contains(index) ? index : nil
  }

  /// `n` is the only option that begins so: no.
  private func initial(_ name: Substring) -> Int? {
    let fitting = options.indices.filter { Self.folded(options[$0]).hasPrefix(name) }
    return name.count == 1 && fitting.count == 1 ? fitting[0] : nil
  }

  private static func pieces(_ typed: String, at isSeparator: (Character) -> Bool) -> [String] {
    var text = typed.replacing("->", with: ">")
    while let first = text.first, let last = text.last,
      (first == "[" && last == "]") || (first == "(" && last == ")" && text.contains(","))
    { text = String(text.dropFirst().dropLast()) }
    return text.split(whereSeparator: isSeparator).map { piece in
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
