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

  /// Connections kept open when nothing is under way on them.
  private static let keptConnectionCount = 512

  private let mail = Mutex(Mail())
  private let multi: UnsafeMutableRawPointer
  private var underWay: [UnsafeMutableRawPointer: Transfer] = [:]

  init() {
    EasyHandle.setUp()
    guard let multi = curl_multi_init() else { preconditionFailure("no memory left for curl") }
    self.multi = multi
    _ = shim_curl_multi_setopt_long(multi, CURLMOPT_MAXCONNECTS, Self.keptConnectionCount)
  }

  func start() {
    var thread = pthread_t()
    let context = Unmanaged.passRetained(self).toOpaque()
    let code = pthread_create(&thread, nil, { runLoop($0) }, context)
    precondition(code == 0, "no thread could be started for the courier")
    pthread_detach(thread)
  }

  func add(_ transfer: Transfer) {
    mail.withLock { $0.arrived.append(transfer) }
    curl_multi_wakeup(multi)
  }

  func close() {
    // Under the lock, so that the loop cannot be gone between the word and the waking.
    mail.withLock {
      $0.isClosing = true
      curl_multi_wakeup(multi)
    }
  }

  // MARK: On the thread

  fileprivate func run() {
    var running: Int32 = 0
    while true {
      let (arrived, isClosing) = mail.withLock { mail in
        defer { mail.arrived = [] }
        return (mail.arrived, mail.isClosing)
      }
      arrived.forEach(begin)
      if isClosing { break }
      curl_multi_perform(multi, &running)
      endFinished()
      curl_multi_poll(multi, nil, 0, 1000, nil)
    }
    for (handle, transfer) in underWay {
      curl_multi_remove_handle(multi, handle)
      transfer.breakOff()
    }
    underWay = [:]
    curl_multi_cleanup(multi)
  }

  private func begin(_ transfer: Transfer) {
    if let failure = transfer.failure { return transfer.end(failure) }
    guard curl_multi_add_handle(multi, transfer.handle) == CURLM_OK else {
      return transfer.end(CURLE_OUT_OF_MEMORY)
    }
    underWay[transfer.handle] = transfer
  }

  private func endFinished() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let handle = message.pointee.easy_handle else {
        continue
      }
      let code = shim_curl_result(message)  // The message is gone once the handle is removed.
      curl_multi_remove_handle(multi, handle)
      underWay.removeValue(forKey: handle)?.end(code)
    }
  }
}

private func runLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let context { Unmanaged<TransferLoop>.fromOpaque(context).takeRetainedValue().run() }
  return nil
}
