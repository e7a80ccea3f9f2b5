import Calculus
import ExamModel
import Typesetting

/// Rank and nullity of a small matrix: together as many as it has columns.
enum RankNullity: QuestionFamily {
  static let heading = Heading("math.rank-nullity", "Rank and nullity", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let matrix: [[Int]]
    var columns: Int { matrix[0].count }
    var rank: Int { Self.eliminated(matrix).count { $0.contains { $0 != 0 } } }

    /// In steps, by exact elimination.
    static func eliminated(_ matrix: [[Int]]) -> [[Rational]] {
      var rows = matrix.map { $0.map { Rational($0) } }
      var top = 0
      for column in rows[0].indices {
        guard let pivot = rows.indices.first(where: { $0 >= top && rows[$0][column] != 0 }) else {
          continue
        }
        rows.swapAt(top, pivot)
        for below in rows.indices where below > top {
          let factor = rows[below][column] / rows[top][column]
          rows[below] = zip(rows[below], rows[top]).map { $0 - factor * $1 }
        }
        top += 1
        if top == rows.count { break }
      }
      return rows
    }
  }

  static let parts = [
    Part("rank", .integer, mayBeObvious: true),
    Part("nullity", .integer, mayBeObvious: true, dependsOn: ["rank"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("rows-as-rank", "Rows that are combinations of others do not count."),
    .optional("nonzero-rows", "Count the rows that are left after elimination."),
    .optional("full", "Some rows or columns depend on others."),
    .core("rows-minus-rank", "Rank and nullity add up to the number of columns."),
    .optional("nullity-is-rank", "The nullity is the number of columns minus the rank."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("rank", "nullity", because: "a matrix that is reduced by hand has few ranks")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let (m, n) = (dice.integer(in: 2...4), dice.integer(in: 3...5))
    let k = dice.pick([1, 2, 2, 2])
    let (left, right) = (dice.rows(m, of: k, in: -2...2), dice.rows(k, of: n, in: -2...2))
    let p = Parameters(matrix: product(left, right))
    return m == n || p.rank == 0 || p.rank == m || p.rank * 2 == n ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(1...5, "the number of rows", p.matrix.count)
      ?? within(1...5, "the number of columns", p.columns)
      ?? within(-20...20, "matrix", p.matrix, rows: p.matrix.count, columns: p.columns)
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    key.write(p.columns - key.integer(p.rank))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The largest square part with a determinant other than 0.
    func det(_ m: [[Int]]) -> Int {
      m.count == 1
        ? m[0][0]
        : m.indices.map { j in
          let rest = m.dropFirst().map { row in row.indices.filter { $0 != j }.map { row[$0] } }
          return (j % 2 == 0 ? 1 : -1) * m[0][j] * det(rest)
        }.sum
    }
    func subsets(_ n: Int, _ k: Int) -> [[Int]] {
      (0..<1 << n).map { bits in (0..<n).filter { bits >> $0 & 1 == 1 } }.filter { $0.count == k }
    }
    let largest = min(p.matrix.count, p.columns)
    let rank = (1...largest).last { k in
      subsets(p.matrix.count, k).contains { rows in
        subsets(p.columns, k).contains { columns in
          det(rows.map { i in columns.map { p.matrix[i][$0] } }) != 0
        }
      }
    }
    return AnswerKey(rank ?? 0, p.columns - (rank ?? 0))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let (rows, rank) = (p.matrix.count, p.rank)
    Mistake("rows-as-rank", "rank", rows)
    Mistake("nonzero-rows", "rank", p.matrix.count { $0.contains { $0 != 0 } })
    Mistake("full", "rank", min(rows, p.columns))
    Mistake("rows-minus-rank", "nullity", rows - rank)
    Mistake("nullity-is-rank", "nullity", rank)
  }

  static func pose(_ p: Parameters) -> Prompt {
    Block.formula("A = \(grid(p.matrix))")
    ask("rank", "the rank of $A$")
    ask("nullity", "the dimension of the null space of $A$")
  }

  static func solve(_ p: Parameters) -> Document {
    let rows = Parameters.eliminated(p.matrix).map { $0.map(\.value) }
    "Elimination leaves"
    Block.formula("\(grid(rows))")
    "with \(p.rank) rows that are not zero, so the rank is \(p.rank). With \(p.columns) columns the nullity is"
    steps("\(p.columns) - \(p.rank) = \(p.columns - p.rank)")
  }
}
