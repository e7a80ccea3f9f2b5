import ExamModel
import Glibc
import Marking
import Publishing
import QuestionBank
import Typesetting
import Workers

/// `gradus practice`: questions in the terminal, one after another, with what went wrong and why.
enum PracticeCommand {
  static let command = Command(
    name: "practice", summary: "Practise in the terminal or on a page, and learn what went wrong",
    discussion: """
      Asks one question after another, says how each answer was understood, names the mistake if it \
      is a known one, and comes back to what went wrong with other numbers. Every part may be \
      answered twice, the second time for half its points. Commands begin with a colon: :solution, :skip, :help, :quit. An empty line \
      gives up a part.
      """,
    options: [
      .init(name: "--topic", value: "TOPIC", help: "Only questions of a topic such as attention"),
      .init(name: "--family", value: "FAMILY", help: "Only questions of one family"),
      .init(name: "--count", value: "N", help: "How many questions (default: 10)"),
      .init(name: "--seed", value: "N", help: "The same session again (default: a new one)"),
      .init(
        name: "--page", value: "FILE",
        help:
          "Write a page that asks and checks in the browser, without any server, and ask nothing"
      ),
      .templates,
    ],
    examples: [
      ("gradus practice", "asks ten questions from all topics"),
      ("gradus practice --topic backprop --count 3", "asks three about backpropagation"),
      ("gradus practice --page practice.html", "writes a page to send to a class"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    guard !invocation.isSet("--topic") || !invocation.isSet("--family") else {
      throw UsageError("--topic and --family exclude each other", command: command)
    }
    let count = try invocation.integer("--count", in: 1...1000) ?? 10
    let families =
      try invocation.value("--family").map { [try invocation.family(named: $0)] }
      ?? invocation.familiesOfTopic()
    let plan = PracticePlan(families, dice: Dice(seed: try invocation.seed()))
    if let file = invocation.value("--page") {
      return try writePage(plan, count: count, to: file, invocation)
    }
    // An interrupted read ends the session, and the summary still comes.
    var action = sigaction()
    action.__sigaction_handler.sa_handler = { _ in }
    sigaction(SIGINT, &action, nil)
    var session = PracticeSession(plan, count: count, console: invocation.console)
    session.run()
  }

  private static func writePage(
    _ plan: PracticePlan, count: Int, to file: String, _ invocation: Invocation
  ) throws {
    var plan = plan
    let questions = (1...count).map { number -> PaperSheet.Question in
      let question = plan.next()
      plan.note(1, of: question.family.id)
      let worth = question.asked.reduce(0) { $0 + question.parts[$1].weight }
      return PaperSheet.Question(question, number: number, marks: Points(Double(worth)))
    }
    let page = PracticePage(title: "Practice: \(count) questions", questions: questions)
    try Files.write(try page.html(try invocation.templates()), to: file)
    invocation.console.note("\(count) questions in \(file): open it in any browser")
  }
}

/// One candidate at one terminal.
private struct PracticeSession {
  private var plan: PracticePlan
  private let count: Int
  private let console: Console
  private var awarded = Points.zero
  private var possible = Points.zero
  private var finished = 0
  /// Mistakes that were named, in order, each with how often.
  private var named: [(family: String, mistake: MisconceptionID, feedback: String, times: Int)] = []

  init(_ plan: PracticePlan, count: Int, console: Console) {
    self.plan = plan
    self.count = count
    self.console = console
  }

  private enum Line {
    case typed(String)
    case solution, skip, quit
  }

  mutating func run() {
    console.print(
      "\(count) questions. Type each answer and press Enter; \(console.bold(":help")) lists what else you can type."
    )
    while finished < count {
      let question = plan.next()
      guard ask(question) else { break }
      finished += 1
    }
    summarise()
  }

  // MARK: One question

  /// False where the candidate leaves.
  private mutating func ask(_ question: any Question) -> Bool {
    let family = question.family
    let prompt = question.prompt()
    console.print(
      "\n" + console.bold("Question \(finished + 1) of \(count): \(family.title)")
        + console.faint("  \(family.id), level \(family.difficulty)"))
    console.print("\n" + indented(prompt.stem.plainText(width: 76)) + "\n")
    var typed: [PartID: String] = [:]
    var earned = Points.zero
    let worth = Points(Double(question.asked.reduce(0) { $0 + question.parts[$1].weight }))
    for index in question.asked {
      let part = question.parts[index]
      show(part, of: question, prompt)
      switch answer(part, of: question, worth: worth, typed: &typed) {
      case .right(let points): earned = earned + points
      case .left:
        if !typed.isEmpty { close(question, earned, of: worth) }
        return false
      case .solution:
        showSolution(question)
        close(question, earned, of: worth)
        return true
      case .skipped:
        close(question, earned, of: worth)
        return true
      case .wrong: console.print("    The answer is \(console.bold(question.display(index))).")
      }
    }
    close(question, earned, of: worth)
    if earned != worth {
      switch read("    :solution shows the way there, Enter goes on > ") {
      case .solution: showSolution(question)
      case .quit: return false
      case .typed(let text) where ["s", "y", "yes", "solution"].contains(text.lowercased()):
        showSolution(question)
      default: break
      }
    }
    return true
  }

  private enum Ending {
    case right(Points)
    case wrong, skipped, solution, left
  }

  /// Asks for one part, at most twice.
  private mutating func answer(
    _ part: Part, of question: any Question, worth: Points, typed: inout [PartID: String]
  ) -> Ending {
    var tries = 2
    while tries > 0 {
      switch read("    > ") {
      case .quit: return .left
      case .skip: return .skipped
      case .solution: return .solution
      case .typed(let text):
        if text.isEmpty { return .wrong }
        typed[part.id] = text
        let marks = Marker().mark(question, typed: { typed[$0] }, worth: worth)
        guard let mark = marks.first(where: { $0.part.id == part.id }) else { return .wrong }
        switch mark.outcome {
        case .unreadable:
          // A slip of the keyboard costs no try.
          explain(mark, question)
          continue
        case .blank: return .wrong
        case .correct, .followThrough:
          explain(mark, question)
          return .right(tries == 2 ? mark.awarded : mark.awarded.scaled(by: 0.5))
        default: explain(mark, question)
        }
      }
      tries -= 1
      if tries > 0 { console.print(console.faint("    Try once more, or press Enter.")) }
    }
    return .wrong
  }

  private func show(_ part: Part, of question: any Question, _ prompt: Prompt) {
    let text = prompt.text(of: part.id)?.plainText() ?? part.id.rawValue
    console.print("  \(console.bold(text))")
    for (letter, option) in question.options[part.id, default: []].lettered {
      console.print("    (\(letter)) \(option)")
    }
  }

  /// How the answer was understood, and what is to be said to it.
  private mutating func explain(_ mark: Mark, _ question: any Question) {
    if case .unreadable(let why) = mark.reading {
      console.print("    " + console.yellow("I cannot read that: \(why).") + " Type it again.")
      return
    }
    let read = mark.reading.value.map { "Read as \($0.plainText). " } ?? ""
    let feedback = Marker.feedback(for: mark, of: question.family)
    switch mark.outcome {
    case .correct: console.print("    " + console.green("✓ ") + console.faint(read) + "Right.")
    case .followThrough:
      console.print("    " + console.green("✓ ") + console.faint(read) + (feedback ?? ""))
    case .misconception(let id):
      console.print("    " + console.red("✗ ") + console.faint(read) + (feedback ?? ""))
      note(id, of: question.family, feedback: feedback ?? "")
    case .imprecise:
      console.print("    " + console.yellow("~ ") + console.faint(read) + (feedback ?? ""))
    default: console.print("    " + console.red("✗ ") + console.faint(read) + "Not right.")
    }
  }

  private mutating func note(
    _ id: MisconceptionID, of family: any QuestionFamily.Type, feedback: String
  ) {
    let name = family.id.rawValue
    if let place = named.firstIndex(where: { $0.family == name && $0.mistake == id }) {
      named[place].times += 1
    } else {
      named.append((name, id, feedback, 1))
    }
  }

  private func showSolution(_ question: any Question) {
    console.print("\n" + indented(question.solution().plainText(width: 76)) + "\n")
  }

  private mutating func close(_ question: any Question, _ earned: Points, of worth: Points) {
    awarded = awarded + earned
    possible = possible + worth
    let share = Double(earned.hundredths) / Double(max(1, worth.hundredths))
    plan.note(share, of: question.family.id)
    console.print("    \(earned) of \(worth) points")
  }

  // MARK: The terminal

  private func read(_ prompt: String) -> Line {
    while true {
      Console.write(prompt, to: STDOUT_FILENO)
      guard let line = readLine() else {
        console.print("")
        return .quit
      }
      let text = line.trimmedBothEnds
      switch text.lowercased() {
      case ":q", ":quit", ":exit": return .quit
      case ":s", ":solution": return .solution
      case ":skip", ":next", ":n": return .skip
      case ":h", ":help", ":?":
        console.print(
          """
              An answer may be typed as you like: 1/4, 0.25, 25 %, [1, 2], (3, 4), 3x4, B.
              Enter alone   give up this part and see its answer
              :solution     show the worked solution
              :skip         go on to the next question
              :quit         stop, with a summary
          """)
      case _ where text.hasPrefix(":"):
        console.print("    There is no \(text); :help lists what there is.")
      default: return .typed(text)
      }
    }
  }

  private func indented(_ text: String) -> String {
    text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.isEmpty ? "" : "  \($0)" }.joined(separator: "\n")
  }

  // MARK: The end

  private func summarise() {
    guard possible != .zero else {
      console.print("\nNothing was asked.")
      return
    }
    console.print("\n" + console.bold("\(awarded) of \(possible) points"))
    var table = TextTable(["family", "asked", "earned"], rightAligned: [1, 2])
    let asked = plan.records.filter { $0.value.asked > 0 }.sorted { $0.key < $1.key }
    for (family, record) in asked {
      let share = Int((100 * record.earned / Double(max(1, record.asked))).rounded())
      table.add([family.rawValue, "\(record.asked)", "\(share) %"])
    }
    console.print("\n" + table.text)
    if !named.isEmpty {
      console.print("\n" + console.bold("Mistakes to remember"))
      for mistake in named.sorted(by: { $0.times > $1.times }).prefix(8) {
        let times = mistake.times > 1 ? "  (\(mistake.times) times)" : ""
        console.print("  \(mistake.feedback)\(console.faint("  \(mistake.family)\(times)"))")
      }
    }
    let weak = asked.filter { $0.value.earned < 0.75 * Double($0.value.asked) }
      .sorted { $0.value.lost > $1.value.lost }
    if let worst = weak.first {
      console.print("\nNext: gradus practice --family \(worst.key)")
    } else {
      console.print("\nWell done. For harder ones: gradus practice --count 20")
    }
  }
}

extension String {
  fileprivate var trimmedBothEnds: String {
    var text = self[...]
    while text.first?.isWhitespace == true { text.removeFirst() }
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
