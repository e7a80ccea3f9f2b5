import ExamModel
import Typesetting

/// The k nearest of six points vote.
enum NearestNeighbours: QuestionFamily {
  static let heading = Heading("ml.knn", "Nearest neighbours", difficulty: 2)

  enum Metric: String, Codable, Sendable, CaseIterable {
    case euclidean, manhattan
    /// The distance, or its square.
    func distance(_ a: [Int], _ b: [Int]) -> Int {
      let steps = zip(a, b).map { abs($0 - $1) }
      return self == .euclidean ? steps.map { $0 * $0 }.sum : steps.sum
    }
    var other: Metric { self == .euclidean ? .manhattan : .euclidean }
  }

  /// Points are numbered from 0.
  struct Parameters: Codable, Sendable, Equatable {
    let points: [[Int]]
    let labels: [String]
    let query: [Int]
    let k: Int
    let metric: Metric

    func distances(_ metric: Metric) -> [Int] { points.map { metric.distance($0, query) } }
    func nearest(_ metric: Metric) -> [Int] {
      let distances = distances(metric)
      let order = points.indices.sorted { (distances[$0], $0) < (distances[$1], $1) }
      return Array(order.prefix(k))
    }
    func vote(_ voters: some Sequence<Int>) -> String {
      let votes = voters.map { labels[$0] == "A" ? 1 : -1 }.sum
      return votes > 0 ? "A" : votes < 0 ? "B" : "-"
    }
  }

  static let parts = [
    Part("order", .ordering, weight: 2), Part("label", .choice, dependsOn: ["order"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("one-neighbour", "All k nearest points vote, not only the nearest."),
    .optional("farthest", "The nearest points vote, not the farthest."),
    .optional("other-metric", "Look at how distance is measured here."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let p = Parameters(
      points: dice.rows(6, of: 2, in: 0...9), labels: dice.picks(6, from: ["A", "B"]),
      query: dice.integers(2, in: 0...9), k: dice.pick([3, 5]), metric: dice.pick(Metric.allCases))
    let nearest = p.nearest(p.metric)
    let areApart = Metric.allCases.allSatisfy { Set(p.distances($0)).count == 6 }
    return areApart && p.vote(nearest) != p.labels[nearest[0]] ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    within(-100...100, "points", p.points, rows: 1...20, columns: 2)
      ?? within(-100...100, "query", p.query, count: 2)
      ?? unless(
        p.labels.count == p.points.count && p.labels.allSatisfy(["A", "B"].contains),
        "each point has a label A or B")
      ?? within(1...p.points.count, "k", p.k) ?? unless(p.k % 2 == 1, "k is odd")
      ?? unless(Set(p.distances(p.metric)).count == p.points.count, "no two distances are equal")
  }

  static func options(_ p: Parameters) -> [PartID: Options] {
    ["label": Options(["A", "B"], isShuffled: false)]
  }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let nearest = p.nearest(p.metric)
    var voters = nearest
    if case .ordering(let items)? = key.own[0] {
      let mine = items.compactMap { Int($0) }.filter(p.points.indices.contains)
      if mine.count == items.count, mine.count % 2 == 1 { voters = mine }
    }
    key.write(.ordering(nearest.map(String.init)), .choice(p.vote(voters)))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // Widen a circle until it holds k points.
    let distances = p.distances(p.metric)
    let order = (0...(distances.max() ?? 0)).flatMap { radius in
      distances.indices.filter { distances[$0] == radius }
    }.prefix(p.k)
    let count = order.count { p.labels[$0] == "A" }
    return AnswerKey(
      AnswerValue.ordering(order.map(String.init)), AnswerValue.choice(2 * count > p.k ? "A" : "B"))
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let nearest = p.nearest(p.metric)
    let far = p.points.indices.sorted { p.distances(p.metric)[$0] > p.distances(p.metric)[$1] }
    Mistake("one-neighbour", "label", .choice(p.labels[nearest[0]]))
    Mistake("farthest", "order", .ordering(far.prefix(p.k).map(String.init)))
    Mistake("other-metric", "order", .ordering(p.nearest(p.metric.other).map(String.init)))
  }

  static func pose(_ p: Parameters) -> Prompt {
    let rows: [[Prose]] = p.points.indices.map {
      ["\($0)", "$\(tuple(p.points[$0]))$", "\(verbatim: p.labels[$0])"]
    }
    """
    The query $\(tuple(p.query))$ is classified by its $k = \(p.k)$ nearest neighbours among six \
    points, with the \(p.metric == .euclidean ? "Euclidean" : "Manhattan") distance:
    """
    Block.table(header: ["number", "point", "class"], rows: rows)
    ask("order", "the numbers of the \(p.k) nearest points, the nearest first, such as `4, 0, 2`")
    ask("label", "the class of the query")
  }

  static func solve(_ p: Parameters) -> Document {
    let nearest = p.nearest(p.metric)
    "The \(p.metric == .euclidean ? "squared distances" : "distances") of the points, in their order, are"
    steps("\(tuple(p.distances(p.metric)))")
    """
    The nearest are \(nearest.map(String.init).joined(separator: ", ")), of the classes \
    \(verbatim: nearest.map { p.labels[$0] }.joined(separator: ", ")): the majority is \(verbatim: p.vote(nearest)).
    """
  }
}
