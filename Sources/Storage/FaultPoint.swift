internal import Glibc
internal import Synchronization

/// Where a chunk's life can be cut short by a test; a release build has none of it.
///
/// `GRADUS_FAULT=copied:2:KILL` sends the process SIGKILL when it passes `copied` for the second
/// time; with STOP it stands still until SIGCONT, with SLEEP6 one thread of it does for six seconds.
/// Several faults are parted by commas. The points are listed in the order in which a landing passes
/// them. `copying` and `committing` lie on the way of every COPY and every commit,
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
      let sleep = "\(self):\(pass):SLEEP"
      for fault in Self.faults where fault.hasPrefix(sleep) {
        Glibc.sleep(UInt32(fault.dropFirst(sleep.count)) ?? 0)
      }
    }
  #else
    @inline(__always) package func pass() {}
  #endif
}

/// What a row does to the process that grades it, where `GRADUS_FAULT_ROWS` is set and a cell says
/// so; none of it is in a release build.
package enum FaultRow: String, CaseIterable, Sendable {
  case crash = "fault:crash"
  case hang = "fault:hang"
  case swell = "fault:swell"

  #if DEBUG
    private static let isOn = getenv("GRADUS_FAULT_ROWS") != nil

    package static func meet(_ cells: [String]) {
      guard isOn else { return }
      for fault in allCases where cells.contains(fault.rawValue) {
        switch fault {
        case .crash: abort()
        case .hang: while true { sched_yield() }
        // Never touched: the limit of a process is on what it asks for, and others need theirs.
        case .swell:
          while true { _ = UnsafeMutableRawPointer.allocate(byteCount: 1 << 26, alignment: 16) }
        }
      }
    }
  #else
    @inline(__always) package static func meet(_ cells: [String]) {}
  #endif
}

/// How long a database may be silent. A debug build has it from `GRADUS_FAULT_PATIENCE`, in seconds.
enum Patience {
  static let usual = Duration.seconds(chosen ?? 45)

  private static var chosen: Int? {
    #if DEBUG
      getenv("GRADUS_FAULT_PATIENCE").flatMap { Int(String(cString: $0)) }
    #else
      nil
    #endif
  }
}
