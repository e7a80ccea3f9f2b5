internal import CCurl
internal import Glibc

/// A small HTTP server on the loopback address that takes webhooks one at a time.
///
/// It serves for trying things out and for tests. It is used from one thread; calls block.
package final class WebhookReceiver: @unchecked Sendable {
  package struct Request: Sendable {
    /// Header fields by name in small letters.
    package let headers: [String: String]
    package let body: [UInt8]
  }

  package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: String

    package init(status: Int, headers: [(name: String, value: String)] = [], body: String = "") {
      self.status = status
      self.headers = headers
      self.body = body
    }
  }

  package let port: UInt16
  private let listener: Int32

  private static let headByteLimit = 32 * 1024
  private static let waitSeconds = 10

  /// Listens; port 0 takes any that is free.
  ///
  /// - Throws: `.cannotListen` where the port is taken or not allowed.
  package init(port wanted: UInt16 = 0) throws(WebhookError) {
    let listener = socket(AF_INET, shim_socket_stream | shim_socket_close_on_exec, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = wanted.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    var yes: Int32 = 1
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
    let isListening = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { raw in
        bind(listener, raw, length) == 0 && listen(listener, 16) == 0
          && getsockname(listener, raw, &length) == 0
      }
    }
    self.listener = listener
    port = UInt16(bigEndian: address.sin_port)
    guard listener >= 0, isListening else {
      let reason = String(cString: strerror(errno)).lowercased()
      close(listener)
      throw WebhookError(
        .cannotListen, "port \(wanted) of 127.0.0.1 cannot be opened: \(reason); choose another")
    }
  }

  deinit { close(listener) }

  /// Waits for one POST, hands it to `answer` and sends what that returns.
  ///
  /// Calls that are no readable POST get status 400 and are passed over.
  package func receiveOne(_ answer: (Request) -> Response) throws(WebhookError) {
    while true {
      let connection = accept(listener, nil, nil)
      if connection < 0, errno == EINTR { continue }
      guard connection >= 0 else {
        throw WebhookError(.stopped, "the receiver was closed while it waited")
      }
      defer { close(connection) }
      var limit = timeval(tv_sec: Self.waitSeconds, tv_usec: 0)
      setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      setsockopt(connection, SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
      guard let request = read(from: connection) else {
        write(Response(status: 400), to: connection)
        continue
      }
      write(answer(request), to: connection)
      return
    }
  }

  // MARK: HTTP

  private func read(from connection: Int32) -> Request? {
    var bytes: [UInt8] = []
    var headEnd: Int?
    while headEnd == nil {
      guard bytes.count < Self.headByteLimit, receive(into: &bytes, from: connection) else {
        return nil
      }
      headEnd = bytes.indices.dropLast(3).first {
        bytes[$0..<($0 + 4)].elementsEqual([13, 10, 13, 10])
      }
    }
    guard let headEnd else { return nil }
    let lines = String(decoding: bytes[..<headEnd], as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: false)
    guard lines.first?.hasPrefix("POST ") == true else { return nil }
    var headers: [String: String] = [:]
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      headers[line[..<colon].lowercased()] = String(value)
    }
    guard let length = Int(headers["content-length"] ?? ""),
      (0...WebhookMessage.bodyByteLimit).contains(length)
    else { return nil }
    while bytes.count < headEnd + 4 + length {
      guard receive(into: &bytes, from: connection) else { return nil }
    }
    return Request(headers: headers, body: Array(bytes[(headEnd + 4)..<(headEnd + 4 + length)]))
  }

  private func receive(into bytes: inout [UInt8], from connection: Int32) -> Bool {
    var piece = [UInt8](repeating: 0, count: 16384)
    let count = recv(connection, &piece, piece.count, 0)
    guard count > 0 else { return false }
    bytes += piece.prefix(count)
    return true
  }

  private func write(_ response: Response, to connection: Int32) {
    var text = "HTTP/1.1 \(response.status) \r\nContent-Length: \(response.body.utf8.count)\r\n"
    for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
    text += "Connection: close\r\n\r\n" + response.body
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return }
      rest = rest.dropFirst(sent)
    }
  }
}
