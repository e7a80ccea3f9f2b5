import Analysis
import ExamModel
import QuestionBank
import Storage

/// What one pass over all results adds up.
struct ScoreSums {
  private(set) var questions: ItemSums
  private(set) var rasch: RaschCounts
  /// Every question taken as right or not.
  private(set) var rightOrNot: ItemSums
  /// The questions' numbers, in the order of the sums.
  let questionNumbers: [Int]
  /// The most that anybody could get, in hundredths.
  private(set) var possible = 0
  private var parts: ItemSums
  /// The most of each part.
  private var mostEach: [Int]
  /// By part and outcome; a code beyond the legend's mistakes cannot be.
  private var outcomes: [[Int]]
  private let questionOfPart: [Int]

  init(_ legend: RunLegend) {
    var numbers: [Int] = []
    questionOfPart = legend.items.map { item in
      if let place = numbers.firstIndex(of: item.question) { return place }
      numbers.append(item.question)
      return numbers.count - 1
    }
    questionNumbers = numbers
    questions = ItemSums(itemCount: numbers.count)
    rightOrNot = ItemSums(itemCount: numbers.count)
    rasch = RaschCounts(itemCount: numbers.count)
    parts = ItemSums(itemCount: legend.items.count)
    mostEach = Array(repeating: 0, count: legend.items.count)
    let codes = Int(RunLegend.firstMistake) + legend.mistakes.count
    outcomes = Array(repeating: Array(repeating: 0, count: codes), count: legend.items.count)
  }

  mutating func add(_ result: ResultRecord) {
    var scores = [Int?](repeating: nil, count: result.outcomes.count)
    var most = [Int](repeating: 0, count: result.outcomes.count)
    var sums = [Int](repeating: 0, count: questionNumbers.count)
    var mosts = sums
    for item in scores.indices {
      let code = Int(result.outcomes[item])
      if outcomes[item].indices.contains(code) { outcomes[item][code] += 1 }
      let possible = Int(result.possibleEach[item])
      guard possible > 0 else { continue }
      scores[item] = Int(result.awardedEach[item])
      most[item] = possible
      mostEach[item] = max(mostEach[item], possible)
      sums[questionOfPart[item]] += Int(result.awardedEach[item])
      mosts[questionOfPart[item]] += possible
    }
    possible = max(possible, result.possible.hundredths)
    parts.add(scores, most: most)
    let counted = sums.indices.map { mosts[$0] > 0 ? sums[$0] : nil }
    questions.add(counted, most: mosts)
    let right = sums.indices.map { mosts[$0] > 0 && sums[$0] == mosts[$0] }
    rightOrNot.add(
      right.indices.map { mosts[$0] > 0 ? (right[$0] ? 1 : 0) : nil },
      most: mosts.map { min(1, $0) })
    rasch.add(right)
  }

  func items(_ legend: RunLegend) -> [ExamReport.Item] {
    zip(legend.items.indices, parts.statistics()).map { index, statistics in
      let item = legend.items[index]
      var byWord: [String: Int] = [:]
      for (code, count) in outcomes[index].enumerated() where code > 0 && count > 0 {
        byWord[legend.outcome(Int16(code)).word, default: 0] += count
      }
      return ExamReport.Item(
        title: FormItem(question: item.question, field: item.part).title, question: item.question,
        family: item.family, most: mostEach[index], statistics: statistics, outcomes: byWord,
        asked: byWord.values.reduce(0, +))
    }
  }

  /// Known mistakes by answer, most frequent first.
  func mistakes(_ legend: RunLegend) -> [ExamReport.FrequentMistake] {
    let first = Int(RunLegend.firstMistake)
    var found: [ExamReport.FrequentMistake] = []
    for (index, item) in legend.items.enumerated() {
      let asked = outcomes[index].dropFirst().reduce(0, +)
      let family = Catalogue.families.first { $0.id == item.family }
      for (place, mistake) in legend.mistakes.enumerated() {
        let count = outcomes[index][first + place]
        guard count > 0 else { continue }
        let known = family?.misconceptions.first { $0.id == mistake.misconception }
        found.append(
          .init(
            title: FormItem(question: item.question, field: item.part).title, family: item.family,
            id: mistake.misconception, feedback: known?.feedback ?? "", count: count,
            share: Double(count) / Double(asked)))
      }
    }
    return found.enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    .map(\.element)
  }
}
