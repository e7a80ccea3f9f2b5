import ExamModel
import Typesetting

/// The least cost of insertions, deletions and substitutions from one word to another.
enum EditDistance: QuestionFamily {
  static let heading = Heading("nlp.edit-distance", "Edit distance", difficulty: 3)

  /// `cell` holds the lengths of two prefixes whose distance is asked as well.
  struct Parameters: Codable, Sendable, Equatable {
    let a, b: String
    let subCost: Int
    let cell: [Int]

    /// The whole table: row i, column j is the distance of prefixes of those lengths.
    func table(_ cost: Int) -> [[Int]] {
      var rows = [Array(0...b.count)]
      for (i, x) in a.enumerated() {
        var row = [i + 1]
        for (j, y) in b.enumerated() {
          let diagonal = rows[i][j] + (x == y ? 0 : cost)
          row.append(min(diagonal, rows[i][j + 1] + 1, row[j] + 1))
        }
        rows.append(row)
      }
      return rows
    }
    func distance(_ cost: Int) -> Int { table(cost)[a.count][b.count] }
    /// Where only insertions and deletions are used: |a| + |b| − 2 LCS.
    var common: Int { (a.count + b.count - distance(2)) / 2 }
  }

  static let parts = [Part("d", .integer, weight: 2), Part("cell", .integer, mayBeObvious: true)]

  static let misconceptions: [Misconception] = [
    .optional("other-substitution-cost", "Look at what a substitution costs here."),
    .optional("position-by-position", "Letters may shift: an insertion lets the rest line up."),
    .core("length-difference", "Besides the length, the letters differ."),
    .optional("longest-length-minus-lcs", "The common letters need not line up at that cost."),
    .core("similarity", "That is how many letters both have in order; count the edits."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("d", "cell", because: "words that look alike are a few edits apart")
  ]

  private static let words = [
    "train", "strain", "attention", "intention", "layer", "player", "basis", "bias", "rain",
    "brain", "gradient", "ingredient", "vector", "victor", "neuron", "neutron", "kernel", "colonel",
    "token", "taken", "model", "modal", "weight", "height", "batch", "patch", "matrix", "metric",
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let pair: [String]
    if dice.oneIn(2) {
      let first = 2 * dice.below(words.count / 2)
      pair = dice.shuffled([words[first], words[first + 1]])
    } else {
      pair = dice.draw(2, from: words)
    }
    let p = Parameters(
      a: pair[0], b: pair[1], subCost: dice.integer(in: 1...2),
      cell: [
        dice.integer(in: 2...min(5, pair[0].count - 1)),
        dice.integer(in: 2...min(5, pair[1].count - 1)),
      ])
    return p.a.count * p.b.count > 50 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    guard
      [p.a, p.b].allSatisfy({ word in
        (1...15).contains(word.count) && word.allSatisfy { ("a"..."z").contains($0) }
      })
    else { return "a and b are words of 1 to 15 small letters" }
    guard (1...2).contains(p.subCost) else { return "subCost is 1 or 2" }
    return p.cell.count == 2 && (0...p.a.count).contains(p.cell[0])
      && (0...p.b.count).contains(p.cell[1]) ? nil : "cell holds two lengths of prefixes"
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let table = p.table(p.subCost)
    key.write(table[p.a.count][p.b.count], table[p.cell[0]][p.cell[1]])
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The cheapest way through the graph of edits, nearest corners first.
    let (a, b) = (Array(p.a), Array(p.b))
    var done: [[Int]: Int] = [:]
    var reached = [[0, 0]: 0]
    while let (corner, cost) = reached.min(by: {
      ($0.value, $0.key[0], $0.key[1]) < ($1.value, $1.key[0], $1.key[1])
    }) {
      reached[corner] = nil
      done[corner] = cost
      let (i, j) = (corner[0], corner[1])
      var next: [([Int], Int)] = []
      if i < a.count { next.append(([i + 1, j], 1)) }
      if j < b.count { next.append(([i, j + 1], 1)) }
      if i < a.count, j < b.count { next.append(([i + 1, j + 1], a[i] == b[j] ? 0 : p.subCost)) }
      for (place, price) in next where done[place] == nil {
        reached[place] = min(reached[place] ?? .max, cost + price)
      }
    }
    return AnswerKey(done[[a.count, b.count]], done[p.cell])
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (n, m) = (p.a.count, p.b.count)
    Mistake("length-difference", "d", abs(n - m))
    Mistake("similarity", "d", p.common)
    Mistake("other-substitution-cost", "d", p.distance(3 - p.subCost))
    let differing = zip(p.a, p.b).count { $0 != $1 }
    Mistake("position-by-position", "d", p.subCost * differing + abs(n - m))
    Mistake("longest-length-minus-lcs", "d", max(n, m) - p.common)
  }

  static func pose(_ p: Parameters) -> Prompt {
    let (first, second) = (p.a.prefix(p.cell[0]), p.b.prefix(p.cell[1]))
    "An insertion or a deletion of a letter costs 1, a substitution \(p.subCost)."
    ask("d", "the edit distance of `\(p.a)` and `\(p.b)`")
    ask("cell", "the edit distance of the prefixes `\(first)` and `\(second)`")
  }

  static func solve(_ p: Parameters) -> Document {
    let table = p.table(p.subCost)
    let header: [Prose] = ["", ""] + p.b.map { "\(String($0))" }
    let rows: [[Prose]] = table.indices.map { i in
      let letter = i == 0 ? "" : String(Array(p.a)[i - 1])
      return ["\(letter)"] + table[i].map { "\($0)" }
    }
    return Document {
      "Each cell is the cheapest of: from the left plus 1, from above plus 1, and along the diagonal plus 0 for equal letters or \(p.subCost) for others."
      Block.table(header: header, rows: rows)
      "The last cell is \(table[p.a.count][p.b.count]); that of the prefixes is \(table[p.cell[0]][p.cell[1]])."
    }
  }
}
