import Foundation
import Glibc
import Synchronization
import Testing

/// A listening socket that is closed once: its number may be another socket's afterwards.
private final class Listener: Sendable {
  private let open: Mutex<Int32?>
  let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    open = Mutex(descriptor)
  }

  /// Ends a wait for connections; the waiting thread then closes the socket.
  func wake() { open.withLock { if let socket = $0 { shutdown(socket, Int32(SHUT_RDWR)) } } }

  func end() {
    open.withLock { socket in
      if let number = socket { close(number) }
      socket = nil
    }
  }
}

/// Does with each connection what it likes, not speaking HTTP by itself.
final class RawServer: Sendable {
  let port: UInt16
  private let listener: Listener
  private let accepted: Counter

  /// How many came so far.
  var connectionCount: Int { accepted.value }

  /// - Parameter everywhere: listens on every address of this machine, IPv4 and IPv6.
  init(everywhere: Bool = false, _ serve: @escaping @Sendable (Int32) -> Void) throws {
    let family = everywhere ? AF_INET6 : AF_INET
    let listener = Listener(socket(family, Int32(SOCK_STREAM.rawValue), 0))
    self.listener = listener
    var (v4, v6) = (sockaddr_in(), sockaddr_in6())
    v4.sin_family = sa_family_t(AF_INET)
    v4.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    v6.sin6_family = sa_family_t(AF_INET6)
    var no: Int32 = 0
    if everywhere {
      setsockopt(
        listener.descriptor, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &no,
        socklen_t(MemoryLayout<Int32>.size))
    }
    var length = socklen_t(
      everywhere ? MemoryLayout.size(ofValue: v6) : MemoryLayout.size(ofValue: v4))
    func open(_ address: UnsafeMutableRawPointer) -> Bool {
      let address = address.assumingMemoryBound(to: sockaddr.self)
      return bind(listener.descriptor, address, length) == 0
        && listen(listener.descriptor, 64) == 0
        && getsockname(listener.descriptor, address, &length) == 0
    }
    let isOpen = everywhere ? open(&v6) : open(&v4)
    port = UInt16(bigEndian: everywhere ? v6.sin6_port : v4.sin_port)
    try #require(isOpen)
    let accepted = Counter()
    self.accepted = accepted
    Thread.detachNewThread {
      defer { listener.end() }
      while true {
        let connection = accept(listener.descriptor, nil, nil)
        guard connection >= 0 else { return }
        accepted.add()
        Thread.detachNewThread {
          var piece = [UInt8](repeating: 0, count: 65536)
          _ = recv(connection, &piece, piece.count, 0)
          serve(connection)
          close(connection)
        }
      }
    }
  }

  deinit { listener.wake() }
}

/// Counted up from other threads.
final class Counter: Sendable {
  private let count = Mutex(0)
  var value: Int { count.withLock { $0 } }
  func add() { count.withLock { $0 += 1 } }
}

/// Sends all of it; false where the other end has gone.
@discardableResult
func send(_ text: String, to connection: Int32) -> Bool { send(Array(text.utf8), to: connection) }

@discardableResult
func send(_ bytes: [UInt8], to connection: Int32) -> Bool {
  var rest = bytes[...]
  while !rest.isEmpty {
    let sent = rest.withUnsafeBytes {
      Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
    }
    guard sent > 0 else { return false }
    rest = rest.dropFirst(sent)
  }
  return true
}
