import ExamModel
import Publishing
import Storage
import Workers

/// Grades for another system.
struct GradebookOutput {
  private let book: Gradebook
  private let title: String
  private let scale: Points?
  private let console: Console

  init(_ book: Gradebook, title: String, invocation: Invocation) throws {
    self.book = book
    self.title = title
    scale = try invocation.integer("--out-of", in: 1...1_000_000)
      .map { Points(hundredths: $0 * 100) }
    console = invocation.console
  }

  /// Grades are shares of the largest paper's points: where parts do not count any more, papers may
  /// differ in what is to be had.
  ///
  /// - Parameter visit: hands out everybody, and whether they are to be in it.
  /// - Throws: `Failure` where the system would refuse the whole file.
  func print(
    roster: Roster, _ visit: ((StandingResults.Entry, Bool) -> Void) async throws -> Void
  ) async throws {
    let people = Dictionary(roster.candidates.map { ($0.id, $0) }, uniquingKeysWith: { a, _ in a })
    var found: [(person: Candidate, awarded: Points, possible: Points)] = []
    var leftOut: [String] = []
    var most = Points.zero
    try await visit { entry, isWanted in
      let result = entry.result
      most = max(most, result.possible)
      guard isWanted else { return }
      guard let person = people[result.candidate], !book.needsAddress || !person.email.isEmpty
      else { return leftOut.append(result.candidate.rawValue) }
      found.append((person, result.awarded, result.possible))
    }
    let possible = scale ?? most
    guard book != .classroom || possible.hundredths.isMultiple(of: 100) else {
      throw Failure(
        .badInput,
        "Classroom takes a whole number of points, not \(possible); scale with --out-of, such as 100"
      )
    }
    var entries = found.map { person, awarded, own in
      Gradebook.Entry(
        candidate: person,
        grade: own.hundredths > 0
          ? possible.share(awarded.hundredths, of: own.hundredths) : nil)
    }
    warn(entries, leftOut)
    if !book.takesNegative {
      for index in entries.indices {
        entries[index].grade = entries[index].grade.map { max(.zero, $0) }
      }
    }
    Console.write(book.text(entries, title: title, possible: possible), to: 1)
  }

  /// Says what the file does not.
  private func warn(_ entries: [Gradebook.Entry], _ leftOut: [String]) {
    if !leftOut.isEmpty {
      console.warn(
        "\(leftOut.count) are left out, as the roster has no "
          + (book.needsAddress ? "address for them: " : "entry for them: ") + listed(leftOut))
    }
    let empty = entries.filter { $0.grade == nil }.map(\.candidate.id.rawValue)
    if !empty.isEmpty {
      console.warn(
        "no answer of \(counted(empty.count, "candidate")) counts, so there is no grade for "
          + listed(empty))
    }
    let below = entries.filter { ($0.grade ?? .zero) < .zero }.map(\.candidate.id.rawValue)
    if !book.takesNegative, !below.isEmpty {
      console.warn(
        "\(below.count) have fewer than 0 points, which \(book.rawValue) does not take; 0 is written "
          + "for \(listed(below))")
    }
    let unaddressed = entries.filter(\.candidate.email.isEmpty).map(\.candidate.id.rawValue)
    if book == .moodle, !unaddressed.isEmpty {
      console.warn(
        "the roster has no address of \(unaddressed.count): match by ID number: "
          + listed(unaddressed))
    }
  }
}
