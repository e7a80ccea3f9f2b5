import Dispatch
import Glibc
import Synchronization

@testable import Storage

/// A way to the server that can be cut at the worst moment: around a commit.
final class CuttingProxy: Sendable {
  enum Cut: CaseIterable {
    /// The server never hears of the commit.
    case beforeIt
    /// The server commits and its answer is lost.
    case afterIt
  }

  let uri: String
  private let serverPort: UInt16
  private let listener: Int32
  private let state = Mutex<(next: Cut?, cuts: Int)>((nil, 0))
  /// Connections made before the latest silence carry nothing any more and stay open.
  private let silence = Mutex(0)
  private let accepting = DispatchQueue(label: "proxy")
  private let forwarding = DispatchQueue(label: "proxy.connections", attributes: .concurrent)

  /// - Parameter server: a URI with a host of this machine and a port.
  init(to server: String) throws {
    let parts = server.split(separator: "/", omittingEmptySubsequences: false)
    let place = parts[2].split(separator: "@").last ?? ""
    serverPort = UInt16(place.split(separator: ":").last ?? "") ?? 5432
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = Self.loopback(port: 0)
    guard Self.with(&address, { bind(listener, $0, $1) }) == 0, listen(listener, 8) == 0 else {
      throw StoreError(.failed, "the proxy cannot listen")
    }
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        _ = getsockname(listener, $0, &length)
      }
    }
    self.listener = listener
    let port = UInt16(bigEndian: address.sin_port)
    let user =
      parts[2].contains("@") ? (parts[2].split(separator: "@").first.map { "\($0)@" } ?? "") : ""
    uri = "postgresql://\(user)127.0.0.1:\(port)/\(parts[3])?sslmode=disable&gssencmode=disable"
    accepting.async { [self] in acceptAll() }
  }

  deinit { close(listener) }

  func cutNextCommit(_ cut: Cut) { state.withLock { $0.next = cut } }

  /// From now on, what is connected looks alive and is not.
  func silenceConnections() { silence.withLock { $0 += 1 } }

  var cuts: Int { state.withLock { $0.cuts } }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else { return }
      forwarding.async { [self] in forward(client) }
    }
  }

  private func forward(_ client: Int32) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    defer {
      close(client)
      close(server)
    }
    var address = Self.loopback(port: serverPort)
    guard Self.with(&address, { connect(server, $0, $1) }) == 0 else { return }
    let silences = silence.withLock { $0 }
    while true {
      var ready = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&ready, 2, -1) > 0 else { return }
      if ready[0].revents != 0 {
        guard let bytes = Self.read(client) else { return }
        if silences < silence.withLock({ $0 }) { continue }
        switch isCommit(bytes) ? takeCut() : nil {
        case .beforeIt: return
        case .afterIt:
          Self.write(bytes, to: server)
          _ = Self.read(server)
          return
        case nil: Self.write(bytes, to: server)
        }
      }
      if ready[1].revents != 0 {
        guard let bytes = Self.read(server) else { return }
        if silences < silence.withLock({ $0 }) { continue }
        Self.write(bytes, to: client)
      }
    }
  }

  private func isCommit(_ bytes: [UInt8]) -> Bool {
    bytes.first == UInt8(ascii: "Q") && Array(bytes.dropFirst(5)) == Array("commit\0".utf8)
  }

  private func takeCut() -> Cut? {
    state.withLock { state in
      guard let next = state.next else { return nil }
      state = (nil, state.cuts + 1)
      return next
    }
  }

  private static func loopback(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func with(
    _ address: inout sockaddr_in, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
  ) -> Int32 {
    withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  private static func read(_ socket: Int32) -> [UInt8]? {
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = Glibc.read(socket, &bytes, bytes.count)
    return count > 0 ? Array(bytes[..<count]) : nil
  }

  private static func write(_ bytes: [UInt8], to socket: Int32) {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes {
        send(socket, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { return }
      sent += count
    }
  }
}
