import CSV
import ExamModel
import PaperPress
import Storage
import Workers

/// `gradus quarantine …`: rows that wait for a person.
enum QuarantineCommands {
  static let all = [list, show, release]

  static let list = Command(
    name: "quarantine list", summary: "List rows that wait for a person, and why",
    options: [
      .workspace, .store, .flag("--all", "Also rows that were settled, and how"), .json,
    ],
    examples: [("gradus quarantine list -C mock-ml", "one line a row: import, line, reason")],
    run: list)

  static let show = Command(
    name: "quarantine show", summary: "Show such a row as it stands in the file",
    arguments: [.init(name: "LINE", help: "the row's line, or IMPORT:LINE as \"list\" names it")],
    options: [.workspace, .store, .json],
    examples: [
      ("gradus quarantine show 17", "raw text, reason, and cells by the title of the column")
    ],
    run: show)

  static let release = Command(
    name: "quarantine release",
    summary: "Give a row to a candidate, or discard it",
    discussion: """
      A released row is graded at once, by a new run over its file; the results that were published \
      stay until that run has finished. Who settled a row, when and why is kept. A row that was \
      settled stays settled.
      """,
    arguments: [
      .init(
        name: "LINE", help: "the row's line, or IMPORT:LINE as \"list\" names it", repeats: true)
    ],
    options: [
      .workspace, .secretFile, .store,
      .init(
        name: "--to", value: "CANDIDATE", help: "Whose answers these are, by id or e-mail address"),
      .flag("--discard", "They count for nobody"),
      .flag("--replace", "They count instead of the candidate's row that is graded"),
      .reason, .decidedBy,
      .flag("--no-grade", "Leave the grading for a later \"gradus grade\" of the same file"),
      .flag("--no-deliver", "Leave webhooks for a later \"gradus deliver\""),
      .json,
    ],
    examples: [
      (
        "gradus quarantine release 17 --to c001 --reason \"mistyped code, confirmed by phone\"",
        "grades line 17 as c001's"
      ),
      ("gradus quarantine release 3:17 --discard --reason \"a trial\"", "settles it for good"),
    ], run: release)

  // MARK: What they do

  private static func list(_ invocation: Invocation) async throws {
    let rows = try await quarantine(invocation).filter {
      invocation.isSet("--all") || $0.settlement == nil
    }
    guard !invocation.wantsJSON else {
      invocation.console.print(JSON.array(rows.map(json)).prettyText)
      return
    }
    guard !rows.isEmpty else {
      invocation.console.note("no row waits for a person")
      return
    }
    var table = TextTable(["row", "file", "reason"])
    for row in rows {
      let settled = row.settlement.map { "\(words($0)); it was: \($0.quarantineReason)" }
      table.add([
        "\(row.batch.batch):\(row.row.line)", row.fileName, settled ?? row.row.reason ?? "",
      ])
    }
    invocation.console.print(table.text)
    invocation.console.note(
      "Next: gradus quarantine show ROW, gradus quarantine release ROW --to …")
  }

  private static func show(_ invocation: Invocation) async throws {
    let found = try find(invocation.positional[0], in: try await quarantine(invocation))
    guard !invocation.wantsJSON else {
      invocation.console.print(json(found).prettyText)
      return
    }
    var lines = ["\(found.fileName.onOneLine):\(found.row.line)"]
    lines.append("reason: \(found.settlement?.quarantineReason ?? found.row.reason ?? "")")
    if let settlement = found.settlement { lines.append("settled: \(words(settlement))") }
    lines += ["", found.row.raw ?? row(of: found.row.cells)]
    invocation.console.print(lines.joined(separator: "\n"))
  }

  /// What was read before it could not be graded, as a row of a file.
  private static func row(of cells: [String]) -> String {
    var writer = CSVWriter(guardsFormulas: false)
    writer.write(cells)
    return writer.text
  }

