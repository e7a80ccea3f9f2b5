internal import CPostgres
internal import Glibc

// Sending and waiting, never longer than the connection's patience.
//
// The server's own limits do not help where it is not heard from: a stopped server, or a machine
// between us and it that takes our bytes and passes nothing on, keeps its connections alive.
extension PostgresConnection {
  /// Sends what libpq holds, and returns the answer to it that counts: the last one, or the one
  /// with which a COPY begins.
  ///
  /// - Parameter isSent: what libpq said of the sending.
  func answer(toSending isSent: Int32) throws(StoreError) -> PostgresResult {
    // Where nothing was sent, libpq's result is empty and `check` says why.
    guard isSent == 1 else { return PostgresResult(adopting: nil) }
    try flush()
    var last: OpaquePointer?
    while let next = try nextResult() {
      PQclear(last)
      last = next
      if PQresultStatus(next) == PGRES_COPY_IN || isLost { break }
    }
    return PostgresResult(adopting: last)
  }

  /// Hands everything to the kernel, and takes what the server says meanwhile: neither side may
  /// wait for the other with full buffers.
  func flush() throws(StoreError) {
    while true {
      switch PQflush(handle) {
      case 0: return
      case 1:
        try wait(for: Int16(POLLIN | POLLOUT))
        guard PQconsumeInput(handle) == 1 else { throw lost() }
      default: throw lost()
      }
    }
  }

  /// Nil after the last result of a command.
  func nextResult() throws(StoreError) -> OpaquePointer? {
    while PQisBusy(handle) == 1 {
      try wait(for: Int16(POLLIN))
      // The result says what broke.
      guard PQconsumeInput(handle) == 1 else { break }
    }
    return PQgetResult(handle)
  }

  /// Passes over what is left of a command.
  func drain() {
    while let more = try? nextResult() { PQclear(more) }
  }

  private func wait(for events: Int16) throws(StoreError) {
    let end = ContinuousClock.now + patience
    while true {
      let left = max(.zero, end - .now) / .milliseconds(1)
      var socket = pollfd(fd: PQsocket(handle), events: events, revents: 0)
      let ready = poll(&socket, 1, Int32(left.rounded(.up)))
      if ready > 0 { return }
      guard ready < 0, errno == EINTR else {
        isSilent = true
        throw lost()
      }
    }
  }
}
