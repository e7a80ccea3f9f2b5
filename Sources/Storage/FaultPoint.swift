internal import Glibc
internal import Synchronization

/// Where a chunk's life can be cut short by a test; a release build has none of it.
///
/// `GRADUS_FAULT=copied:2:KILL` sends the process SIGKILL when it passes `copied` for the second
/// time; with STOP it stands still until SIGCONT. The points are listed in the order in which a
/// landing passes them. `copying` and `committing` lie on the way of every COPY and every commit,
/// `finishing` and `finished` on both sides of the transaction that ends a run.
package enum FaultPoint: String, CaseIterable, Sendable {
  case claimed, read, graded, encoded, begun, copying, copied, fenced, committing, committed
  case finishing, finished

  #if DEBUG
    private static let wanted: (point: FaultPoint, signal: Int32)? = {
      let words = setting.split(separator: ":")
      guard words.count == 3, let point = FaultPoint(rawValue: String(words[0])) else { return nil }
      return (point, words[2] == "STOP" ? SIGSTOP : SIGKILL)
    }()
    private static let setting = getenv("GRADUS_FAULT").map { String(cString: $0) } ?? ""
    private static let passesLeft = Mutex(
      setting.split(separator: ":").dropFirst().first.flatMap { Int($0) } ?? 0)

    package func pass() {
      guard let wanted = Self.wanted, wanted.point == self else { return }
      let isNow = Self.passesLeft.withLock { left in
        left -= 1
        return left == 0
      }
      if isNow { kill(getpid(), wanted.signal) }
    }
  #else
    @inline(__always) package func pass() {}
  #endif

  /// How long a database may be silent; `GRADUS_FAULT_PATIENCE` shortens it, in seconds.
  static let patience: Duration = {
    #if DEBUG
      if let text = getenv("GRADUS_FAULT_PATIENCE"), let seconds = Int(String(cString: text)) {
        return .seconds(seconds)
      }
    #endif
    return .seconds(45)
  }()
}
