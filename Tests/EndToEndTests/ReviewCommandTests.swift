import ExamModel
import Foundation
import Storage
import TestKit
import Testing

private let demo = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("deploy/demo")
  .path

/// The demonstration's exam, graded.
private func withGradedExam(_ body: (Workplace) async throws -> Void) async throws {
  let home = try Program.temporaryFolder()
  defer { try? FileManager.default.removeItem(atPath: home) }
  try FileManager.default.copyItem(atPath: demo + "/secret.hex", toPath: home + "/secret")
  chmod(home + "/secret", 0o600)
  try #require(
    try Program.run(["new", "mock-ml", "--secret-file", "secret"], in: home).status == 0)
  let place = Workplace(folder: home + "/mock-ml")
  try #require(try place.run(["generate", "-q"]).status == 0)
  try #require(
    try place.run(["grade", demo + "/responses.csv", "--no-deliver", "-q"]).status == 0)
  try await body(place)
}

private struct Workplace {
  let folder: String

  func run(_ arguments: [String]) throws -> Program.Outcome {
    try Program.run(arguments, in: folder)
  }

  func json(_ arguments: [String]) throws -> JSON {
    let outcome = try run(arguments + ["--format", "json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    return try JSON(parsing: outcome.output, file: "output")
  }

  /// Writes `rest` into the blueprint, before its last brace.
  func correct(_ rest: String) throws {
    let file = folder + "/blueprint.json5"
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let end = try #require(text.lastIndex(of: "}"))
    try (text[..<end] + rest + "}\n").write(toFile: file, atomically: true, encoding: .utf8)
  }

  /// The number of the run that counts.
  func published() throws -> Int? {
    try json(["status"]).array?.first { $0["published"] == .bool(true) }?["run"]?.int
  }

  func total(_ candidate: String) throws -> Double? {
    guard let awarded = try json(["results", candidate]).array?.first?["awarded"] else {
      return nil
    }
    return Double(awarded.text)
  }

  func fails(
    _ arguments: [String], _ status: Int32, _ words: String,
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try run(arguments)
    #expect(outcome.status == status, "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.errors.contains(words), "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.output == "", sourceLocation: place)
  }
}

@Suite("Regrade, review, audit and erasure at the terminal") struct ReviewCommandTests {
  @Test("a correction is foreseen, refused without a reason, carried out and published")
  func regrade() async throws {
    try await withGradedExam { place in
      try place.correct(
        "corrections: [{ question: 4, part: \"L\", void: \"full-marks\", because: \"misprinted\" }],"
      )
      let dry = try place.json(["regrade", "--dry-run"])
      #expect(dry["run"] == .null && dry["earlier"]?.int == 1 && dry["compared"]?.int == 40)
      let moved = try #require(dry["candidates"]?.array?.first)
      #expect(moved["parts"]?.array?.first?["why"]?.string == "misprinted")
      #expect(moved["parts"]?.array?.first?["after"]?["outcome"]?.string == "void")
      #expect(try place.json(["status"]).array?.count == 1)
      try place.fails(["regrade"], 64, "say why with --reason")
      let done = try place.json(["regrade", "--reason", "L was misprinted", "--no-deliver"])
      #expect(done["candidates"] == dry["candidates"] && done["run"]?.int == 2)
      let runs = try place.json(["status"]).array ?? []
      #expect(runs.map { $0["published"] } == [.bool(true), .bool(false)])
      let text = try place.run(["regrade", "--dry-run"])
      #expect(text.output.hasPrefix("0 of 40 candidates would change"))
      let csv = try place.run(["regrade", "--dry-run", "--format", "csv"])
      #expect(csv.output.hasPrefix("candidate,before,after,field,"))
    }
  }

  @Test("the marking of a released row is its file's, and a regrade foresees what was released")
  func released() async throws {
    try await withGradedExam { place in
      let slip = try place.json(["quarantine", "list"]).array?.first {
        $0["reason"]?.string?.contains("a slip away from") == true
      }
      let line = try #require(slip?["line"]?.int)
      let release = [
        "quarantine", "release", "\(line)", "--to", "c006", "--replace", "--reason", "by phone",
      ]
      try place.correct("corrections: [{ question: 3, void: \"uncounted\" }],")
      try place.fails(release + ["--no-deliver"], 65, "so line \(line) stays where it is")
      #expect(try place.json(["quarantine", "list"]).array?.count == 3)
      #expect(try place.json(["status"]).array?.count == 1)
      // What was graded was worth 17 points, whatever the blueprint says today.
      let again = try place.run(["grade", demo + "/responses.csv", "--no-deliver"])
      #expect(again.output.contains(" of 17 points"), "\(again.output)")

      #expect(try place.run(["regrade", "--reason", "unclear", "--no-deliver"]).status == 0)
      #expect(try place.run(release + ["--no-grade"]).status == 0)
      #expect(try place.run(["run", "cancel", "3"]).status == 0)
      for policy in [["--policy", "exact"], ["--policy", "never-lower"]] {
        let dry = try place.json(["regrade", "--dry-run"] + policy)
        let moved = try #require(dry["candidates"]?.array?.first)
        #expect(dry["changed"]?.int == 1 && moved["line"]?.int == line)
        let done = try place.json(["regrade", "--reason", "x", "--no-deliver"] + policy)
        #expect(done["candidates"] == dry["candidates"])
        #expect(try place.run(["run", "publish", "2"]).status == 0)
      }
    }
  }

  @Test("papers that would be others are not graded again")
  func otherPapers() async throws {
    try await withGradedExam { place in
      try place.correct("minutes: 61,")
      let file = place.folder + "/blueprint.json5"
      let text = try String(contentsOfFile: file, encoding: .utf8)
      try text.replacingOccurrences(of: "minutes: 60,", with: "").write(
        toFile: file, atomically: true, encoding: .utf8)
      try place.fails(["regrade", "--dry-run"], 65, "the blueprint was changed since")
    }
  }

  @Test("an answer that nobody could read is listed without a name, decided, and counts")
  func review() async throws {
    try await withGradedExam { place in
      let waiting = try place.json(["review", "list"]).array ?? []
      let first = try #require(waiting.first { $0["typed"]?.string == "3 or 4" })
      let code = try #require(first["code"]?.string)
      let words = [code, "\(first["question"]?.int ?? 0)", first["part"]?.string ?? ""]
      #expect(try !place.run(["review", "list"]).output.contains("c0"))
      let shown = try place.run(["review", "show"] + words)
      #expect(shown.output.contains("typed:    3 or 4") && shown.output.contains("not read:"))
      try place.fails(["review", "decide"] + words + ["--points", "0.1"], 64, "say why")
      try place.fails(
        ["review", "decide"] + words + ["--reason", "x"], 64, "--points N or --outcome WORD")
      try place.fails(
        ["review", "decide"] + words + ["--reason", "x", "--points", "99"], 64, "is worth")
      let before = try place.json(["results"]).array ?? []
      let decided = try place.json(
        ["review", "decide"] + words
          + ["--outcome", "correct", "--reason", "meant so", "--by", "ruth"])
      #expect(decided["awarded"] == decided["possible"])
      let after = try place.json(["results"]).array ?? []
      #expect(zip(before, after).count { $0["awarded"] != $1["awarded"] } == 1)
      #expect(try place.json(["review", "list"]).array?.count == waiting.count - 1)
      let all = try place.json(["review", "list", "--all"]).array ?? []
      let kept = all.compactMap { $0["decided"] }.first { $0 != .null }
      #expect(kept?["by"]?.string == "ruth" && kept?["outcome"]?.string == "correct")
    }
  }

  @Test("an overrule survives a regrade; what makes no sense is refused in plain words")
  func overrule() async throws {
    try await withGradedExam { place in
      let before = try #require(try place.total("c001"))
      let words = ["overrule", "c001", "4", "L", "--points", "0.5"]
      try place.fails(words, 64, "say why with --reason")
      let reason = ["--reason", "the key was read out"]
      for points in ["1e17", "1e300", "1e-3", "0.125", "-1", "nan", ".", "99999999999999999999"] {
        try place.fails(
          ["overrule", "c001", "4", "L", "--points", points] + reason, 64,
          "no more than two decimals")
      }
      #expect(try place.run(words + reason).status == 0)
      let by = try place.json(["audit", "list"]).array?.last?["by"]?.string
      #expect(by == String(cString: getpwuid(getuid()).pointee.pw_name))
      #expect(try place.run(words + reason + ["--by", "ruth"]).status == 0)
      #expect(try place.total("c001") == before + 0.5)
      #expect(try place.run(["regrade", "--reason", "again", "--no-deliver", "-q"]).status == 0)
      #expect(try place.total("c001") == before + 0.5)
      let parts = try place.json(["results", "c001", "--parts"]).array?.first?["parts"]?.array
      let part = parts?.first { $0["field"]?.string == "Q4 L" }
      #expect(part?["overruledBy"]?.string == "ruth" && part?["outcome"]?.string == "incorrect")
      for (wrong, status, said) in [
        (["review", "decide", "c001", "4", "L"], 65 as Int32, "was read"),
        (["overrule", "c999", "4", "L"], 65, "no candidate \"c999\""),
        (["overrule", "c001", "9", "L"], 64, "a number from 1 to 6"),
        (["overrule", "c001", "4", "M"], 64, "its parts are u, L,"),
      ] { try place.fails(wrong + ["--points", "0.5"] + reason, status, said) }
    }
  }

  @Test("the trail tells what was done, and which link somebody broke")
  func audit() async throws {
    try await withGradedExam { place in
      #expect(
        try place.run(
          ["overrule", "c001", "4", "L", "--points", "0.5", "--reason", "r", "--by", "ruth"]
        ).status == 0)
      let entries = try place.json(["audit", "list"]).array ?? []
      #expect(
        entries.map { $0["kind"]?.string } == ["import", "run.published", "overrule"])
      #expect(try !place.run(["audit", "list"]).output.contains("c001"))
      let verified = try place.json(["audit", "verify"]).array?.first
      #expect(verified?["head"] == entries.last?["hash"])
      let head = try #require(verified?["head"]?.string)
      #expect(try place.run(["audit", "verify", "--contains", head]).status == 0)
      #expect(try place.run(["audit", "verify", "--contains", head.uppercased()]).status == 0)
      let other = String(repeating: "f", count: 64)
      try place.fails(["audit", "verify", "--contains", other], 65, "cut off or replaced")
      let store = try StoreAddress("sqlite:\(place.folder)/gradus.sqlite")
      for statement: SQL in [
        "drop trigger audit_is_not_changed",
        "update audit set actor = 'ben' where number = 3",
      ] { try await TemporaryStore.inspect(store, statement) }
      try place.fails(["audit", "verify"], 65, "is broken at entry 3")
      for statement: SQL in ["drop trigger audit_is_not_shortened", "delete from audit"] {
        try await TemporaryStore.inspect(store, statement)
      }
      try place.fails(["audit", "verify"], 65, "it and all others are missing")
    }
  }

