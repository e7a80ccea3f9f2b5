import ExamModel
import QuestionBank
import Testing
import Typesetting

@Suite("What a question asks for") struct PromptTests {
  @Test(
    "says how near each number must be, also to decimals of the blueprint's choice",
    arguments: Catalogue.families.map { $0.id }, [nil, 2, 5] as [Int?])
  func precision(_ id: FamilyID, _ decimals: Int?) throws {
    let family = try Catalogue.family(id)
    let style = QuestionStyle(decimals: decimals)
    #expect(decimals == 2 || family.canBeAsked(style))
    guard family.canBeAsked(style) else { return }
    for seed in 0..<5 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: style)
      let prompt = question.prompt()
      let words = { (text: String) in text.split { $0.isWhitespace }.joined(separator: " ") }
      let stem = words(prompt.stem.plainText())
      for index in question.asked {
        let part = question.parts[index]
        let line = try #require(prompt.parts.first { $0.part == part.id })
        let said = stem + " " + words(line.text.plainText())
        switch part.tolerance {
        case .exact: continue
        case .decimals(let places):
          #expect(
            ["decimal", "place"].contains { said.contains("\(places) \($0)") }, "\(id) \(part.id)")
          if decimals != nil {
            #expect(!said.contains("3 decimals") && !said.contains("3 places"), "\(id) \(part.id)")
          }
        default: #expect(said.contains(part.tolerance.words), "\(id) \(part.id)")
        }
      }
    }
  }

  @Test(
    "calls what is undefined by the word of its key, and its key names letters in their order",
    arguments: Catalogue.families.map { $0.id })
  func keys(_ id: FamilyID) throws {
    let family = try Catalogue.family(id)
    for seed in 0..<30 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = family.question(from: &dice, style: QuestionStyle())
      let prompt = question.prompt()
      for index in question.asked {
        let part = question.parts[index].id
        let said = prompt.stem.plainText() + (prompt.text(of: part)?.plainText() ?? "")
        let display = question.display(index)
        if question.key[index] == .undefined {
          #expect(said.contains(display), "\(id) \(part), seed \(seed)")
        }
        if case .choices(let texts)? = question.key[index], !texts.isEmpty {
          let right = (question.options[part] ?? []).lettered.filter { texts.contains($0.text) }
          let listed = right.map { "(\($0.letter)) \($0.text)" }.joined(separator: ", ")
          #expect(display == listed, "\(id) \(part), seed \(seed)")
        }
      }
    }
  }
}
