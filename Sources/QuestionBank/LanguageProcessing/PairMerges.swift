import ExamModel
import Typesetting

/// Byte-pair encoding: merge the most frequent pair of neighbours, again and again
/// (Sennrich, Haddow, Birch 2016).
enum PairMerges: QuestionFamily {
  static let heading = Heading(
    "nlp.bpe-merges", "Merges of byte-pair encoding", difficulty: 3, version: 2)

  /// `merges` of them are learnt from counted `words`; `encode` is then cut into tokens.
  struct Parameters: Codable, Sendable, Equatable {
    let words: [String: Int]
    let merges: Int
    let encode: String
  }

  private struct Pair: Hashable, Comparable {
    let left, right: String
    var joined: String { left + right }
    static func < (a: Pair, b: Pair) -> Bool { (a.left, a.right) < (b.left, b.right) }
  }

  static let parts = [
    Part("merges", .ordering, weight: 2), Part("tokens", .ordering, dependsOn: ["merges"]),
    Part("vocab", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "counts-ignored",
      "Each word counts as often as it occurs: weigh its pairs by the word's count."),
    .optional(
      "longest-match",
      "Byte-pair encoding replays the merges in the order in which they were learnt; it does not look for the longest token."
    ),
    .optional("characters", "Apply the merges: neighbours that were merged become one token."),
    .core("only-merges-counted", "The letters stay in the vocabulary; the merges come on top."),
    .optional(
      "merged-symbols-removed", "A merge adds a symbol and removes none of those it joins."),
  ]

  static let frequentAnswers = [
    FrequentAnswer(
      "vocab", because: "a corpus that is trained by hand has few letters and few merges")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let letters = Array(["a", "b", "c", "d", "e"].prefix(dice.integer(in: 3...5)))
    var words: [String: Int] = [:]
    while words.count < 4 {
      let word = dice.picks(dice.integer(in: 3...5), from: letters).joined()
      words[word] = dice.integer(in: 1...12)
    }
    guard Set(words.keys.joined()).count == letters.count else { return nil }
    let p = Parameters(
      words: words, merges: dice.integer(in: 2...4),
      encode: dice.picks(dice.integer(in: 5...6), from: letters).joined())
    let (merges, isClear) = learn(p.words, count: p.merges)
    guard isClear, merges.count == p.merges else { return nil }
    // Half of the draws show that replaying is not matching the longest.
    let tokens = replay(merges, on: p.encode)
    guard tokens.count < p.encode.count else { return nil }
    return dice.oneIn(2) || longest(merges, on: p.encode) != tokens ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard (1...20).contains(p.words.count), p.words.values.allSatisfy((1...1_000_000).contains),
      (p.words.keys + [p.encode]).allSatisfy({
        (1...40).contains($0.count) && $0.allSatisfy { ("a"..."z").contains($0) }
      })
    else { return "words are 1 to 20 words of small letters with counts, and encode is one too" }
    return (1...20).contains(p.merges) && learn(p.words, count: p.merges).merges.count == p.merges
      ? nil : "so many merges cannot be learnt from these words"
  }

  /// The merges in order, and whether the first ones are settled by counts alone.
  private static func learn(
    _ words: [String: Int], count: Int, isWeighted: Bool = true
  ) -> (merges: [Pair], isClear: Bool) {
    var corpus = words.map { (symbols: $0.key.map(String.init), count: isWeighted ? $0.value : 1) }
    var merges: [Pair] = []
    var isClear = true
    while merges.count < count {
      var counts: [Pair: Int] = [:]
      for word in corpus {
        for (left, right) in zip(word.symbols, word.symbols.dropFirst()) {
          counts[Pair(left: left, right: right), default: 0] += word.count
        }
      }
      guard let most = counts.values.max() else { break }
      let best = counts.filter { $0.value == most }.keys.sorted()
      if best.count > 1, merges.count < 2 { isClear = false }
      merges.append(best[0])
      for index in corpus.indices { corpus[index].symbols = merged(corpus[index].symbols, best[0]) }
    }
    return (merges, isClear)
  }

  private static func merged(_ symbols: [String], _ pair: Pair) -> [String] {
    var out: [String] = []
    for symbol in symbols {
      if symbol == pair.right, out.last == pair.left, !out.isEmpty {
        out[out.count - 1] = pair.joined
      } else {
        out.append(symbol)
      }
    }
    return out
  }

  private static func replay(_ merges: [Pair], on text: String) -> [String] {
    merges.reduce(text.map(String.init)) { merged($0, $1) }
  }

  /// What greedy matching with the same vocabulary would give.
  private static func longest(_ merges: [Pair], on text: String) -> [String] {
    let tokens = merges.map(\.joined)
    var out: [String] = []
    var rest = text[...]
    while let first = rest.first {
      let best = tokens.filter { rest.hasPrefix($0) }.max { $0.count < $1.count }
      out.append(best ?? String(first))
      rest = rest.dropFirst(out[out.count - 1].count)
    }
    return out
  }

