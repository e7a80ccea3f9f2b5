import ExamModel
import Publishing
import Storage
import Workers

/// Exit codes of sysexits.h.
enum ExitCode: Int32, CaseIterable {
  case success = 0
  case usage = 64
  case badInput = 65
  case unavailable = 69
  case internalError = 70
  case cannotCreate = 73
  case tryAgain = 75
  case configuration = 78

  /// For the manual.
  var meaning: String {
    switch self {
    case .success: "All is done; or there was nothing to do."
    case .usage: "The command line makes no sense."
    case .badInput: "A file, blueprint, roster or answer cannot be used; the message says where."
    case .unavailable: "A store or another program that is needed does not answer."
    case .internalError: "Something could not be done, and not by your mistake."
    case .cannotCreate: "A file or folder cannot be written."
    case .tryAgain: "Not now: stopped, paused, or somebody else is at it; the same command goes on."
    case .configuration: "Secret, store, papers or settings are not as they must be."
    }
  }
}

/// An error as the person at the terminal sees it: one sentence and an exit code.
struct Failure: Error {
  let code: ExitCode
  let message: String

  init(_ code: ExitCode, _ message: String) {
    self.code = code
    self.message = message
  }

  /// The one place where errors turn into exit codes.
  init(_ error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as UsageError:
      let hint = error.command.map { "\n\"gradus \($0.name) --help\" shows how" } ?? ""
      self.init(.usage, error.description + hint)
    case let error as SourceError: self.init(.badInput, error.description)
    case let error as WriteError: self.init(.cannotCreate, error.description)
    case let error as SecretError: self.init(.configuration, error.description)
    case let error as TemplateError: self.init(.badInput, error.description)
    case let error as PDFError: self.init(.unavailable, error.description)
    case let error as BusyError: self.init(.tryAgain, error.description)
    case let error as StoreError: self.init(error.exitCode, error.description)
    default: self.init(.internalError, "\(error)")
    }
  }
}

extension StoreError {
  var exitCode: ExitCode {
    switch kind {
    case .unreachable: .unavailable
    case .busy: .tryAgain
    case .readOnly, .full: .cannotCreate
    case .badAddress, .notMigrated, .newerSchema, .editedMigration, .notAllowed: .configuration
    case .conflict: .badInput
    case .damaged, .failed: .internalError
    }
  }
}

/// `unknown command "generat"; did you mean "generate"?`
func unknownCommand(_ word: String, among names: [String]) -> String {
  let near = nearestName(to: word, in: names).map { "did you mean \"\($0)\"?" }
  return "unknown command \"\(word)\"; \(near ?? "\"gradus --help\" lists them")"
}