  @Test("a person is erased after a look at what that means; the rest stays as it was")
  func erase() async throws {
    try await withGradedExam { place in
      try place.fails(["erase", "c001"], 64, "--dry-run to see what would go")
      try place.fails(["erase", "--yes"], 64, "one of CANDIDATE, --test and --older-than")
      try place.fails(["erase", "--older-than", "x", "--yes"], 64, "a number of days")
      try place.fails(["erase", "c999", "--yes"], 65, "keeps nothing of a candidate \"c999\"")
      let dry = try place.json(["erase", "c001", "--dry-run"]).array?.first
      #expect(dry?["results"]?.int == 1 && dry?["erased"] == .bool(false))
      #expect(try place.total("c001") != nil)
      #expect(try place.run(["erase", "c001", "--yes"]).status == 0)
      try place.fails(["results", "c001"], 65, "no graded submission")
      let run = try #require(try place.json(["status"]).array?.first)
      let counted = ["graded", "superseded", "quarantined"].reduce(0) { $0 + (run[$1]?.int ?? 0) }
      #expect(run["graded"]?.int == 39 && counted == run["rows"]?.int)
      #expect(try place.run(["audit", "verify"]).status == 0)
      #expect(try place.json(["erase", "--older-than", "1d", "--yes"]).array?.isEmpty == true)
      #expect(try place.run(["erase", "--test", "--yes"]).status == 0)
      #expect(try place.json(["results"]).array?.isEmpty == true)
      #expect(try place.run(["results"]).errors.contains("its answers were erased"))
      try place.fails(["slips"], 65, "or they were erased")
    }
  }

