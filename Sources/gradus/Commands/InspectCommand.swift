import CSV
import ExamModel
import PaperPress
import ResponseSheets
import Workers

/// `gradus inspect`: what a file of responses is taken for, and why.
enum InspectCommand {
  static let command = Command(
    name: "inspect", summary: "Show how an export of responses is understood, and why",
    discussion: """
      Says encoding, delimiter, service, what each column is, how dates and decimals are read, the \
      first rows as they were understood and everything odd. In a workspace the rows are sorted as \
      "gradus grade" sorts them; nothing is stored. A zip is looked into.
      """,
    arguments: [
      .init(name: "FILE", help: "a CSV, TSV or zip that a form service exported", repeats: true)
    ],
    options: [
      .workspace, .secretFile, .mapping, .dates, .timeZone,
      .init(name: "--rows", value: "N", help: "How many rows to show (default: 3)"), .json,
    ],
    examples: [
      ("gradus inspect responses.csv", "shows what it is taken for"),
      ("gradus inspect *.csv --format json", "prints one object a file"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let exam = try exam(invocation)
    let shown = try invocation.integer("--rows", in: 0...1000) ?? 3
    let hints = try invocation.hints()
    var failures: [Failure] = []
    for path in invocation.positional {
      do {
        let found = try Understanding(try ResponseFile(path), exam: exam, hints: hints)
        let inspection = try Inspection(found, file: path, exam: exam, shown: shown)
        invocation.console.print(
          invocation.wantsJSON ? inspection.json.text : inspection.text(invocation.console))
      } catch {
        // The other files are still worth showing.
        guard invocation.positional.count > 1 else { throw error }
        failures.append(Failure(error))
        invocation.console.fail(failures[failures.count - 1].message)
      }
    }
    if let first = failures.first {
      throw Failure(
        first.code, "\(failures.count) of \(invocation.positional.count) files were not understood")
    }
  }

  /// The workspace's test; nil where there is no workspace and none was named.
  private static func exam(_ invocation: Invocation) throws -> Exam? {
    let workspace = invocation.workspace
    guard invocation.isSet("--workspace") || Files.exists(workspace.blueprintFile) else {
      return nil
    }
    return Exam(press: try invocation.press().press, roster: try workspace.roster())
  }
}

extension Invocation {
  /// What a person says about the file.
  func hints() throws -> Understanding.Hints {
    var hints = Understanding.Hints()
    if let file = value("--mapping") {
      hints.mapping = try SheetMapping(
        parsing: try Files.text(file), file: file, encodings: TextEncoding.allCases.map(\.rawValue))
    }
    hints.dates = value("--dates").flatMap(DateOrder.init)
    hints.timeZone = value("--time-zone")
    return hints
  }
}

extension Command.Option {
  static let mapping = Self(
    name: "--mapping", value: "FILE",
    help: "What the columns are, in JSON5, for a table of no known service")
  static let dates = Self(
    name: "--dates", value: "ORDER", choices: ["day-first", "month-first"],
    help: "How to read dates such as 3/5/2026 (default: by all rows)")
  static let timeZone = Self(
    name: "--time-zone", value: "ZONE",
    help: "Where stamps without a zone were written (default: the deadline's zone, else UTC)")
}
