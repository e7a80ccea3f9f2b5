internal import Foundation
internal import Glibc
internal import Synchronization

/// A server that reads requests and answers as it is told, well or badly.
///
/// It has threads of its own, so that a test may wait for what it has caused, and closes with the
/// last who holds it.
package final class RawServer: Sendable {
  package struct Request: Sendable, Hashable {
    /// By name in small letters; the first line stands under the empty name.
    package let headers: [String: String]
    package let body: [UInt8]
  }

  package let port: UInt16
  private let listener: Int32
  private let seen = Seen()

  private final class Seen: Sendable {
    let connectionCount = Mutex(0)
    let requests = Mutex<[Request]>([])
  }

  /// How many came so far.
  package var connectionCount: Int { seen.connectionCount.withLock { $0 } }
  package var requests: [Request] { seen.requests.withLock { $0 } }

  /// Every address of this machine, IPv4 and IPv6.
  private static func bindEverywhere(_ listener: Int32) throws -> UInt16 {
    var (address, no) = (sockaddr_in6(), Int32(0))
    address.sin6_family = sa_family_t(AF_INET6)
    setsockopt(
      listener, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no, socklen_t(MemoryLayout<Int32>.size))
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let isBound = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
      }
    }
    guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRNOTAVAIL) }
    return UInt16(bigEndian: address.sin6_port)
  }

  /// - Parameters:
  ///   - everywhere: listens on every address of this machine, IPv4 and IPv6.
  ///   - serve: answers a request; the connection is closed unless it returns true.
  package init(
    everywhere: Bool = false, _ serve: @escaping @Sendable (Request, Peer) -> Bool
  ) throws {
    let family = everywhere ? AF_INET6 : AF_INET
    let listener = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    self.listener = listener
    port = try everywhere ? Self.bindEverywhere(listener) : Loopback.bind(listener)
    guard listen(listener, 512) == 0 else { throw POSIXError(.EADDRINUSE) }
    Thread.detachNewThread { [seen] in
      while true {
        let connection = accept(listener, nil, nil)
        if connection < 0, errno == EINVAL { break }
        guard connection >= 0 else { continue }
        seen.connectionCount.withLock { $0 += 1 }
        Thread.detachNewThread {
          let peer = Peer(socket: connection)
          while let request = peer.request() {
            seen.requests.withLock { $0.append(request) }
            guard serve(request, peer) else { break }
          }
          close(connection)
        }
      }
      // Closed where it was waited on: its number may be another socket's afterwards.
      close(listener)
    }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }
}

/// A port of this machine that is nobody's and refuses connections, for as long as this is held.
package final class ClosedPort: Sendable {
  package let port: UInt16
  private let socket: Int32

  // Bound and never listened on: no other server can be given the number meanwhile.
  package init() throws { (socket, port) = try boundSocket() }

  deinit { close(socket) }
}

/// A port of this machine at which the kernel takes thousands of connections that nobody reads.
package final class SilentPort: Sendable {
  package let port: UInt16
  private let socket: Int32

  package init() throws {
    (socket, port) = try boundSocket()
    guard listen(socket, 4096) == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRNOTAVAIL)
    }
    // Each of them is a descriptor at the other end, which is this process too.
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    getrlimit(resource, &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(resource, &limit)
  }

  deinit { close(socket) }
}

private func boundSocket() throws -> (socket: Int32, port: UInt16) {
  let socket = Glibc.socket(
    AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
  return (socket, try Loopback.bind(socket))
}

/// The other end of a connection, spoken to by calls that block.
package struct Peer: Sendable {
  package let socket: Int32

  /// A status line, the headers given and the body's length, then the body.
  package func answer(_ status: Int, _ headers: [String] = [], body: String = "") -> Bool {
    let lines = ["HTTP/1.1 \(status) "] + headers + ["Content-Length: \(body.utf8.count)"]
    return send(lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  /// Sends all of it; false where the other end has gone.
  @discardableResult
  package func send(_ text: String) -> Bool { send(Array(text.utf8)) }

  @discardableResult
  package func send(_ bytes: [UInt8]) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
      let sent = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard sent > 0 else { return false }
      rest = rest.dropFirst(sent)
    }
    return true
  }

  /// Whether the other end hangs up within a time.
  package func hangsUp(within milliseconds: Int32) -> Bool {
    var end = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
    var byte: UInt8 = 0
    return poll(&end, 1, milliseconds) > 0 && recv(socket, &byte, 1, Int32(MSG_PEEK)) <= 0
  }

  /// Takes what was sent back at once, so that the other end finds its connection reset.
  package func reset() {
    var hard = linger(l_onoff: 1, l_linger: 0)
    setsockopt(socket, SOL_SOCKET, SO_LINGER, &hard, socklen_t(MemoryLayout<linger>.size))
  }

  func request() -> RawServer.Request? {
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 65536)
    var head: [String: String]?
    var bodyStart = 0
    while true {
      if head == nil, let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
        head = Self.headers(String(decoding: bytes[..<end.lowerBound], as: UTF8.self))
        bodyStart = end.upperBound
      }
      let length = Int(head?["content-length"] ?? "0") ?? 0
      if let head, bytes.count >= bodyStart + length {
        return .init(headers: head, body: Array(bytes[bodyStart..<(bodyStart + length)]))
      }
      let count = recv(socket, &piece, piece.count, 0)
      guard count > 0 else { return nil }
      bytes += piece.prefix(count)
    }
  }

  private static func headers(_ head: String) -> [String: String] {
    var headers: [String: String] = [:]
    for line in head.split(separator: "\r\n") {
      let parts = line.split(separator: ":", maxSplits: 1)
      let isFirst = headers.isEmpty || parts.count < 2
      headers[isFirst ? "" : parts[0].lowercased()] =
        isFirst ? String(line) : String(parts[1].drop { $0 == " " })
    }
    return headers
  }
}
