import ExamModel
import Publishing
import Storage
import Workers

/// Exit codes of sysexits.h.
enum ExitCode: Int32 {
  case success = 0
  case usage = 64
  case badInput = 65
  case unavailable = 69
  case internalError = 70
  case cannotCreate = 73
  case tryAgain = 75
  case configuration = 78
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
    case .badAddress, .notMigrated, .newerSchema, .editedMigration: .configuration
    case .conflict: .badInput
    case .failed: .internalError
    }
  }
}

/// `unknown command "generat"; did you mean "generate"?`
func unknownCommand(_ word: String, among names: [String]) -> String {
  let near = nearestName(to: word, in: names).map { "did you mean \"\($0)\"?" }
  return "unknown command \"\(word)\"; \(near ?? "\"gradus --help\" lists them")"
}
