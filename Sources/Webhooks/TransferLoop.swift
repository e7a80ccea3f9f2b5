internal import CCurl
internal import Glibc
internal import Synchronization

/// The thread that owns curl's multi handle, and with it every connection.
///
/// Only `add` and `close` are for other threads: they leave word and wake it.
final class TransferLoop: @unchecked Sendable {
  private struct Mail {
    var arrived: [Transfer] = []
    var isClosing = false
  }

  /// Curl closes a connection when it is done where it has more than so many, those in use counted:
  /// as many as a sender has under way, so that silent receivers take none from the others.
  private static let keptConnectionCount = 4096
  /// Handles kept for the next transfers.
  private static let spareHandleCount = 256

  private let mail = Mutex(Mail())
  private let multi: UnsafeMutableRawPointer
  private var underWay: [UnsafeMutableRawPointer: (transfer: Transfer, easy: EasyHandle)] = [:]
  private var lines: [Transfer.Line: AttemptLine] = [:]
  private var spare: [EasyHandle] = []
  /// The sockets that curl waits for, so that those that are silent cost the others nothing.
  private let queue = shim_epoll_create()
  /// Written to by other threads.
  private let bell = shim_event_create()
  /// When curl wants to be called without a socket.
  private var timer: ContinuousClock.Instant?

  init() {
    EasyHandle.setUp()
    guard let multi = curl_multi_init() else { preconditionFailure("no memory left for curl") }
    self.multi = multi
    precondition(queue >= 0 && bell >= 0, "no descriptors left for the courier")
    _ = shim_curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnectionCount)
    _ = shim_epoll_watch(queue, bell, CURL_POLL_IN)
  }

  deinit {
    Glibc.close(queue)
    Glibc.close(bell)
  }

  func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(&thread, nil, { runLoop($0) }, context)
    precondition(code == 0, "no thread could be started for the courier")
    pthread_detach(thread)
  }

  func add(_ transfer: Transfer) {
    // Where mail lies already, the bell has been rung.
    let isFirst = mail.withLock { mail in
      mail.arrived.append(transfer)
      return mail.arrived.count == 1
    }
    if isFirst { ring() }
  }

  func close() {
    mail.withLock { $0.isClosing = true }
    ring()
  }

  private func ring() {
    var one: UInt64 = 1
    // It fails only where it rings already.
    _ = write(bell, &one, 8)
  }

  // MARK: On the thread

  fileprivate func run() {
    let context = Unmanaged.passUnretained(self).toOpaque()
    let isSet =
      shim_curl_multi_setopt_watch(multi, watchSocket, context) == CURLM_OK
      && shim_curl_multi_setopt_timer(multi, setTimer, context) == CURLM_OK
    precondition(isSet, "curl takes no callbacks")
    var running: Int32 = 0
    var sockets = [Int32](repeating: 0, count: 256)
    var ready = [Int32](repeating: 0, count: 256)
    while true {
      let (arrived, isClosing) = mail.withLock { mail in
        defer { mail.arrived = [] }
        return (mail.arrived, mail.isClosing)
      }
      arrived.forEach(admit)
      if isClosing { break }
      let count = shim_epoll_wait(queue, &sockets, &ready, 256, milliseconds)
      for place in 0..<max(Int(count), 0) {
        if sockets[place] == bell {
          var rings: UInt64 = 0
          _ = read(bell, &rings, 8)
        } else {
          curl_multi_socket_action(multi, sockets[place], ready[place], &running)
        }
      }
      if let timer, timer <= .now {
        self.timer = nil
        curl_multi_socket_action(multi, noSocket, 0, &running)
      }
      endFinished()
    }
    for (handle, attempt) in underWay {
      curl_multi_remove_handle(multi, handle)
      attempt.transfer.breakOff()
    }
    underWay = [:]
    for var line in lines.values { line.takeAll().forEach { $0.breakOff() } }
    lines = [:]
    spare = []
    curl_multi_cleanup(multi)
  }

  /// How long to wait for sockets; what arrives rings.
  private var milliseconds: Int32 {
    guard let timer else { return -1 }
    return Int32(max(0, (timer - .now) / .milliseconds(1)).rounded(.up))
  }

  fileprivate func watch(_ socket: curl_socket_t, _ what: Int32) {
    if what == CURL_POLL_REMOVE {
      shim_epoll_forget(queue, socket)
    } else {
      _ = shim_epoll_watch(queue, socket, what)
    }
  }

  fileprivate func wake(after milliseconds: Int) {
    timer = milliseconds < 0 ? nil : .now + .milliseconds(milliseconds)
  }

  // MARK: Attempts

  private func admit(_ transfer: Transfer) {
    if let transfer = lines[transfer.line, default: AttemptLine()].admit(transfer) {
      begin(transfer)
    }
  }

  private func begin(_ transfer: Transfer) {
    let easy = spare.popLast() ?? EasyHandle()
    guard transfer.prepare(easy, at: .now) else {
      return end(transfer, on: easy, easy.failure ?? CURLE_OUT_OF_MEMORY)
    }
    guard curl_multi_add_handle(multi, easy.handle) == CURLM_OK else {
      return end(transfer, on: easy, CURLE_OUT_OF_MEMORY)
    }
    underWay[easy.handle] = (transfer, easy)
  }

  private func endFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else {
        continue
      }
      let code = shim_curl_result(message)  // The message is gone once the handle is removed.
      curl_multi_remove_handle(multi, handle)
      guard let (transfer, easy) = underWay.removeValue(forKey: handle) else { continue }
      end(transfer, on: easy, code)
    }
  }

  /// Tells what came of it; then the line moves on, or goes back where nothing arrives.
  private func end(_ transfer: Transfer, on easy: EasyHandle, _ code: CURLcode) {
    let hasArrived = transfer.end(code)
    if spare.count < Self.spareHandleCount { spare.append(easy) }
    // Taken out, so that it is changed in place.
    guard var line = lines.removeValue(forKey: transfer.line) else { return }
    let (next, goBack) = line.end(hasArrived: hasArrived, at: .now)
    if !line.isOver { lines[transfer.line] = line }
    goBack.forEach { $0.sendBack() }
    if let next { begin(next) }
  }
}

/// `CURL_SOCKET_TIMEOUT` is a cast macro, which Swift does not import.
private let noSocket: curl_socket_t = -1

private func loop(_ context: UnsafeMutableRawPointer?) -> TransferLoop? {
  context.map { Unmanaged<TransferLoop>.fromOpaque($0).takeUnretainedValue() }
}

private let watchSocket: shim_curl_watch = { _, socket, what, context, _ in
  loop(context)?.watch(socket, what)
  return 0
}

private let setTimer: shim_curl_timer = { _, milliseconds, context in
  loop(context)?.wake(after: milliseconds)
  return 0
}

private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run() }
  return nil
}
