import ExamModel
import PaperPress
import Publishing
import Storage
import Workers

/// `gradus slips`: what each graded candidate gets back.
enum SlipsCommand {
  static let command = Command(
    name: "slips", summary: "Write each candidate's results, reasons and solutions",
    discussion: """
      A page for each candidate of the published run: their own questions and answers, the verdict \
      on each part with its reason, what a known mistake calls for, the first step that went wrong, \
      and the worked solution for their numbers.

      A file that is there already is replaced; files of other candidates and formats stay. A run \
      for everybody also removes the slips, in its formats, of candidates who are no longer graded.
      """,
    arguments: [
      .init(name: "CANDIDATE", help: "only this candidate, by id or e-mail", isOptional: true)
    ],
    options: [
      .workspace, .secretFile, .store,
      .init(
        name: "--format", value: "FORMAT",
        help: "html, text, markdown, typst, latex or pdf, or several with commas (default: html)"),
      .init(name: "--out", value: "DIR", help: "Where to (default: slips/ of the workspace)"),
      .flag("--large-print", "Half as large again, for who sees little"), .templates,
    ],
    examples: [
      ("gradus slips", "writes slips/ with a page for each candidate"),
      ("gradus slips c001 --format pdf --out one", "writes one candidate's as a PDF"),
    ], run: run)

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    let press = try invocation.committedPress()
    let roster = try invocation.workspace.roster()
    let only = try invocation.positional.first.map {
      try invocation.candidate(named: $0, press: press).id
    }
    let known = PaperFormats.all.filter { $0.views.contains(.slip) }
    let names = try invocation.formatNames(
      default: "html", known: known.map { $0.name } + ["pdf"])
    let formats = names.compactMap(PaperFormats.named)
    invocation.warnOfIdleOptions(formats: names)
    let pdf = names.contains("pdf") ? PDFPress.find() : nil
    if names.contains("pdf"), pdf == nil { throw Failure(.unavailable, PDFPress.advice()) }
    let folder = invocation.value("--out") ?? invocation.workspace.path("slips")
    try await invocation.withStore { store in
      guard let run = try await store.publishedRun(of: press.blueprint.id),
        let batch = try await store.batch(try await store.progress(of: run).batch)
      else {
        throw Failure(
          .badInput,
          "nothing is published yet: no run of \(press.blueprint.id) has finished; run \"gradus grade\""
        )
      }
      let slips = try SlipFolder(
        folder, formats: formats, pdf: pdf,
        style: PageStyle(
          templates: try invocation.templates(), isLarge: invocation.isSet("--large-print")))
      do {
        var (waiting, count) = ([PaperSheet](), 0)
        func write() throws {
          let unshown = try slips.add(waiting)
          console.warn(of: unshown, waiting.map(\.candidate))
          waiting = []
        }
        try await Slips(press, run: run, batch: batch)
          .visit(in: store, only: only, names: roster) { sheet in
            waiting.append(sheet)
            count += 1
            guard waiting.count == 50 else { return }
            try write()
          }
        try write()
        guard count > 0 else {
          throw Failure(
            .badInput,
            only == nil
              ? "run \(run.run) has no results: none of its rows was graded, or they were erased"
              : "run \(run.run) has graded nobody of that name")
        }
        try slips.finish(isForAll: only == nil)
        console.note("\(counted(count, "slip")) in \(folder)/")
      } catch {
        slips.giveUp()
        throw error
      }
    }
  }
}
