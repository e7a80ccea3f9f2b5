import ExamModel
import FoundationEssentials
import Glibc
import Storage
import Synchronization
import Workers

/// Results go to standard output; everything else to standard error.
struct Console: Sendable {
  enum Level: Int, Sendable { case quiet, normal, verbose }

  let level: Level
  let logsJSON: Bool
  /// Whether a person watches: a progress bar is drawn and lines may be coloured.
  let isTerminal = Screen.canDraw(on: STDERR_FILENO)
  let hasColour: Bool

  init(level: Level, logsJSON: Bool) {
    self.level = level
    self.logsJSON = logsJSON
    hasColour = Screen.canDraw(on: STDOUT_FILENO) && Setting.noColour.value == nil
  }

  init(_ invocation: Invocation) {
    let level: Level =
      invocation.isSet("--quiet") ? .quiet : invocation.isSet("--verbose") ? .verbose : .normal
    self.init(
      level: level,
      logsJSON: (invocation.value("--log-format") ?? Setting.logFormat.value) == "json")
  }

  /// A result.
  func print(_ text: String) { Self.write(shown(text) + "\n", to: STDOUT_FILENO) }

  /// What is being done, for whoever watches.
  func note(_ text: String, about trace: Trace? = nil) {
    if level != .quiet { log("info", text, trace) }
  }

  func detail(_ text: String) {
    if level == .verbose { log("debug", text) }
  }

  func warn(_ text: String, about trace: Trace? = nil) { log("warning", text, trace) }

  func fail(_ text: String) { log("error", text) }

  /// Each step for whoever keeps a log; people see them with `--verbose`.
  var steps: (@Sendable (Step) -> Void)? {
    guard level == .verbose || (logsJSON && level == .normal) else { return nil }
    return { log("info", $0.message, $0.trace, $0.fields) }
  }

  /// - Parameter trace: what the message is about, under the names that webhooks have for it too.
  private func log(
    _ severity: String, _ text: String, _ trace: Trace? = nil, _ fields: [(String, JSON)] = []
  ) {
    guard logsJSON else {
      let prefix = severity == "error" || severity == "warning" ? "gradus: " : ""
      Self.write(prefix + shown(text) + "\n", to: STDERR_FILENO)
      return
    }
    var entry: [(String, JSON)] = [
      ("time", .string(Date.now.formatted(.iso8601))), ("level", .string(severity)),
      ("message", .string(text)),
    ]
    if let trace {
      entry += [("trace", .string(trace.id)), ("test", .string(trace.test.rawValue))]
      if let run = trace.run { entry.append(("run", .integer(Int(run)))) }
    }
    entry += fields
    Self.write(JSON.object(entry).text + "\n", to: STDERR_FILENO)
  }

  /// What is safe on a terminal, whoever wrote it: of what could steer one, ends of lines and this
  /// console's colours pass, and all else becomes the escape that JSON has for it.
  func shown(_ text: String) -> String {
    text.escapingControls(except: hasColour ? Self.styles : [])
  }

  private static let styles = ["0", "1", "2", "31", "32", "33"].map {
    Array("\u{1B}[\($0)m".unicodeScalars)
  }

  func bold(_ text: String) -> String { styled(text, "1") }
  func faint(_ text: String) -> String { styled(text, "2") }
  func red(_ text: String) -> String { styled(text, "31") }
  func green(_ text: String) -> String { styled(text, "32") }
  func yellow(_ text: String) -> String { styled(text, "33") }

  private func styled(_ text: String, _ code: String) -> String {
    hasColour && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// Why standard output could not be written; nil where it could, or its reader has gone.
  static var lostOutput: String? {
    outputError.withLock { $0 }.map { String(cString: strerror($0)).lowercased() }
  }
  private static let outputError = Mutex<Int32?>(nil)

  static func write(_ text: String, to descriptor: Int32) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      // A closed pipe is no reason to fail: whoever read has read enough.
      guard written > 0 else {
        let error = errno
        if descriptor == STDOUT_FILENO, error != EPIPE {
          outputError.withLock { $0 = $0 ?? error }
        }
        return
      }
      bytes = bytes.dropFirst(written)
    }
  }
}

/// A bar on a terminal; elsewhere a line when it begins and when it is done.
final class ProgressBar: Sendable {
  private let console: Console
  private let label: String
  private let drawn = Mutex((tenths: -1, begun: false))

  init(_ label: String, console: Console) {
    self.label = label
    self.console = console
  }

  func update(_ done: Int, of total: Int) {
    guard console.level != .quiet, !console.logsJSON, total > 0, console.isTerminal else { return }
    let tenths = done * 1000 / total
    drawn.withLock { drawn in
      guard tenths != drawn.tenths else { return }
      drawn.tenths = tenths
      let columns = Screen.size(on: STDERR_FILENO).columns
      Console.write("\r\u{1B}[K" + line(done, of: total, columns: columns), to: STDERR_FILENO)
      drawn.begun = true
    }
  }

  /// Shorter than a row, so that it never wraps and the cursor stays on it.
  private func line(_ done: Int, of total: Int, columns: Int) -> String {
    let count = "\(done) of \(total)"
    let width = min(30, columns - label.count - count.count - 3)
    guard width > 3 else { return String("\(label) \(count)".prefix(columns - 1)) }
    let filled = done * width / total
    return label + " " + String(repeating: "█", count: filled)
      + String(repeating: "░", count: width - filled) + " " + count
  }

  /// Takes the bar away and leaves a sentence.
  func finish(_ sentence: String, about trace: Trace? = nil) {
    drawn.withLock { drawn in
      if drawn.begun { Console.write("\r\u{1B}[K", to: STDERR_FILENO) }
      drawn.begun = false
    }
    console.note(sentence, about: trace)
  }
}
