import ExamModel
import PaperPress
import Storage
import Workers

/// `gradus doctor`: what is in order and what is not, and what to do about it.
enum DoctorCommand {
  static let command = Command(
    name: "doctor", summary: "Check workspace, secret and store",
    options: [.workspace, .secretFile, .store, .json],
    examples: [("gradus doctor -C mock-ml", "checks everything that grading needs")], run: run)

  private struct Check {
    let name: String
    let finding: String
    /// Nil where it is in order.
    let failure: Failure?
    /// Whether it works and could be better.
    var isAdvice = false
  }

  private static func run(_ invocation: Invocation) async throws {
    let console = invocation.console
    var checks = await [
      check("blueprint") {
        let blueprint = try invocation.workspace.blueprint()
        return "\(blueprint.id), \(blueprint.sections.count) sections"
      },
      check("roster") { "\(try invocation.workspace.roster().candidates.count) candidates" },
      check("secret") {
        "\(try invocation.workspace.secret(file: invocation.secretFile).fingerprint), yours alone"
      },
      check("papers") {
        let (press, secret) = try invocation.press()
        guard let manifest = try invocation.workspace.manifest() else {
          throw Failure(.configuration, "no papers were made yet; run \"gradus generate\"")
        }
        try manifest.check(press, secret: secret, file: invocation.workspace.manifestFile)
        return "\(manifest.papers.count) papers, made of this blueprint and secret"
      },
      check("store") {
        let address = try invocation.storeAddress()
        let store = try await address.open()
        let state = try await store.schema()
        await store.close()
        guard state.pending.isEmpty || state.applied.isEmpty else {
          throw Failure(
            .configuration,
            "\(address): \(state.pending.count) migrations are missing; run \"gradus migrate\"")
        }
        let schema = state.applied.isEmpty ? "empty, made ready on first use" : "schema up to date"
        return "\(address), \(state.engine), \(schema)"
      },
    ]
    if checks.last?.failure == nil { checks += await storeChecks(invocation) }
    checks.append(pdfCheck())
    if invocation.wantsJSON {
      let json = checks.map { check -> JSON in
        .object([
          ("check", .string(check.name)), ("ok", .bool(check.failure == nil)),
          ("advice", .bool(check.isAdvice)), ("finding", .string(check.finding)),
        ])
      }
      console.print(JSON.array(json).prettyText)
    } else {
      for check in checks {
        let padding = String(repeating: " ", count: 12 - check.name.count)
        let sign = check.failure != nil ? "✗" : check.isAdvice ? "!" : "✓"
        console.print("\(sign) \(check.name)\(padding)\(check.finding)")
      }
    }
    let failures = checks.compactMap(\.failure)
    if let first = failures.first {
      throw Failure(
        first.code, failures.count == 1 ? "one check failed" : "\(failures.count) checks failed")
    }
  }

  /// What PDFs are made with; nothing else needs it.
  private static func pdfCheck() -> Check {
    guard let press = PDFPress.find() else {
      return Check(name: "pdf", finding: PDFPress.advice, failure: nil, isAdvice: true)
    }
    let name = "by \(press.compiler.rawValue)"
    return press.splits
      ? Check(name: "pdf", finding: "\(name), in batches", failure: nil)
      : Check(
        name: "pdf",
        finding: "\(name), one by one; with qpdf and poppler-utils it is many times faster",
        failure: nil, isAdvice: true)
  }

  /// What the store itself has to say, where it is more than an empty place.
  private static func storeChecks(_ invocation: Invocation) async -> [Check] {
    do {
      let store = try await invocation.storeAddress().open()
      let isReady = try await !store.schema().applied.isEmpty
      let findings = isReady ? try await store.examine() : []
      await store.close()
      return findings.map {
        Check(
          name: $0.subject, finding: $0.sentence,
          failure: $0.weight == .bad ? Failure(.configuration, $0.sentence) : nil,
          isAdvice: $0.weight == .advice)
      }
    } catch {
      let failure = Failure(error)
      return [Check(name: "store", finding: failure.message, failure: failure)]
    }
  }

  private static func check(_ name: String, _ look: () async throws -> String) async -> Check {
    do {
      return Check(name: name, finding: try await look(), failure: nil)
    } catch {
      let failure = Failure(error)
      return Check(name: name, finding: failure.message, failure: failure)
    }
  }
}
