import Dispatch
import Glibc
import Workers

/// SIGINT, SIGTERM and, as a terminal closes, SIGHUP end the work after the chunk in hand; a second
/// one ends it at once.
enum Signals {
  /// Where a signal's handler, which may do next to nothing, leaves word of it. Dispatch's own
  /// sources take a moment to be in place, in which a signal would be lost or end the process.
  nonisolated(unsafe) private static var mouth: Int32 = -1
  /// Kept alive here; set once, before any work begins.
  nonisolated(unsafe) private static var source: (any DispatchSourceRead)?

  static func raise(_ flag: StopFlag, telling console: Console) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return }
    for end in ends {
      _ = fcntl(end, F_SETFD, FD_CLOEXEC)
      _ = fcntl(end, F_SETFL, O_NONBLOCK)
    }
    mouth = ends[1]
    for number in [SIGINT, SIGTERM, SIGHUP] {
      // Whoever starts it by nohup wants it to outlive the terminal.
      if number == SIGHUP, isIgnored(number) { continue }
      signal(number) { _ in
        let before = errno
        var word: UInt8 = 0
        write(Signals.mouth, &word, 1)
        errno = before
      }
    }
    let ear = ends[0]
    let source = DispatchSource.makeReadSource(fileDescriptor: ear, queue: .global())
    source.setEventHandler { @Sendable in
      var word: UInt8 = 0
      while read(ear, &word, 1) == 1 {
        if flag.isUp { _exit(ExitCode.tryAgain.rawValue) }
        flag.raise()
        console.warn("stopping after the chunk in hand")
      }
    }
    source.resume()
    self.source = source
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
      == unsafeBitCast(SIG_IGN, to: Int.self)
  }
}
