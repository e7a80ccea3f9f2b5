import CSV
package import ExamModel

/// Grades in the form in which another system takes them in.
package enum Gradebook: String, Sendable, CaseIterable {
  case moodle, canvas, classroom

  /// One candidate's grade.
  package struct Entry: Sendable, Hashable {
    package var candidate: Candidate
    /// Nil where nothing counts of the paper.
    package var grade: Points?

    package init(candidate: Candidate, grade: Points?) {
      self.candidate = candidate
      self.grade = grade
    }
  }

  /// Whether people are matched by their address alone, so that who has none must be left out.
  package var needsAddress: Bool { self == .classroom }
  /// Whether grades below zero are taken.
  package var takesNegative: Bool { self != .classroom }

  /// The file's text; who has no grade has an empty cell, and no row for Moodle, where a new column
  /// would take that for a grade.
  ///
  /// Moodle: a row of titles of which the teacher maps the address and the test; two decimals.
  /// Canvas: its own gradebook's titles, with *Points Possible* in the second row; people are found
  /// by SIS user id (the roster's id) or login. Classroom, which imports no file: what
  /// `courseWork.create` and each `studentSubmissions.patch` are sent.
  ///
  /// - Parameter possible: The grade of a paper with every answer right; whole for Classroom.
  package func text(_ entries: [Entry], title: String, possible: Points) -> String {
    switch self {
    case .moodle: moodle(entries, title)
    case .canvas: canvas(entries, title, possible)
    case .classroom: classroom(entries, title, possible)
    }
  }

  private func moodle(_ entries: [Entry], _ title: String) -> String {
    var writer = CSVWriter()
    writer.write(["Email address", "ID number", title])
    // Moodle gives a row that names nobody to the person of the row before it; where there is none
    // before it, it refuses the file.
    let unnamed = entries.filter(\.candidate.email.isEmpty)
    for entry in unnamed + entries.filter({ !$0.candidate.email.isEmpty }) {
      guard let grade = entry.grade else { continue }
      let person = entry.candidate
      writer.write([person.email, person.id.rawValue, grade.twoDecimals])
    }
    return writer.text
  }

  private func canvas(_ entries: [Entry], _ title: String, _ possible: Points) -> String {
    var writer = CSVWriter()
    writer.write(["Student", "ID", "SIS User ID", "SIS Login ID", "Section", title])
    writer.write(["    Points Possible", "", "", "", "", possible.twoDecimals])
    for entry in entries {
      let person = entry.candidate
      writer.write([
        person.name, "", person.id.rawValue, person.email, "",
        entry.grade?.twoDecimals ?? "",
      ])
    }
    return writer.text
  }

  private func classroom(_ entries: [Entry], _ title: String, _ possible: Points) -> String {
    JSON.object([
      (
        "courseWork",
        .object([
          ("title", .string(title)), ("maxPoints", possible.json),
          ("workType", .string("ASSIGNMENT")),
        ])
      ),
      ("updateMask", .string("draftGrade,assignedGrade")),
      (
        "studentSubmissions",
        .array(
          entries.map { entry -> JSON in
            let grade = entry.grade?.json ?? .null
            return .object([
              ("emailAddress", .string(entry.candidate.email)), ("draftGrade", grade),
              ("assignedGrade", grade),
            ])
          })
      ),
    ]).prettyText + "\n"
  }
}

extension Points {
  fileprivate var twoDecimals: String { (Double(hundredths) / 100).fixed(2) }
}
