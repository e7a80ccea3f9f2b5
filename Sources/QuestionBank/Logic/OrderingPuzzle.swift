import ExamModel
import Typesetting

/// An order of four or five items from a few clues.
enum OrderingPuzzle: QuestionFamily {
  static let heading = Heading("logic.ordering-puzzle", "An order from clues", difficulty: 3)

  /// A clue about items by their numbers; places count from 0.
  enum Clue {
    case before(Int, Int), directlyBefore(Int, Int), apart(Int, Int)
    case notFirst(Int), notLast(Int), at(Int, Int)

    init?(_ text: String, items: [String]) {
      let words = text.split(separator: " ").map(String.init)
      let named = words.compactMap { items.firstIndex(of: $0) }
      guard let a = named.first else { return nil }
      let b = named.count > 1 ? named[1] : a
      switch (words.filter { !items.contains($0) }.joined(separator: " "), named.count) {
      case ("before", 2): self = .before(a, b)
      case ("directly before", 2): self = .directlyBefore(a, b)
      case ("and not adjacent", 2): self = .apart(a, b)
      case ("is not first", 1): self = .notFirst(a)
      case ("is not last", 1): self = .notLast(a)
      default:
        guard words.count == 5, words[1...3] == ["is", "at", "place"], let place = Int(words[4])
        else { return nil }
        self = .at(a, place - 1)
      }
    }

    func holds(_ places: [Int]) -> Bool {
      switch self {
      case .before(let a, let b): places[a] < places[b]
      case .directlyBefore(let a, let b): places[a] + 1 == places[b]
      case .apart(let a, let b): abs(places[a] - places[b]) != 1
      case .notFirst(let a): places[a] != 0
      case .notLast(let a): places[a] != places.count - 1
      case .at(let a, let place): places[a] == place
      }
    }
  }

  /// Clues such as `X before V`, `X directly before V`, `X is not first`, `V is at place 2` and
  /// `V and Y not adjacent`.
  struct Parameters: Codable, Sendable, Equatable {
    let clues: [String]
    let n: Int

    var items: [String] { Array(["V", "W", "X", "Y", "Z"].prefix(n)) }
    func parsed(_ clues: some Sequence<String>) -> [Clue] {
      clues.compactMap { Clue($0, items: items) }
    }
    func orders(keeping clues: [Clue]) -> [[Int]] {
      OrderingPuzzle.orders[n].filter { order in
        let places = OrderingPuzzle.places(order)
        return clues.allSatisfy { $0.holds(places) }
      }
    }
    var solution: [Int] { orders(keeping: parsed(clues)).first ?? [] }
    func text(_ order: [Int]) -> String { order.map { items[$0] }.joined() }
  }

  /// Every order of so many items, in the order of the alphabet.
  static let orders: [[[Int]]] = (0...5).map { permutations(Array(0..<$0)) }

  private static func permutations(_ items: [Int]) -> [[Int]] {
    guard items.count > 1 else { return [items] }
    return items.flatMap { first in permutations(items.filter { $0 != first }).map { [first] + $0 }
    }
  }

  /// Where each item stands.
  static func places(_ order: [Int]) -> [Int] {
    var places = order
    for (place, item) in order.enumerated() { places[item] = place }
    return places
  }

  static let parts = [
    Part("order", .text, weight: 2),
    Part("position", .integer, mayBeObvious: true, dependsOn: ["order"]),
  ]

  static let misconceptions: [Misconception] = [
    .core("last-clue-ignored", "This order breaks the last clue."),
    .optional("reversed", "The order is read from the first to the last."),
    .optional("counted-from-zero", "Places are counted from 1."),
  ]

  static let frequentAnswers = [
    FrequentAnswer("position", because: "there are four or five places")
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.integer(in: 4...5)
    let items = Parameters(clues: [], n: n).items
    let goal = places(dice.shuffled(Array(0..<n)))
    var clues: [String] = []
    var left = orders[n]
    for _ in 0..<30 where left.count > 1 {
      let pair = dice.draw(2, from: items)
      let place = dice.integer(in: 1...n)
      let text = dice.pick([
        "\(pair[0]) before \(pair[1])", "\(pair[0]) directly before \(pair[1])",
        "\(pair[0]) is not first", "\(pair[0]) is not last",
        "\(pair[0]) and \(pair[1]) not adjacent", "\(pair[0]) is at place \(place)",
      ])
      guard let clue = Clue(text, items: items), clue.holds(goal) else { continue }
      let next = left.filter { clue.holds(places($0)) }
      guard next.count < left.count else { continue }
      clues.append(text)
      left = next
    }
    let p = Parameters(clues: clues, n: n)
    let parsed = p.parsed(clues)
    // No clue is spare.
    let isTight = parsed.indices.allSatisfy { i in
      p.orders(keeping: Array(parsed[..<i] + parsed[(i + 1)...])).count > 1
    }
    return left.count == 1 && clues.count >= 3 && isTight ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard (3...5).contains(p.n), (1...10).contains(p.clues.count),
      p.parsed(p.clues).count == p.clues.count
    else { return "n lies between 3 and 5, and clues are such as \"X before V\"" }
    return p.orders(keeping: p.parsed(p.clues)).count == 1
      ? nil : "exactly one order keeps all clues"
  }

  /// The place of V, from 1.
  private static func place(_ order: [Int]) -> Int { (order.firstIndex(of: 0) ?? 0) + 1 }

  static func key(_ p: Parameters, into key: inout KeyWriter) {
    let right = p.solution
    var used = right
    if case .text(let mine)? = key.own[0] {
      let order = mine.uppercased().compactMap { p.items.firstIndex(of: String($0)) }
      if order.sorted() == right.sorted() { used = order }
    }
    key.write(AnswerValue.text(p.text(right)), place(used))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // The one order that is among those of every clue by itself.
    let shared = p.parsed(p.clues).map { Set(p.orders(keeping: [$0])) }
      .reduce(Set(orders[p.n])) { $0.intersection($1) }
    guard let order = shared.first, shared.count == 1 else { return nil }
    return AnswerKey(AnswerValue.text(p.text(order)), order.prefix { $0 != 0 }.count + 1)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = p.solution
    if let other = p.orders(keeping: p.parsed(p.clues.dropLast())).first(where: { $0 != right }) {
      Mistake("last-clue-ignored", "order", .text(p.text(other)))
    }
    Mistake("reversed", "order", .text(p.text(right.reversed())))
    Mistake("counted-from-zero", "position", place(right) - 1)
  }

  static func pose(_ p: Parameters) -> Prompt {
    "The items \(p.items.joined(separator: ", ")) stand in a row. About their order it is known:"
    Block.list(p.clues.map { Prose(verbatim: $0 + ".") })
    ask("order", "the order from first to last, such as `\(p.items.joined())`")
    ask("position", "the place of V, counted from 1")
  }

  static func solve(_ p: Parameters) -> Document {
    let right = p.solution
    let lines: [Prose] = p.clues.indices.map { i in
      let left = p.orders(keeping: p.parsed(p.clues[...i])).count
      return "\(verbatim: p.clues[i]): \(left == 1 ? "one order is" : "\(left) orders are") left."
    }
    return Document {
      "Clue by clue, of \(orders[p.n].count) orders:"
      Block.list(lines)
      "It is \(p.text(right)), with V at place \(place(right))."
    }
  }
}
