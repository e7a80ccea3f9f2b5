import ExamModel
import Foundation
import TestKit
import Testing

/// A test of two questions whose papers do not all ask the same parts, with the published
/// demonstration secret, so that it is the same on every machine.
struct SmallExam {
  let folder: String
  /// By candidate and field.
  private let keys: [String: [String: String]]
  private let fields: [String]

  /// - Parameters:
  ///   - marking: members of the blueprint's `marking`.
  ///   - addresses: of how many candidates the roster knows an address; the ids are `c01` and so on.
  static func with(
    _ count: Int, marking: String = "", addresses: Int = .max,
    _ body: (SmallExam) throws -> Void
  ) throws {
    let home = try Program.temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: home) }
    let secret = home + "/secret"
    try FileManager.default.copyItem(atPath: Demonstration.folder + "/secret.hex", toPath: secret)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
    try #require(
      try Program.run(["new", "exam", "--secret-file", secret], in: home).status == 0)
    let folder = home + "/exam"
    try write(marking: marking, to: folder)
    let people = (1...count).map { number in
      let id = SmallExam.id(number)
      return "\(id),Name \(id),\(number <= addresses ? "\(id)@example.org" : "")\n"
    }
    try ("id,name,email\n" + people.joined()).write(
      toFile: folder + "/roster.csv", atomically: true, encoding: .utf8)
    let made = try Program.run(["generate", "-q"], in: folder)
    try #require(made.status == 0, "\(made.errors)")
    try body(try SmallExam(folder))
  }

  private init(_ folder: String) throws {
    self.folder = folder
    let shown = try Program.run(["key", "--format", "json"], in: folder)
    var keys: [String: [String: String]] = [:]
    var fields: [String] = []
    for paper in try JSON(parsing: shown.output, file: "keys").array ?? [] {
      for part in paper["answers"]?.array ?? [] {
        let field = part["field"]?.string ?? ""
        keys[paper["candidate"]?.string ?? "", default: [:]][field] = part["display"]?.string
        if !fields.contains(field) { fields.append(field) }
      }
    }
    (self.keys, self.fields) = (keys, fields)
    try #require(!fields.isEmpty)
  }

  static func id(_ number: Int) -> String { "c" + (number < 10 ? "0" : "") + "\(number)" }

  private static func write(marking: String, corrections: String = "", to folder: String) throws {
    try """
    { id: "small", title: "Small", sections: [{ title: "A", questions: [
        { family: "matdim.product", marks: 1 }, { family: "softmax.values", marks: 2 } ] }],
      marking: { \(marking) },\(corrections.isEmpty ? "" : " corrections: [\(corrections)]") }
    """.write(toFile: folder + "/blueprint.json5", atomically: true, encoding: .utf8)
  }

  /// Writes the export in which each of the first candidates typed what is said of them.
  func export(_ count: Int, _ typed: (Int, String, String) -> String) throws {
    var rows = [["Timestamp", "Username"] + fields]
    for number in 1...count {
      let id = Self.id(number)
      rows.append(
        ["2026-03-05 10:00:00", id]
          + fields.map { field in keys[id]?[field].map { typed(number, field, $0) } ?? "" })
    }
    try rows.map { $0.map { "\"\($0)\"" }.joined(separator: ",") + "\n" }.joined()
      .write(toFile: folder + "/responses.csv", atomically: true, encoding: .utf8)
  }

  func grade(_ count: Int, _ typed: (Int, String, String) -> String) throws {
    try export(count, typed)
    try run(["grade", "responses.csv", "-q"])
  }

  func correct(_ corrections: String, marking: String = "") throws {
    try Self.write(marking: marking, corrections: corrections, to: folder)
    try run(["regrade", "--reason", "misprinted", "-q"])
  }

  /// Runs, expects success, and takes what came on either stream.
  @discardableResult
  func run(
    _ words: [String], _ place: SourceLocation = #_sourceLocation
  ) throws -> Program.Outcome {
    let outcome = try Program.run(words, in: folder)
    #expect(outcome.status == 0, "\(words): \(outcome.errors)", sourceLocation: place)
    return outcome
  }

  func lines(_ words: [String], _ place: SourceLocation = #_sourceLocation) throws -> [String] {
    try run(words, place).output.split(whereSeparator: \.isNewline).map(String.init)
  }

  func json(_ words: [String], _ place: SourceLocation = #_sourceLocation) throws -> JSON {
    try JSON(parsing: run(words + ["--format", "json"], place).output, file: "output")
  }

  func fails(
    _ words: [String], _ status: Int32, _ message: String,
    _ place: SourceLocation = #_sourceLocation
  ) throws {
    let outcome = try Program.run(words, in: folder)
    #expect(outcome.status == status, "\(words)", sourceLocation: place)
    #expect(outcome.errors.contains(message), "\(outcome.errors)", sourceLocation: place)
    #expect(outcome.output == "", sourceLocation: place)
  }
}
