import Dispatch
import Glibc

/// Ends the process when a computation outlives its time: nothing else stops a thread that hangs.
///
/// The rows that were being graded are tried again by whoever takes them next, in smaller parts at
/// last, so that the one that does not end is set aside.
struct HardDeadline {
  let seconds: Int

  private static let queue = DispatchQueue(label: "gradus.deadline")

  func hold<Result>(_ what: String, _ body: () -> Result) -> Result {
    let end = DispatchWorkItem { [seconds] in
      let message =
        "error: \(what) did not end within \(seconds) s; this process ends, so that the rows are "
        + "tried in smaller parts: start it again\n"
      _ = message.withCString { write(2, $0, strlen($0)) }
      _exit(75)  // EX_TEMPFAIL of sysexits.h
    }
    Self.queue.asyncAfter(deadline: .now() + .seconds(seconds), execute: end)
    defer { end.cancel() }
    return body()
  }
}
