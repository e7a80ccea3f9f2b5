import Foundation
import TestKit
import Testing

/// One answer of `gradus key --format json`.
private struct KeyedAnswer {
  let field: String
  let display: String
  let key: Any

  /// The options to tick, or nil where there are none.
  func options(of field: MoodleField) -> [String]? {
    switch field.kind {
    case .numerical, .shortanswer: nil
    case .multichoice: (key as? String).map { [$0] }
    case .multiresponse:
      (key as? [String]).flatMap { $0.isEmpty ? nil : $0 } ?? ["None of these"]
    }
  }
}

@Suite("What Moodle reads", .timeLimit(.minutes(5))) struct MoodleTests {
  /// Three papers with every family, in Moodle's XML and in GIFT, and their keys.
  private static func everyFamily(
    _ body: (_ set: String, _ keys: [String: [KeyedAnswer]]) throws -> Void
  )
    throws
  {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let folder = home + "/mock"
    let listed = try Program.run(["families", "--format", "json"], in: folder).output
    let families = try #require(
      try JSONSerialization.jsonObject(with: Data(listed.utf8)) as? [[String: Any]])
    let entries = families.map { "{ family: \"\($0["family"]!)\", marks: 3 }" }
    try """
    { id: "every", title: "Every: one / two", sections: [{ title: "s", questions: [
      \(entries.joined(separator: ",\n"))] }] }
    """.write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
    try "id,name,email\nv1,A,\nv2,B,\nv3,C,\n".write(
      toFile: folder + "/roster.csv", atomically: true, encoding: .utf8)
    let made = try Program.run(["generate", "--format", "moodle,gift"], in: folder)
    try #require(made.status == 0, "\(made.errors)")
    let json = try Program.run(["key", "--format", "json"], in: folder).output
    let papers = try #require(
      try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]])
    var keys: [String: [KeyedAnswer]] = [:]
    for paper in papers {
      keys[paper["candidate"] as! String] = (paper["answers"] as! [[String: Any]]).map {
        KeyedAnswer(
          field: $0["field"] as! String, display: $0["display"] as! String, key: $0["key"]!)
      }
    }
    try body(folder, keys)
  }

  @Test("is every key as it is, no other formula, and no sign that was not in the text")
  func keys() throws {
    try Self.everyFamily { set, keys in
      for (candidate, answers) in keys {
        func text(_ ending: String) throws -> String {
          try String(contentsOfFile: "\(set)/keys/\(candidate)\(ending)", encoding: .utf8)
        }
        let xml = MoodleReader.clozes(try text(".moodle.xml"))
        #expect(xml.scales.count == 1)
        for (format, fields) in [
          ("xml", xml.fields), ("gift", MoodleReader.questions(try text(".gift.txt"))),
        ] {
          #expect(Set(fields.keys) == Set(answers.map(\.field)), "\(format)")
          for answer in answers {
            guard let field = fields[answer.field] else { continue }
            check(field, answer, "\(candidate) \(format) \(answer.field)")
          }
        }
      }
    }
  }

  private func check(_ field: MoodleField, _ answer: KeyedAnswer, _ place: String) {
    for feedback in field.alternatives.map(\.feedback) {
      let seen = MoodleReader.seen(feedback)
      #expect(!seen.contains("\\") && !seen.contains("&lt;"), "\(place): \(feedback)")
    }
    if let right = answer.options(of: field) {
      let ticks = field.ticks
      for (option, share) in ticks {
        let wanted = right.contains(option) ? 1 / Double(right.count) : nil
        let cost = field.kind == .multichoice ? 0 : -1 / Double(right.count)
        #expect(abs(share - (wanted ?? cost)) < 1e-6, "\(place): \(option)")
      }
      #expect(Set(right).isSubset(of: ticks.keys), "\(place): \(right)")
    } else {
      #expect(field.share(of: answer.display) == 1, "\(place): \(answer.display)")
      if answer.display.contains("*") {
        let other = answer.display.replacingOccurrences(of: "*", with: "*z*")
        #expect(field.share(of: other) == 0, "\(place): \(other)")
      }
    }
  }

  @Test("has points in one unit for everybody, whoever is in the set, and a warning that says it")
  func scale() throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    try #require(try Program.run(["new", "mock"], in: home).status == 0)
    let folder = home + "/mock"
    try """
    { id: "scale", title: "Scale", sections: [{ title: "s", questions: [
      { family: "scale.train-compute", marks: 4 }, { family: "softmax.values", marks: 1 }] }] }
    """.write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
    for (count, together) in [("12", []), ("1", []), ("12", ["--together"])] {
      let made = try Program.run(
        [
          "generate", "--count", count, "--format", "moodle,google-forms", "--out", "set",
          "--force",
        ]
          + together, in: folder)
      #expect(made.errors.contains("multiplied by 100, and"), "\(made.errors)")
      #expect(
        made.errors.contains("google-forms: points are whole there; they are multiplied by 100"))
      let keys = try FileManager.default.contentsOfDirectory(atPath: folder + "/set/keys")
        .filter { $0.hasSuffix(".xml") }
      #expect(keys.count == (together.isEmpty ? Int(count)! : 1))
      for name in keys {
        let xml = try String(contentsOfFile: "\(folder)/set/keys/\(name)", encoding: .utf8)
        #expect(MoodleReader.clozes(xml).scales == [100], "\(name)")
      }
    }
    let form = try String(contentsOfFile: folder + "/set/papers/all.gs", encoding: .utf8)
    let items = form.components(separatedBy: "\"title\": \"Q").dropFirst()
    #expect(items.count >= 3 && items.allSatisfy { !$0.contains("\"points\": 0,") })
  }
}
