import ExamModel
import Foundation
import TestKit
import Testing

/// What is only seen where papers ask different parts, points go below zero or answers wait.
@Suite("Results of a small exam") struct SmallExamTests {
  @Test("full marks of everybody speak against no question, though parts differ in worth")
  func fullMarks() throws {
    try SmallExam.with(24) { exam in
      try exam.grade(24) { _, _, key in key }
      let parts = try exam.json(["results"]).array?.flatMap { $0["parts"]?.array ?? [] } ?? []
      let worths = parts.filter { $0["field"]?.string == "Q1 AB" }.map { $0["possible"]?.double }
      try #require(Set(worths).count == 2)
      let report = try exam.json(["report"])
      for item in report["items"]?.array ?? [] {
        #expect(item["discrimination"] == .null && item["deviation"]?.double ?? 0 == 0, "\(item)")
      }
      let said = report["findings"]?.array?.compactMap(\.string) ?? []
      #expect(!said.isEmpty && said.allSatisfy { $0.contains("nearly everybody was right") })
    }
  }

  @Test("gradebooks give shares of the largest paper's points where parts do not count any more")
  func voidParts() throws {
    try SmallExam.with(8) { exam in
      try exam.grade(8) { number, _, key in number > 2 ? key : "99" }
      try exam.run(["overrule", "c01", "1", "AB", "--points", "0.1", "--reason", "r", "--by", "me"])
      try exam.correct(
        "{ question: 1, part: \"AB\", void: \"uncounted\" }, { question: 2, void: \"uncounted\" }")
      let possible = try exam.json(["results"]).array?.compactMap { $0["possible"]?.double } ?? []
      let (least, most) = (try #require(possible.min()), try #require(possible.max()))
      try #require(least < most)
      let book = try exam.lines(["results", "--gradebook", "canvas"])
      #expect(book[1].hasSuffix(",\(most.fixed(2))"))
      #expect(book[4...].allSatisfy { $0.hasSuffix(",\(most.fixed(2))") }, "\(book)")
      // Whoever is shown, it is the test that has so many points.
      let short = SmallExam.id(try #require(possible.lastIndex(of: least)) + 1)
      #expect(try exam.lines(["results", short, "--gradebook", "canvas"])[1] == book[1])
      // What a person decided about a part that is void by now decides nothing.
      let parts = try exam.json(["results", "c01"]).array?.first?["parts"]?.array ?? []
      #expect(parts.first?["outcome"]?.string == "void" && parts.first?["overruledBy"] == .null)

      try exam.correct(
        "{ question: 1, void: \"uncounted\" }, { question: 2, void: \"uncounted\" }")
      let empty = try exam.run(["results", "--gradebook", "canvas", "--out-of", "100"])
      #expect(empty.output.contains("Name c01,,c01,c01@example.org,,\r\n"), "\(empty.output)")
      #expect(empty.errors.contains("no answer of 8 candidates counts"), "\(empty.errors)")
      #expect(try exam.lines(["results", "--gradebook", "moodle"]).count == 1)
      #expect(try exam.json(["results", "--below", "50"]).array == [])
    }
  }

  @Test("Classroom gets no grade below zero, Moodle those without an address too")
  func gradebooks() throws {
    try SmallExam.with(4, marking: "wrong: -1", addresses: 3) { exam in
      try exam.grade(4) { number, _, key in number > 1 ? key : "99" }
      let book = try exam.run(["results", "--gradebook", "classroom"])
      let grades = try JSON(parsing: book.output, file: "grades")["studentSubmissions"]?.array
      #expect(grades?.map { $0["assignedGrade"]?.double } == [0, 3, 3])
      #expect(book.errors.contains("0 is written for c01"), "\(book.errors)")
      #expect(book.errors.contains("no address for them: c04"), "\(book.errors)")
      let moodle = try exam.run(["results", "--gradebook", "moodle"])
      #expect(moodle.output.contains("c01@example.org,c01,-3.00\r\n"))
      // Before all others: Moodle would give the row to the person of the row before it.
      #expect(moodle.output.contains(",Small\r\n,c04,3.00\r\n"))
      #expect(moodle.errors.contains("match by ID number: c04"), "\(moodle.errors)")
    }
  }

  @Test("a run that is under way is said to be, and makes no gradebook")
  func underWay() throws {
    try SmallExam.with(3) { exam in
      try exam.export(3) { _, _, key in key }
      try exam.run(["import", "responses.csv", "-q"])
      let shown = try exam.run(["results", "--run", "1"])
      #expect(shown.errors == "gradus: run 1 is under way, with 0 of 3 rows graded\n")
      for words in [["--gradebook", "canvas"], ["--missing"]] {
        try exam.fails(["results", "--run", "1"] + words, 65, "\"gradus status\" shows how far")
      }
      try exam.run(["run", "cancel", "1"])
      let given = try exam.run(["results", "--run", "1"])
      #expect(given.errors.contains("run 1 is cancelled, with 0 of 3 rows graded"))
    }
  }

  @Test("answers that wait for a person are counted until one decides, here as in grade's table")
  func waiting() throws {
    try SmallExam.with(3) { exam in
      try exam.grade(3) { number, field, key in
        number < 3 && field == "Q2 p" ? "see above" : key
      }
      let warning = "2 unreadable answers of 2 candidates earn nothing until a person decides"
      for words in [[], ["--format", "csv"], ["--gradebook", "canvas"]] {
        let shown = try exam.run(["results"] + words)
        #expect(shown.errors.contains(warning), "\(words): \(shown.errors)")
      }
      #expect(try exam.lines(["results"])[2].hasSuffix("1"))
      let why = ["--reason", "r", "--by", "me"]
      try exam.run(["review", "decide", "c01", "2", "p", "--outcome", "blank"] + why)
      try exam.run(["review", "decide", "c02", "2", "p", "--points", "1"] + why)
      let after = try exam.run(["results", "--format", "json"])
      #expect(after.errors == "")
      let results = try JSON(parsing: after.output, file: "results").array ?? []
      #expect(results.map { $0["waiting"]?.int } == [0, 0, 0])
      #expect(results.last?["name"]?.string == "Name c03" && results.last?["percent"]?.int == 100)

      // The table of grade says what results say.
      let outcomes = results.flatMap { $0["parts"]?.array ?? [] }.map { $0["outcome"]?.string }
      let summary = try exam.json(["grade", "responses.csv"])["outcomes"]
      for word in ["correct", "blank", "unreadable"] {
        #expect(summary?[word]?.int == outcomes.count { $0 == word }, "\(word)")
      }
      #expect(!(try exam.run(["grade", "responses.csv"]).output.contains("for a person")))
    }
  }

  @Test("pseudonyms come in an order of their own, which leads nowhere")
  func pseudonyms() throws {
    try SmallExam.with(12) { exam in
      try exam.grade(8) { _, _, key in key }
      for words in [[], ["--parts"], ["--missing"]] {
        let shown = try exam.lines(["results", "--pseudonyms", "--format", "csv"] + words)
        let names = shown.dropFirst().map { $0.prefix { $0 != "," } }
        #expect(names == names.sorted() && Set(names).count == (words == ["--missing"] ? 4 : 8))
      }
      let inOrder = try exam.json(["results", "--pseudonyms"]).array?.compactMap {
        $0["candidate"]?.string
      }
      #expect(inOrder?.count == 8 && inOrder == inOrder?.sorted())
      let missing = try exam.json(["results", "--missing"]).array ?? []
      #expect(missing.map { $0["candidate"]?.string } == ["c09", "c10", "c11", "c12"])
      #expect(missing.first?["email"]?.string == "c09@example.org")
    }
  }

  @Test("what would be left unread is refused")
  func idleOptions() throws {
    try SmallExam.with(2) { exam in
      try exam.grade(2) { _, _, key in key }
      for (words, message) in [
        (["--missing", "--parts"], "--parts says nothing beside --missing"),
        (["--missing", "--question", "1"], "--question says nothing beside --missing"),
        (["--missing", "--gradebook", "moodle"], "--gradebook says nothing beside --missing"),
        (["--missing", "c01"], "leave it out to ask for c01"),
        (["--gradebook", "moodle", "--parts"], "--parts says nothing beside --gradebook"),
        (["--gradebook", "moodle", "--format", "json"], "--format says nothing beside"),
        (["--gradebook", "moodle", "--pseudonyms"], "finds people by their names"),
        (["--out-of", "100"], "add --gradebook SYSTEM"),
      ] {
        try exam.fails(["results"] + words, 64, message)
      }
      // An answer that is named on the command line is in no file.
      try exam.fails(["report", "--void", "Q9"], 65, "gradus: --void Q9: there is no question 9")
      let odd = try exam.run(["report", "-q", "--accept", "Q1 AB=no-such-mistake"])
      #expect(odd.errors.contains("matdim.product has no misconception of this id"))
    }
  }
}
