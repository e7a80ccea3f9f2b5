import ExamModel
import Typesetting

/// WordPiece: the longest piece that fits, again and again.
enum WordPieces: QuestionFamily {
  static let heading = Heading("nlp.wordpiece", "WordPiece tokens", difficulty: 2)

  struct Parameters: Codable, Sendable, Equatable {
    let word: String
    var pieces: [String] { split(word, longestFirst: true) }
  }

  static let parts = [Part("tokens", .ordering)]

  static let misconceptions: [Misconception] = [
    .core("shortest-first", "Take the longest piece that fits, not the shortest."),
    .core("prefix-dropped", "Pieces within a word begin with ##."),
    .optional("whole-unknown", "The word can be put together from pieces."),
    .optional("characters", "Take the longest piece that fits; letters are the last resort."),
  ]

  private static let vocabulary = [
    "##a", "##ab", "##able", "##and", "##b", "##ble", "##d", "##e", "##ed", "##en", "##er", "##ers",
    "##g", "##i", "##ing", "##iz", "##ize", "##k", "##l", "##le", "##n", "##o", "##p", "##r", "##s",
    "##st", "##stand", "##t", "##y", "##z", "a", "i", "in", "p", "play", "player", "s", "stand",
    "t", "to", "token", "u", "un", "unable", "under",
  ]

  static let variants: Int? = 202

  static func draw(from dice: inout Dice) -> Parameters? {
    let word =
      dice.pick(["", "un", "in", "under"])
      + dice.pick(["play", "token", "stand", "stable", "train", "label"])
      + dice.pick(["", "able", "ed", "er", "ers", "ing", "ize", "ized", "izing"])
    let p = Parameters(word: word)
    return p.pieces.count < 2 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    let letters = Set(vocabulary.joined()).subtracting(["#"])
    return unless(
      (2...20).contains(p.word.count) && p.word.allSatisfy(letters.contains) && !p.pieces.isEmpty,
      "word has 2 to 20 letters that the vocabulary can put together")
  }

  /// The pieces from the left; empty where some place has none.
  private static func split(_ word: String, longestFirst: Bool) -> [String] {
    var (rest, pieces) = (word[...], [String]())
    while !rest.isEmpty {
      let lengths = longestFirst ? Array((1...rest.count).reversed()) : Array(1...rest.count)
      let fitting = lengths.map { (pieces.isEmpty ? "" : "##") + rest.prefix($0) }
      guard let piece = fitting.first(where: vocabulary.contains) else { return [] }
      pieces.append(piece)
      rest = rest.dropFirst(piece.count - (pieces.count == 1 ? 0 : 2))
    }
    return pieces
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) { key.write(.ordering(p.pieces)) }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Through the vocabulary sorted by length.
    let sorted = vocabulary.sorted { ($1.count, $1) < ($0.count, $0) }
    func next(_ rest: Substring, isFirst: Bool) -> [String] {
      guard !rest.isEmpty else { return [] }
      let marked = (isFirst ? "" : "##") + rest
      guard let piece = sorted.first(where: marked.hasPrefix) else { return [] }
      return [piece] + next(rest.dropFirst(piece.count - (isFirst ? 0 : 2)), isFirst: false)
    }
    return AnswerKey(AnswerValue.ordering(next(p.word[...], isFirst: true)))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let short = split(p.word, longestFirst: false)
    if !short.isEmpty { Mistake("shortest-first", "tokens", .ordering(short)) }
    Mistake("prefix-dropped", "tokens", .ordering(p.pieces.map { $0.replacing("##", with: "") }))
    Mistake("whole-unknown", "tokens", .ordering(["UNK"]))
    Mistake("characters", "tokens", .ordering(p.word.map { String($0) }))
  }

  static func pose(_ p: Parameters) -> Prompt {
    """
    A WordPiece tokeniser takes from the left the longest piece of its vocabulary that fits; pieces \
    that continue a word begin with ##. Its vocabulary is
    """
    Block.code(
      vocabulary.filter { !$0.hasPrefix("#") }.joined(separator: " ") + "\n"
        + wrapped(vocabulary.filter { $0.hasPrefix("#") }))
    ask("tokens", "the tokens of `\(p.word)` in order, with commas, or `UNK` if there are none")
  }

  private static func wrapped(_ pieces: [String]) -> String {
    stride(from: 0, to: pieces.count, by: 10).map { start in
      pieces[start..<min(start + 10, pieces.count)].joined(separator: " ")
    }.joined(separator: "\n")
  }

  static func solve(_ p: Parameters) -> Document {
    "The longest piece that begins the word is taken off, then the longest that continues it, and so on:"
    Block.code(p.pieces.joined(separator: ", "))
  }
}
