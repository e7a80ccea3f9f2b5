internal import Dispatch
internal import Foundation
internal import Glibc
internal import Storage
internal import Synchronization

/// A way to a PostgreSQL server that can be slow, silent, or cut at the worst moment.
package final class FaultProxy: Sendable {
  package enum Cut: CaseIterable, Sendable {
    /// The server never hears of the commit.
    case beforeCommit
    /// The server commits and its answer is lost.
    case afterCommit
  }

  /// What happens to the bytes that pass; every change holds for what passes from then on.
  package struct Weather: Sendable {
    /// Waited for before each piece is passed on, in either direction.
    package var delay: Duration = .zero
    /// Pieces are no larger than this.
    package var slice = 65536
    /// Connections stay open and are accepted, but nothing arrives any more.
    package var isBlackHole = false
    /// The cut to make, and every how many commits.
    package var cut: (kind: Cut, every: Int)?
    package init() {}
  }

  package let uri: String
  private let serverPort: UInt16
  private let listener: Int32
  private struct State {
    var weather = Weather()
    var commits = 0
    var cuts = 0
    var accepted = 0
    /// Connections up to this one stay open and carry nothing any more.
    var lastSilent = 0
    var connections: Set<Int32> = []
  }
  private let state = Mutex(State())

  /// - Parameter server: a URI with a host of this machine and a port.
  package init(to server: String) throws {
    let parts = server.split(separator: "/", omittingEmptySubsequences: false)
    let place = parts[2].split(separator: "@").last ?? ""
    serverPort = UInt16(place.split(separator: ":").last ?? "") ?? 5432
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    let port = try Loopback.bind(listener)
    guard listen(listener, 64) == 0 else {
      throw StoreError(.failed, "the proxy cannot listen")
    }
    let user =
      parts[2].contains("@") ? (parts[2].split(separator: "@").first.map { "\($0)@" } ?? "") : ""
    uri =
      "postgresql://\(user)127.0.0.1:\(port)/\(parts[3])?sslmode=disable&gssencmode=disable&connect_timeout=2"
    // A thread each: a proxy that waits must not use up the threads that tests run on.
    Thread.detachNewThread { [self] in acceptAll() }
  }

  /// Ends all connections and takes no more; without it the proxy lives as long as the process.
  package func close() {
    shutdown(listener, Int32(SHUT_RDWR))
    cutAll()
  }

  package func change(_ body: @Sendable (inout Weather) -> Void) {
    state.withLock { body(&$0.weather) }
  }

  package func cutNextCommit(_ cut: Cut) {
    state.withLock { state in
      state.weather.cut = (cut, 1)
      state.commits = 0
    }
  }

  /// What is connected now looks alive from here on, and is not.
  package func silenceConnections() { state.withLock { $0.lastSilent = $0.accepted } }

  /// Ends every connection that is open now.
  package func cutAll() {
    state.withLock { state in
      for connection in state.connections { shutdown(connection, Int32(SHUT_RDWR)) }
    }
  }

  /// How many commits were cut.
  package var cuts: Int { state.withLock { $0.cuts } }

  /// How many connections came so far.
  package var accepted: Int { state.withLock { $0.accepted } }

  private func acceptAll() {
    while true {
      let client = accept(listener, nil, nil)
      guard client >= 0 else {
        Glibc.close(listener)
        return
      }
      let number = state.withLock { state in
        state.accepted += 1
        return state.accepted
      }
      Thread.detachNewThread { [self] in forward(client, number: number) }
    }
  }

  private func forward(_ client: Int32, number: Int) {
    let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    state.withLock { _ = $0.connections.insert(client) }
    defer {
      state.withLock { _ = $0.connections.remove(client) }
      Glibc.close(client)
      Glibc.close(server)
    }
    guard Loopback.connect(server, to: serverPort) else { return }
    var yes: Int32 = 1
    for end in [client, server] {
      // Small pieces go at once.
      setsockopt(
        end, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }
    while true {
      var ready = [
        pollfd(fd: client, events: Int16(POLLIN), revents: 0),
        pollfd(fd: server, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&ready, 2, -1) > 0 else { return }
      if ready[0].revents != 0 {
        guard let bytes = Self.read(client) else { return }
        switch isCommit(bytes) ? takeCut() : nil {
        case .beforeCommit: return
        case .afterCommit:
          pass(bytes, to: server, of: number)
          _ = Self.read(server)
          return
        case nil: pass(bytes, to: server, of: number)
        }
      }
      if ready[1].revents != 0 {
        guard let bytes = Self.read(server) else { return }
        pass(bytes, to: client, of: number)
      }
    }
  }

  private func pass(_ bytes: [UInt8], to socket: Int32, of number: Int) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let (weather, lastSilent) = state.withLock { ($0.weather, $0.lastSilent) }
      if weather.isBlackHole || number <= lastSilent { return }
      if weather.delay > .zero { usleep(UInt32(weather.delay / .microseconds(1))) }
      Self.write(Array(rest.prefix(weather.slice)), to: socket)
      rest = rest.dropFirst(weather.slice)
    }
  }

  private func isCommit(_ bytes: [UInt8]) -> Bool {
    bytes.first == UInt8(ascii: "Q") && Array(bytes.dropFirst(5)) == Array("commit\0".utf8)
  }

  private func takeCut() -> Cut? {
    state.withLock { state in
      guard let cut = state.weather.cut else { return nil }
      state.commits += 1
      guard state.commits % cut.every == 0 else { return nil }
      if cut.every == 1 { state.weather.cut = nil }
      state.cuts += 1
      return cut.kind
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