  @Test("nobody stays behind for want of the roster or the secret without a word")
  func eraseWhatIsLeft() async throws {
    try await withGradedExam { place in
      let secret = place.folder + "/secret"
      let kept = try String(contentsOfFile: place.folder + "/roster.csv", encoding: .utf8)
        .split(separator: "\n")
      let left = kept.filter { !$0.hasPrefix("c001,") && !$0.hasPrefix("c002,") }
      let address = try #require(
        kept.first { $0.hasPrefix("c001,") }?.split(separator: ",").last.map(String.init))
      try (left.joined(separator: "\n") + "\n")
        .write(toFile: place.folder + "/roster.csv", atomically: true, encoding: .utf8)
      let erased = try place.json(["erase", address.uppercased(), "--yes"]).array?.first
      #expect(erased?["results"]?.int == 1 && erased?["submissions"]?.int ?? 0 > 0)
      try place.fails(["erase", "c001", "--yes"], 65, "not on the roster")
      try FileManager.default.moveItem(atPath: secret, toPath: place.folder + "/safe")
      let dry = try place.run(["erase", "c003", "--dry-run"])
      #expect(dry.status == 0 && dry.errors.contains("code of c003's paper were not looked for"))
      #expect(dry.errors.contains("--secret-file"))
      let named = try place.run(["erase", "c003", "--dry-run", "--secret-file", "safe"])
      #expect(named.status == 0 && named.errors == "", "\(named.errors)")
      try place.fails(["erase", "c003", "--yes", "--secret-file", "gone"], 78, "no such file")
    }
  }

  @Test("a run that nobody can end is given up, and another than the newest is published")
  func cancel() async throws {
    try await withGradedExam { place in
      // The newer file has lost its last row.
      let older = try String(contentsOfFile: demo + "/responses.csv", encoding: .utf8)
      let rows = older.split(separator: "\n", omittingEmptySubsequences: false).dropLast(2)
      let newer = place.folder + "/newer.csv"
      try (rows.joined(separator: "\n") + "\n")
        .write(toFile: newer, atomically: true, encoding: .utf8)
      #expect(try place.run(["import", newer, "--by", "ruth"]).status == 0)
      try place.correct("corrections: [{ question: 4, part: \"L\", void: \"full-marks\" }],")
      try place.fails(["grade", newer], 65, "gradus run cancel 2")
      try place.fails(["erase", "c001", "--yes"], 65, "gradus run cancel 2")
      let drained = try place.run(["worker", "--drain", "--no-deliver"])
      #expect(drained.status == 0 && drained.errors.contains("gradus run cancel 2"))
      #expect(try place.run(["run", "cancel", "2", "--by", "ruth"]).status == 0)
      try place.fails(["run", "cancel", "2"], 65, "run 2 has ended")
      try place.fails(["run", "publish", "2"], 65, "was cancelled")
      #expect(try place.published() == 1)
      #expect(try place.json(["grade", newer, "--no-deliver"])["run"]?.int == 3)
      #expect(try place.published() == 3)
      let again = try place.run(["grade", demo + "/responses.csv", "--no-deliver"])
      #expect(again.status == 0 && again.errors.contains("gradus run publish 1"), "\(again.errors)")
      #expect(try place.run(["run", "publish", "1"]).status == 0)
      #expect(try place.published() == 1)
      let states = (try place.json(["status"]).array ?? []).map { $0["state"]?.string }
      #expect(states == ["finished", "cancelled", "finished"])
      let entries = try place.json(["audit", "list"]).array ?? []
      #expect(
        entries.filter { $0["by"]?.string == "ruth" }.map { $0["kind"]?.string }
          == ["import", "run.cancelled"])
    }
  }

  @Test("where one test cannot be erased yet, the others that are old go all the same")
  func retention() async throws {
    try await withGradedExam { place in
      let store = "sqlite:\(place.folder)/gradus.sqlite"
      let other = Workplace(folder: place.folder + "/another")
      #expect(try place.run(["new", "another"]).status == 0)
      #expect(try other.run(["generate", "-q"]).status == 0)
      let file = demo + "/responses.csv"
      #expect(try other.run(["import", file, "--store", store]).status == 0)
      try await TemporaryStore.inspect(
        try StoreAddress(store), "update batch set imported_at = imported_at - 864000000000")
      // The test that cannot go comes first.
      let erased = try other.run(["erase", "--older-than", "5", "--yes", "--store", store])
      #expect(erased.status == 65 && erased.errors.contains("run 2 of \"another\""))
      #expect(erased.output.hasPrefix("mock-ml: erased"), "\(erased.output)")
      try place.fails(["results", "c001"], 65, "no graded submission")
    }
  }
}
