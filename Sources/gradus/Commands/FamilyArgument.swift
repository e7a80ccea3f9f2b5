import ExamModel
import QuestionBank

extension Invocation {
  /// The family that a word such as `softmax.values` or `softmax.values@1` names.
  ///
  /// - Throws: `UsageError` with the nearest name.
  func family(named word: String) throws -> any QuestionFamily.Type {
    let pieces = word.split(separator: "@", maxSplits: 1).map(String.init)
    guard !pieces.isEmpty, pieces.count == 1 || Int(pieces[1]) != nil else {
      throw UsageError("a family is a name such as softmax.values", command: command)
    }
    do {
      return try Catalogue.family(
        FamilyID(pieces[0]), version: pieces.count == 2 ? Int(pieces[1]) : nil)
    } catch {
      throw UsageError(error.message, command: command)
    }
  }

  /// The families of `--topic`, or all of them.
  ///
  /// - Throws: `UsageError` with the topics there are.
  func familiesOfTopic() throws -> [any QuestionFamily.Type] {
    guard let topic = value("--topic") else { return Catalogue.families }
    let families = Catalogue.families.filter { $0.topic == topic }
    guard !families.isEmpty else {
      throw UsageError(
        "there is no topic \"\(topic)\"; topics are \(Catalogue.topics.joined(separator: ", "))",
        command: command)
    }
    return families
  }

  /// The question that `--seed` or `--parameters` asks for, and the seed where there is one.
  func question(family name: String) throws -> (question: any Question, seed: UInt64?) {
    let family = try family(named: name)
    if let text = value("--parameters") {
      guard !isSet("--seed") else {
        throw UsageError("--seed and --parameters exclude each other", command: command)
      }
      let json = try JSON(parsing: text, file: "--parameters")
      return (try family.question(with: json, style: QuestionStyle()), nil)
    }
    let seed = try seed()
    var dice = Dice(seed: seed)
    return (family.question(from: &dice, style: QuestionStyle()), seed)
  }

  /// `--seed`, or a random one.
  func seed() throws -> UInt64 {
    guard let text = value("--seed") else { return UInt64.random(in: 0..<1_000_000) }
    guard let number = UInt64(text) else {
      throw UsageError("--seed is a whole number of 0 or more, not \"\(text)\"", command: command)
    }
    return number
  }
}
