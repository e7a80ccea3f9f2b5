// Keys, draws, texts and pages per second of processor time, by family and for a paper of thirty
// questions; `question-speed papers` leaves the families out.
import ExamModel
import Glibc
import QuestionBank
import Typesetting

/// How often a second the work can be done, from as many rounds as fit into a share of a second.
func rate(_ work: (UInt64) -> Int) -> Double {
  var (rounds, sum) = (UInt64(0), 0)
  let start = clock()
  let end = start + CLOCKS_PER_SEC / 5
  while clock() < end {
    for _ in 0..<16 {
      sum &+= work(rounds)
      rounds += 1
    }
  }
  precondition(sum != .min)
  return Double(rounds) * Double(CLOCKS_PER_SEC) / Double(clock() - start)
}

func column(_ x: Double) -> String {
  let text = String(Int(x.rounded()))
  return String(repeating: " ", count: max(0, 12 - text.count)) + text
}

extension QuestionFamily {
  static func line() -> String {
    let drawn = (0..<64 as Range<UInt64>).map { seed -> Parameters? in
      var dice = Dice(seed: seed)
      var parameters: Parameters?
      while parameters == nil {
        parameters = draw(from: &dice).flatMap { objection(to: $0) == nil ? $0 : nil }
      }
      return parameters
    }.compactMap { $0 }
    let keys = rate { key(drawn[Int($0 % 64)], carrying: .none).values.count }
    let draws = rate { seed in
      var dice = Dice(seed: seed)
      return question(from: &dice, style: QuestionStyle()).asked.count
    }
    let name = id.rawValue + String(repeating: " ", count: max(0, 34 - id.rawValue.count))
    return name + column(keys) + column(draws)
  }
}

if CommandLine.arguments.dropFirst().first != "papers" {
  print("family                                keys/s     draws/s")
  for family in Catalogue.families { print(family.line()) }
}

/// Thirty questions of different families, as a paper has them.
func paper(_ seed: UInt64) -> [any Question] {
  Catalogue.families.prefix(30).enumerated().map { index, family in
    var dice = Dice(seed: seed &* 1000 &+ UInt64(index))
    return family.question(from: &dice, style: QuestionStyle(askedParts: family.usualParts))
  }
}
let papers = rate { paper($0).count }
let sample = paper(7)
let texts = rate { _ in
  sample.reduce(0) {
    $0 + $1.prompt().stem.plainText().utf8.count + $1.solution().plainText().utf8.count
  }
}
let pages = rate { _ in
  sample.reduce(0) { $0 + $1.prompt().stem.html().utf8.count + $1.solution().html().utf8.count }
}
print("\npapers of 30 questions, per second")
print("  drawn and keyed            " + column(papers))
print("  question and solution, text" + column(texts))
print("  question and solution, HTML" + column(pages))
