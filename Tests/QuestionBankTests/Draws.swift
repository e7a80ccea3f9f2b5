import ExamModel
import Foundation
import QuestionBank

/// Draws of each family in one test: many in the long run, which `GRADUS_DRAWS` asks for.
let drawsPerFamily = UInt64(ProcessInfo.processInfo.environment["GRADUS_DRAWS"] ?? "") ?? 200

/// Hands the parameters and the asked keys of many draws to a check.
func forEachDraw(
  of family: FamilyID, _ check: (JSON, [PartID: AnswerValue], UInt64) throws -> Void
) throws {
  let type = try Catalogue.family(family)
  for seed in 0..<drawsPerFamily {
    var dice = Dice(seed: seed)
    let question = type.question(from: &dice, style: QuestionStyle())
    var key: [PartID: AnswerValue] = [:]
    for index in question.asked { key[question.parts[index].id] = question.key[index] }
    try check(question.parametersJSON(), key, seed)
  }
}

/// The first number of a part's key; not a number where the part is not asked.
func number(_ key: [PartID: AnswerValue], _ part: PartID) -> Double {
  key[part]?.entries.first ?? .nan
}
