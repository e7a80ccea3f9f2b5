import ExamModel
import Typesetting

/// An order of four or five items from a few clues.
enum OrderingPuzzle: QuestionFamily {
  static let id: FamilyID = "logic.ordering-puzzle"
  static let title = "An order from clues"
  static let difficulty = 3

  /// Clues such as `X before V`, `X directly before V`, `X is not first`, `V is at place 2` and
  /// `V and Y not adjacent`.
  struct Parameters: Codable, Sendable, Equatable {
    let clues: [String]
    let n: Int

    var items: [String] { Array(["V", "W", "X", "Y", "Z"].prefix(n)) }

    /// Whether an order keeps a clue; nil where it cannot be read.
    func keeps(_ clue: String, _ order: [String]) -> Bool? {
      let words = clue.split(separator: " ").map(String.init)
      guard let name = words.first, let first = order.firstIndex(of: name), let end = words.last
      else { return nil }
      let last = order.firstIndex(of: end)
      let second = words.count > 2 ? order.firstIndex(of: words[2]) : nil
      switch words.dropFirst().map({ items.contains($0) ? "_" : $0 }).joined(separator: " ") {
      case "is not first": return first != 0
      case "is not last": return first != n - 1
      case "before _": return last.map { first < $0 }
      case "directly before _": return last.map { first + 1 == $0 }
      case "and _ not adjacent": return second.map { abs(first - $0) != 1 }
      default:
        guard words.count == 5, words[1...3] == ["is", "at", "place"], let place = Int(end) else {
          return nil
        }
        return first + 1 == place
      }
    }
    func orders(keeping clues: some Sequence<String>) -> [[String]] {
      OrderingPuzzle.permutations(items).filter { order in
        clues.allSatisfy { keeps($0, order) == true }
      }
    }
  }

  static func permutations(_ items: [String]) -> [[String]] {
    guard items.count > 1 else { return [items] }
    return items.flatMap { first in
      permutations(items.filter { $0 != first }).map { [first] + $0 }
    }
  }

  private static func text(_ order: [String]) -> AnswerValue { .text(order.joined()) }

  static let parts = [
    Part("order", .text, weight: 2),
    Part("position", .integer, mayBeObvious: true, dependsOn: ["order"]),
  ]

  static let misconceptions = [
    Misconception("last-clue-ignored", core: true, "This order breaks the last clue."),
    Misconception("reversed", "The order is read from the first to the last."),
    Misconception("counted-from-zero", "Places are counted from 1."),
  ]

  static func draw(from dice: inout Dice) -> Parameters? {
    let n = dice.integer(in: 4...5)
    let empty = Parameters(clues: [], n: n)
    let goal = dice.shuffled(empty.items)
    var clues: [String] = []
    var left = permutations(empty.items)
    for _ in 0..<30 where left.count > 1 {
      let pair = dice.draw(2, from: empty.items)
      let place = dice.integer(in: 1...n)
      let clue = dice.pick([
        "\(pair[0]) before \(pair[1])", "\(pair[0]) directly before \(pair[1])",
        "\(pair[0]) is not first",
        "\(pair[0]) is not last", "\(pair[0]) and \(pair[1]) not adjacent",
        "\(pair[0]) is at place \(place)",
      ])
      let next = left.filter { empty.keeps(clue, $0) == true }
      guard empty.keeps(clue, goal) == true, next.count < left.count else { continue }
      clues.append(clue)
      left = next
    }
    let p = Parameters(clues: clues, n: n)
    // No clue is spare.
    let isTight = clues.indices.allSatisfy { i in
      p.orders(keeping: clues.enumerated().filter { $0.offset != i }.map(\.element)).count > 1
    }
    return left.count == 1 && clues.count >= 3 && isTight ? p : nil
  }

  static func objection(to p: Parameters) -> String? {
    guard (3...5).contains(p.n), (1...10).contains(p.clues.count),
      p.clues.allSatisfy({ p.keeps($0, p.items) != nil })
    else { return "n lies between 3 and 5, and clues are such as \"X before V\"" }
    return p.orders(keeping: p.clues).count == 1 ? nil : "exactly one order keeps all clues"
  }

  private static func place(_ order: [String]) -> Int { (order.firstIndex(of: "V") ?? 0) + 1 }

  static func key(_ p: Parameters, carrying own: OwnAnswers) -> AnswerKey {
    let right = p.orders(keeping: p.clues)[0]
    var used = right
    if case .text(let mine)? = own[0] {
      let letters = mine.uppercased().map { String($0) }
      if letters.sorted() == p.items { used = letters }
    }
    return AnswerKey(text(right), place(used))
  }

  static func secondKey(_ p: Parameters) -> AnswerKey? {
    // By swapping: from each clue's own orders, the one that all have.
    let shared = p.clues.map { clue in Set(p.orders(keeping: [clue])) }
      .reduce(Set(permutations(p.items))) { $0.intersection($1) }
    guard let order = shared.first, shared.count == 1 else { return nil }
    return AnswerKey(text(order), order.prefix { $0 != "V" }.count + 1)
  }

  static func mistakes(_ p: Parameters) -> [Mistake] {
    let right = p.orders(keeping: p.clues)[0]
    if let other = p.orders(keeping: p.clues.dropLast()).first(where: { $0 != right }) {
      Mistake("last-clue-ignored", "order", text(other))
    }
    Mistake("reversed", "order", text(right.reversed()))
    Mistake("counted-from-zero", "position", place(right) - 1)
  }

  static func pose(_ p: Parameters) -> Prompt {
    Prompt([
      "order": "the order from first to last, such as `\(p.items.joined())`",
      "position": "the place of V, counted from 1",
    ]) {
      "The items \(p.items.joined(separator: ", ")) stand in a row. About their order it is known:"
      Block.list(p.clues.map { Prose(verbatim: $0 + ".") })
    }
  }

  static func solve(_ p: Parameters) -> Document {
    let right = p.orders(keeping: p.clues)[0]
    let lines: [Prose] = p.clues.indices.map { i in
      let left = p.orders(keeping: p.clues[...i]).count
      return "\(verbatim: p.clues[i]): \(left == 1 ? "one order is" : "\(left) orders are") left."
    }
    return Document {
      "Clue by clue, of \(permutations(p.items).count) orders:"
      Block.list(lines)
      "It is \(right.joined()), with V at place \(place(right))."
    }
  }
}
