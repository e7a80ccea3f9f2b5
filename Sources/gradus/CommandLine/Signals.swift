import Dispatch
import Glibc
import Workers

/// SIGINT and SIGTERM end the work after the chunk in hand; a second one ends it at once.
enum Signals {
  /// Kept alive here; filled once, before any work begins.
  nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

  static func raise(_ flag: StopFlag) {
    for number in [SIGINT, SIGTERM] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler { @Sendable in
        if flag.isUp { _exit(ExitCode.tryAgain.rawValue) }
        flag.raise()
        Console.write("gradus: stopping after the chunk in hand\n", to: STDERR_FILENO)
      }
      source.resume()
      sources.append(source)
    }
  }
}