  private static func release(_ invocation: Invocation) async throws {
    let command = release
    let (name, discards) = (invocation.value("--to"), invocation.isSet("--discard"))
    guard (name != nil) != discards else {
      throw UsageError("say either --to CANDIDATE or --discard", command: command)
    }
    let reason = try invocation.reason()
    guard invocation.positional.count == 1 || discards else {
      throw UsageError("one row at a time is released to a candidate", command: command)
    }
    let press = try invocation.committedPress()
    let decision = try decision(invocation, name: name)
    let store = try await invocation.openStore()
    do {
      let rows = try await store.quarantine(of: press.blueprint.id)
      var batch: ImportedBatch?
      for word in invocation.positional {
        let found = try find(word, in: rows)
        if !discards {
          try await requireMarking(of: found, press, in: store, invocation)
        }
        batch = try await store.settle(
          NewSettlement(
            batch: found.batch, line: found.row.line, decision: decision, reason: reason,
            settledBy: invocation.decidedBy,
            replacesOther: invocation.isSet("--replace")))
        invocation.console.note("line \(found.row.line) of \(found.fileName) is settled")
      }
      if let batch, !discards, !invocation.isSet("--no-grade") {
        try await GradeCommand.grade(batch, press: press, in: store, invocation)
      }
    } catch {
      await store.close()
      throw error
    }
    await store.close()
  }

  /// A released row is graded as the others of its file were.
  private static func requireMarking(
    of found: QuarantinedRow, _ press: PaperPress, in store: any Store, _ invocation: Invocation
  ) async throws {
    guard let run = try await store.batch(found.batch)?.run,
      let begun = try await store.keyVersion(of: run), begun != press.keyVersion
    else { return }
    throw Failure(
      .badInput,
      "\(invocation.workspace.blueprintFile): the marking was changed since run \(run.run) graded "
        + "\(found.fileName), so line \(found.row.line) stays where it is; \"gradus regrade\" grades "
        + "the others by it first, or restore it")
  }

  private static func decision(
    _ invocation: Invocation, name: String?
  ) throws -> Settlement.Decision {
    guard let name else { return .discarded }
    return .released(to: try invocation.candidate(named: name).id)
  }

  private static func quarantine(_ invocation: Invocation) async throws -> [QuarantinedRow] {
    let test = try invocation.workspace.blueprint().id
    let store = try await invocation.openStore()
    do {
      let rows = try await store.quarantine(of: test)
      await store.close()
      return rows
    } catch {
      await store.close()
      throw error
    }
  }

  /// `17`, where one file has such a line, or `3:17`.
  private static func find(_ word: String, in rows: [QuarantinedRow]) throws -> QuarantinedRow {
    let numbers = word.split(separator: ":", omittingEmptySubsequences: false).map { Int64($0) }
    let fitting = rows.filter { row in
      numbers == [Int64(row.row.line)] || numbers == [row.batch.batch, Int64(row.row.line)]
    }
    guard let row = fitting.first else {
      throw Failure(
        .badInput, "there is no quarantined row \(word); \"gradus quarantine list\" names them")
    }
    guard fitting.count == 1 else {
      let names = fitting.map { "\($0.batch.batch):\($0.row.line)" }.joined(separator: ", ")
      throw Failure(.badInput, "several files have a quarantined line \(word); say one of \(names)")
    }
    return row
  }

  private static func words(_ settlement: Settlement) -> String {
    let what =
      switch settlement.decision {
      case .released(let candidate): "released to \(candidate)"
      case .discarded: "discarded"
      }
    let when = CivilTime.text(microseconds: settlement.settledMicroseconds)
    return "\(what) by \(settlement.settledBy) at \(when): \(settlement.reason)"
  }

  private static func json(_ row: QuarantinedRow) -> JSON {
    .object([
      ("import", .integer(Int(row.batch.batch))), ("file", .string(row.fileName)),
      ("line", .integer(row.row.line)),
      ("reason", .optional(row.settlement?.quarantineReason ?? row.row.reason)),
      ("candidate", .optional(row.row.candidate?.rawValue)), ("raw", .optional(row.row.raw)),
      (
        "settled",
        row.settlement.map { settlement in
          var released: String?
          if case .released(let candidate) = settlement.decision { released = candidate.rawValue }
          return .object([
            ("decision", .string(released == nil ? "discarded" : "released")),
            ("to", .optional(released)), ("by", .string(settlement.settledBy)),
            ("at", .string(CivilTime.text(microseconds: settlement.settledMicroseconds))),
            ("reason", .string(settlement.reason)),
          ])
        } ?? .null
      ),
    ])
  }
}
