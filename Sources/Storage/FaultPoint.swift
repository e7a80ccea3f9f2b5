internal import Glibc
internal import Synchronization

/// Where a chunk's life can be cut short by a test; a release build has none of it.
///
/// `GRADUS_FAULT=copied:2:KILL` sends the process SIGKILL when it passes `copied` for the second
/// time; with STOP it stands still until SIGCONT. Several faults are parted by commas. The points are listed in the order in which a
/// landing passes them. `copying` and `committing` lie on the way of every COPY and every commit,
/// `finishing` and `finished` on both sides of the transaction that ends a run.
package enum FaultPoint: String, CaseIterable, Sendable {
  case claimed, read, graded, encoded, begun, copying, copied, fenced, committing, committed
  case finishing, finished

  #if DEBUG
    private static let faults: [Substring] = {
      let setting = getenv("GRADUS_FAULT").map { String(cString: $0) } ?? ""
      return setting.split(separator: ",")
    }()
    private static let passes = Mutex<[FaultPoint: Int]>([:])

    package func pass() {
      guard !Self.faults.isEmpty else { return }
      let pass = Self.passes.withLock { passes in
        passes[self, default: 0] += 1
        return passes[self, default: 0]
      }
      // To this thread, which then cannot get past the point.
      if Self.faults.contains("\(self):\(pass):KILL") { raise(SIGKILL) }
      if Self.faults.contains("\(self):\(pass):STOP") { raise(SIGSTOP) }
    }
  #else
    @inline(__always) package func pass() {}
  #endif
}

/// Times that tests shorten; in a release build they are what they are.
package enum FaultTimes {
  /// How long a database may be silent; `GRADUS_FAULT_PATIENCE` says otherwise.
  static let patience = Duration.seconds(seconds("GRADUS_FAULT_PATIENCE") ?? 45)
  /// Up to when a claimed chunk is its worker's; `GRADUS_FAULT_LEASE` says otherwise.
  package static let leaseSeconds = seconds("GRADUS_FAULT_LEASE") ?? 30

  private static func seconds(_ name: String) -> Int? {
    #if DEBUG
      getenv(name).flatMap { Int(String(cString: $0)) }
    #else
      nil
    #endif
  }
}