  private static func letters(_ p: Parameters) -> Int { Set(p.words.keys.joined()).count }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let merges = learn(p.words, count: p.merges).merges
    let tokens: [String]
    if case .ordering(let mine)? = key.own[0] {
      tokens = replay(mine.compactMap { split($0, known: mine) }, on: p.encode)
    } else {
      tokens = replay(merges, on: p.encode)
    }
    key.write(.ordering(merges.map(\.joined)))
    key.write(.ordering(tokens))
    key.write(letters(p) + merges.count)
  }

  /// The two symbols of a merge that was named by what it makes.
  private static func split(_ name: String, known: [String]) -> Pair? {
    guard name.count > 1 else { return nil }
    for length in 1..<name.count {
      let (left, right) = (String(name.prefix(length)), String(name.dropFirst(length)))
      let isSymbol = { (s: String) in s.count == 1 || known.contains(s) }
      if isSymbol(left), isSymbol(right) { return Pair(left: left, right: right) }
    }
    return nil
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // On texts with a separator between symbols; a merge takes the separator away.
    func spaced(_ word: String) -> String {
      " " + word.map(String.init).joined(separator: " ") + " "
    }
    func joining(_ left: String, _ right: String, in text: String) -> String {
      var (words, out) = (text.split(separator: " ").map(String.init)[...], [String]())
      while let word = words.popFirst() {
        if word == left, words.first == right {
          out.append(left + (words.popFirst() ?? ""))
        } else {
          out.append(word)
        }
      }
      return " " + out.joined(separator: " ") + " "
    }
    var corpus = p.words.sorted { $0.key < $1.key }.map { (text: spaced($0.key), count: $0.value) }
    var (made, tokens) = ([String](), spaced(p.encode))
    for _ in 0..<p.merges {
      var counts: [[String]: Int] = [:]
      for word in corpus {
        let symbols = word.text.split(separator: " ").map(String.init)
        for place in symbols.indices.dropLast() {
          counts[[symbols[place], symbols[place + 1]], default: 0] += word.count
        }
      }
      let best = counts.min { a, b in
        a.value != b.value ? a.value > b.value : a.key.lexicographicallyPrecedes(b.key)
      }
      guard let pair = best?.key else { return nil }
      made.append(pair.joined())
      corpus = corpus.map { (joining(pair[0], pair[1], in: $0.text), $0.count) }
      tokens = joining(pair[0], pair[1], in: tokens)
    }
    return AnswerKey(
      AnswerValue.ordering(made),
      AnswerValue.ordering(tokens.split(separator: " ").map(String.init)),
      Set(p.words.keys.joined()).count + made.count)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let merges = learn(p.words, count: p.merges).merges
    let careless = learn(p.words, count: p.merges, isWeighted: false).merges
    Mistake("counts-ignored", "merges", .ordering(careless.map(\.joined)))
    Mistake("longest-match", "tokens", .ordering(longest(merges, on: p.encode)))
    Mistake("characters", "tokens", .ordering(p.encode.map(String.init)))
    Mistake("only-merges-counted", "vocab", merges.count)
    Mistake("merged-symbols-removed", "vocab", letters(p))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let words = p.words.sorted { $0.key < $1.key }
    "Byte-pair encoding is trained on a corpus of words with these counts:"
    Block.table(
      header: ["word", "count"],
      rows: words.map { [Prose(pieces: [.code($0.key)]), "\($0.value)"] })
    """
    It begins with single letters. Each merge joins the most frequent pair of neighbours \
    within words; of equally frequent pairs it takes the one that comes first in the \
    alphabet (by its left symbol, then its right one). Answer with symbols in order, \
    separated by commas, such as `ab, abc`.
    """
    ask("merges", "the symbols made by the first \(p.merges) merges, in order")
    ask("tokens", "the tokens into which these merges cut the new word `\(p.encode)`")
    ask("vocab", "the size of the vocabulary after these merges, single letters included")
  }

  static func solve(_ p: Parameters) -> Document {
    let merges = learn(p.words, count: p.merges).merges
    var corpus = p.words.map { (symbols: $0.key.map(String.init), count: $0.value) }
      .sorted { $0.symbols.joined() < $1.symbols.joined() }
    var rows: [[Prose]] = []
    for (index, pair) in merges.enumerated() {
      let count = corpus.reduce(0) { sum, word in
        sum + word.count
          * zip(word.symbols, word.symbols.dropFirst()).count {
            $0.0 == pair.left && $0.1 == pair.right
          }
      }
      for place in corpus.indices { corpus[place].symbols = merged(corpus[place].symbols, pair) }
      rows.append([
        "\(index + 1)", Prose(pieces: [.code("\(pair.left) \(pair.right)")]), "\(count)",
        Prose(pieces: [
          .code(corpus.map { $0.symbols.joined(separator: "·") }.joined(separator: " "))
        ]),
      ])
    }
    var tokens = p.encode.map(String.init)
    var cuts = [tokens.joined(separator: "·")]
    for pair in merges {
      tokens = merged(tokens, pair)
      cuts.append(tokens.joined(separator: "·"))
    }
    return [
      .paragraph("The most frequent pair at each step, with its count and the corpus after it:"),
      .table(header: ["merge", "pair", "count", "corpus"], rows: rows),
      .paragraph(
        "Replaying them in this order cuts the new word: "
          + Prose(pieces: [.code(cuts.joined(separator: " → "))]) + "."),
      .paragraph(
        "The vocabulary has $\(letters(p))$ letters and $\(merges.count)$ merged symbols: $\(letters(p)) + \(merges.count) = \(letters(p) + merges.count)$."
      ),
    ]
  }
}
