import Calculus
import ExamModel
import Typesetting

/// One round of k-means: assign, then move the centres.
enum ClusterStep: QuestionFamily {
  static let heading = Heading("ml.kmeans-step", "One round of k-means", difficulty: 3)

  struct Parameters: Codable, Sendable, Equatable {
    let points, centres: [[Int]]

    func squaredDistance(_ i: Int, _ c: Int) -> Int {
      zip(points[i], centres[c]).map { ($0 - $1) * ($0 - $1) }.sum
    }
    var assignment: [Int] {
      points.indices.map { squaredDistance($0, 1) < squaredDistance($0, 0) ? 1 : 0 }
    }
    func members(_ assignment: [Int], _ c: Int) -> [[Int]] {
      points.indices.filter { assignment[$0] == c }.map { points[$0] }
    }
    func summary(_ assignment: [Int], _ of: ([Double]) -> Double) -> [[Double]] {
      [0, 1].map { c in
        [0, 1].map { j in nearFraction(of(members(assignment, c).map { Double($0[j]) })) }
      }
    }
  }

  static let parts = [
    Part("assign", .vector), Part.fraction("centres", .matrix, weight: 2, dependsOn: ["assign"]),
    Part("inertia", .integer),
  ]

  static let misconceptions: [Misconception] = [
    .core(
      "divided-by-k", "Divide by the number of points in the cluster, not by that of clusters."),
    .optional("median", "The new centre is the mean; the median belongs to k-medians."),
    .core("unrooted-inertia", "The inertia sums squared distances."),
    .core("swapped", "Each point goes to the nearer centre."),
    .optional("overall-mean", "Each centre moves to the mean of its own points."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      points: dice.rows(6, of: 2, in: 0...9), centres: dice.rows(2, of: 2, in: 0...9))
    let tied = p.points.indices.contains { p.squaredDistance($0, 0) == p.squaredDistance($0, 1) }
    return tied || p.assignment.sum != 3 ? nil : p
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "points", p.points, rows: 2...12, columns: 2)
      ?? within(-100...100, "centres", p.centres, rows: 2, columns: 2)
      ?? unless(Set(p.assignment).count == 2, "each centre has a point")
      ?? unless(
        p.points.indices.allSatisfy { p.squaredDistance($0, 0) != p.squaredDistance($0, 1) },
        "no point is as near to one centre as to the other")
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let right = p.assignment
    let mine = key.vector(right.map(Double.init)).map { $0 == 1 ? 1 : 0 }
    let isWhole = Set(mine).count == 2
    key.matrix(p.summary(isWhole ? mine : right) { $0.mean })
    key.write(p.points.indices.map { p.squaredDistance($0, right[$0]) }.sum)
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By the side of the bisector; centres by running means.
    let (a, b) = (p.centres[0], p.centres[1])
    let normal = [b[0] - a[0], b[1] - a[1]]
    let middle = dot(normal, [a[0] + b[0], a[1] + b[1]])
    let sides = p.points.map { 2 * dot(normal, $0) > middle ? 1 : 0 }
    var means = [[0.0, 0.0], [0.0, 0.0]]
    var counts = [0.0, 0.0]
    var inertia = 0
    for (point, side) in zip(p.points, sides) {
      counts[side] += 1
      for j in [0, 1] { means[side][j] += (Double(point[j]) - means[side][j]) / counts[side] }
      let (dx, dy) = (point[0] - p.centres[side][0], point[1] - p.centres[side][1])
      inertia += dx * dx + dy * dy
    }
    return AnswerKey(sides, means, inertia)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = p.assignment
    let whole = [0, 1].map { j in p.points.map { Double($0[j]) }.mean }
    Mistake("divided-by-k", "centres", p.summary(right) { $0.sum / 2 })
    Mistake("median", "centres", p.summary(right, median))
    Mistake(
      "unrooted-inertia", "inertia",
      p.points.indices.map { Double(p.squaredDistance($0, right[$0])).squareRoot() }.sum)
    Mistake("swapped", "assign", right.map { 1 - $0 })
    Mistake("overall-mean", "centres", [whole, whole])
  }

  private static func median(_ xs: [Double]) -> Double {
    let sorted = xs.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
  }

  static func pose(_ p: Parameters) -> Prompt {
    let points = p.points.map { tuple($0) }.joined(separator: ", ")
    """
    One round of $k$-means with two clusters: the points are $\(points)$, the centres are \
    $c_0 = \(tuple(p.centres[0]))$ and $c_1 = \(tuple(p.centres[1]))$.
    """
    ask("assign", "for each point in order, 0 or 1: the centre that it is assigned to")
    ask("centres", "the new centres, one a row, that of centre 0 first")
    ask(
      "inertia",
      "the sum of squared distances of all points from the old centres they are assigned to")
  }

  static func solve(_ p: Parameters) -> Document {
    let right = p.assignment
    let rows: [[Prose]] = p.points.indices.map { i in
      [
        "$\(tuple(p.points[i]))$", "\(p.squaredDistance(i, 0))", "\(p.squaredDistance(i, 1))",
        "\(right[i])",
      ]
    }
    let centres = p.summary(right) { $0.mean }
    "The squared distances decide:"
    Block.table(header: ["point", "to $c_0$", "to $c_1$", "centre"], rows: rows)
    "Each centre moves to the mean of its points:"
    steps("c_0 = \(shown(centres[0]))", "c_1 = \(shown(centres[1]))")
    "The smaller squared distances add up to $\(p.points.indices.map { p.squaredDistance($0, right[$0]) }.sum)$."
  }
}
