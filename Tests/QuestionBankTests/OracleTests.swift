import Calculus
import ExamModel
import Foundation
import QuestionBank
import Testing

/// One case of `Tests/Oracle/vectors.jsonl`.
struct OracleCase: Sendable, CustomTestStringConvertible {
  let json: JSON

  var family: FamilyID { FamilyID(json["family"]?.string ?? "") }
  var testDescription: String { "\(family) \(json["case"]?.int ?? -1)" }

  /// The cases of the families that there are.
  static let all = recorded.filter { oracle in
    Catalogue.families.contains { $0.id == oracle.family }
  }

  private static let recorded: [OracleCase] = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().appending(path: "Oracle")
    let text = ["vectors.jsonl", "drawn.jsonl"].map { name in
      (try? String(contentsOf: folder.appending(path: name), encoding: .utf8)) ?? ""
    }.joined(separator: "\n")
    return text.split(separator: "\n").compactMap { line in
      (try? JSON(parsing: String(line), file: "vectors")).map(OracleCase.init)
    }
  }()

  func question() throws -> any Question {
    try Catalogue.family(family).question(
      with: try #require(json["parameters"]), style: QuestionStyle())
  }
}

@Suite("The families against an independent engine") struct OracleTests {
  @Test("has cases of each family", arguments: ListedFamily.all)
  func count(_ family: ListedFamily) {
    #expect(OracleCase.all.count { $0.family == family.type.id } >= 4)
  }

  @Test("keys agree", arguments: OracleCase.all)
  func keys(_ oracle: OracleCase) throws {
    let question = try oracle.question()
    let parts = try #require(oracle.json["parts"]?.array)
    #expect(
      Set(parts.map { $0["id"]?.string })
        == Set(question.asked.map { question.parts[$0].id.rawValue }))
    for part in parts {
      let id = PartID(part["id"]?.string ?? "")
      let index = try #require(question.parts.firstIndex { $0.id == id })
      let key = try #require(question.key[index])
      #expect(agrees(key, part["answer"], at: oracle), "\(id): \(key)")
      if let exact = part["exact"] {
        #expect(question.exact()[id] == layout(exact), "\(id)")
      }
    }
  }

  @Test("mistakes agree", arguments: OracleCase.all)
  func mistakes(_ oracle: OracleCase) throws {
    let question = try oracle.question()
    for rule in oracle.json["malrules"]?.members ?? [] {
      let id = MisconceptionID(rule.key)
      let part = oracle.json["malrulePart"]?[rule.key]?.string ?? ""
      if Self.undetermined.contains(rule.key) { continue }
      let mistake = question.mistakes.first { $0.id == id && $0.part.rawValue == part }
      #expect(mistake?.part == PartID(part), "\(id) is missing")
      if let mistake {
        #expect(agrees(mistake.value, rule.value, at: oracle), "\(id): \(mistake.value)")
      }
    }
  }

  @Test("wrong earlier answers are carried as they should be", arguments: OracleCase.all)
  func followThrough(_ oracle: OracleCase) throws {
    let question = try oracle.question()
    for step in oracle.json["followThrough"]?.array ?? [] {
      var own = [AnswerValue?](repeating: nil, count: question.parts.count)
      for given in try #require(step["given"]?.members) {
        let index = try #require(question.parts.firstIndex { $0.id.rawValue == given.key })
        own[index] = AnswerValue(given.value, as: question.parts[index].kind)
      }
      let part = step["part"]?.string
      let index = try #require(question.parts.firstIndex { $0.id.rawValue == part })
      let carried = try #require(question.key(carrying: OwnAnswers(values: own))[index])
      #expect(agrees(carried, step["expect"], at: oracle), "\(part ?? "") from \(own)")
    }
  }

  /// Whether an expression has the case's values at its points.
  private func agrees(_ text: String, _ json: JSON, _ oracle: OracleCase) -> Bool {
    guard let samples = json["samples"]?.doubles,
      let points = oracle.json["parameters"]?["points"]?.array?.compactMap({ point in
        point.members?.reduce(into: [String: Double]()) { $0[$1.key] = $1.value.double }
      }), samples.count == points.count, !samples.isEmpty,
      let expression = try? Expression(parsing: text, names: points[0].keys.sorted())
    else { return false }
    return zip(points, samples).allSatisfy { point, expected in
      (expression.value(at: point) - expected).magnitude <= 1e-6 * max(1, expected.magnitude)
    }
  }

  /// How the options begin that the cases call by a word.
  private static let readable = [
    "ok": "It trains", "graph-order": "An error", "step-before-backward": "The step comes before",
    "zeroed-before-step": "The gradients are made, and wiped",
  ]

  /// Mistakes whose values in the cases rest on numbers that the parameters lack: how many words
  /// were seen after the context.
  private static let undetermined: Set = ["types-seen-only"]

  /// Fractions as the program writes them: `3/8`, `[1/4, 3/4]`, `[[1/4, 3/4], [1/2, 1/2]]`.
  private func layout(_ exact: JSON) -> String {
    if let rows = exact.array { return "[" + rows.map(layout).joined(separator: ", ") + "]" }
    return exact.string ?? ""
  }

  /// Equal words, or equal layout and every number within a millionth.
  private func agrees(_ value: AnswerValue, _ json: JSON?, at oracle: OracleCase) -> Bool {
    guard let json else { return false }
    if case .expression(let text) = value { return agrees(text, json, oracle) }
    guard let kind = value.kind else { return ["undefined", "error"].contains(json.string) }
    guard let other = AnswerValue(json, as: kind), value.hasSameLayout(as: other) else {
      return false
    }
    if case .choice(let text) = value, let word = json.string, let start = Self.readable[word] {
      return text.hasPrefix(start)
    }
    guard value.isNumeric else { return value == other }
    return zip(value.entries, other.entries).allSatisfy { a, b in
      (a - b).magnitude <= 1e-6 * max(1, b.magnitude)
    }
  }
}
