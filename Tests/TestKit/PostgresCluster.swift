internal import Foundation
internal import Glibc
package import Storage

/// A PostgreSQL server of a test's own, which may be killed, starved and started again.
///
/// It needs the server's programs, and where the tests run as root somebody else to run it as.
package final class PostgresCluster: @unchecked Sendable {
  // Used by one test, which awaits each step.
  private let folder: String
  private let port: Int
  private var server: Program.Running?

  /// Debian's newest, else those on PATH; nil where there are none.
  private static let programs: String? = {
    let debian = (try? FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql")) ?? []
    let newest = debian.compactMap(Int.init).max().map { "/usr/lib/postgresql/\($0)/bin" }
    return [newest, "/usr/bin", "/usr/local/bin"].compactMap { $0 }
      .first { access($0 + "/initdb", X_OK) == 0 }
  }()
  package static var isAvailable: Bool { programs != nil && TemporaryStore.server != nil }

  /// Makes the cluster's files, in a folder that its user may enter; nothing runs yet.
  package init() throws {
    folder = try TemporaryStore.folder()
    // Below those that outgoing connections use; our own is one that nobody listens on.
    port = 12_000 + Int(getpid()) % 4000 + Int.random(in: 0..<4000)
    try give(folder)
    let initialised = try Self.asServer(
      "initdb", "--pgdata=\(folder)/data", "--username=gradus", "--auth=trust", "--encoding=UTF8",
      "--locale=C", "--no-sync"
    ).wait()
    guard initialised.status == 0 else {
      throw StoreError(.failed, "initdb: \(initialised.errors)")
    }
  }

  /// Hands `body` a running cluster and removes it afterwards.
  package static func with(_ body: (PostgresCluster) async throws -> Void) async throws {
    let cluster = try PostgresCluster()
    do {
      try await cluster.start()
      try await body(cluster)
    } catch {
      cluster.remove()
      throw error
    }
    cluster.remove()
  }

  package func uri(of database: String) -> String {
    "postgresql://gradus@127.0.0.1:\(port)/\(database)"
  }
  package var address: StoreAddress { get throws { try StoreAddress(uri(of: "postgres")) } }

  /// Makes a folder or file the server's own.
  package func give(_ folder: String) throws {
    guard geteuid() == 0, let owner = getpwnam(Self.user) else { return }
    chown(folder, owner.pointee.pw_uid, owner.pointee.pw_gid)
    chmod(folder, 0o700)
  }

  /// Starts the server and waits until it answers.
  ///
  /// - Parameter settings: such as `max_connections=10`.
  package func start(_ settings: String...) async throws {
    // The first start after a crash may come before the system has let go of the old server.
    for _ in 0..<200 {
      server = try await Self.kept(
        [
          "postgres", "-D", "\(folder)/data", "-p", "\(port)", "-c", "listen_addresses=127.0.0.1",
          "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "shared_buffers=16MB",
        ] + settings.flatMap { ["-c", $0] })
      while let server, server.isAlive {
        if (try? await address.open()) != nil { return }
        usleep(10_000)
      }
      _ = server?.wait()
    }
    throw StoreError(.failed, "the server does not start")
  }

  /// kill -9, to the one process that all others watch.
  package func kill() {
    server?.send(SIGKILL)
    _ = server?.wait()
    server = nil
  }

  package func stop() {
    server?.send(SIGQUIT)
    _ = server?.wait()
    server = nil
  }

  /// Has the next start come up as a standby, whose primary never sends anything.
  package func becomeStandby() throws {
    let signal = "\(folder)/data/standby.signal"
    try Data().write(to: URL(fileURLWithPath: signal))
    try give(signal)
  }

  private func remove() {
    stop()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// PostgreSQL refuses to run as root.
  private static let user: String = {
    guard geteuid() == 0 else { return String(cString: getpwuid(geteuid()).pointee.pw_name) }
    return getpwnam("postgres") == nil ? "nobody" : "postgres"
  }()

  /// Starts a server from a thread that stays until it ends: the kernel tells it when the thread
  /// that started it is gone, and those of the pool go after five idle seconds.
  private static func kept(_ words: [String]) async throws -> Program.Running {
    try await withCheckedThrowingContinuation { started in
      Thread.detachNewThread {
        do {
          let server = try asServer(words)
          started.resume(returning: server)
          server.awaitEnd()
        } catch {
          started.resume(throwing: error)
        }
      }
    }
  }

  private static func asServer(_ words: String...) throws -> Program.Running {
    try asServer(words)
  }

  private static func asServer(_ words: [String]) throws -> Program.Running {
    let group = String(getpwnam(user)?.pointee.pw_gid ?? 0)
    let change =
      geteuid() == 0
      ? ["setpriv", "--reuid=\(user)", "--regid=\(group)", "--clear-groups", "--pdeathsig=QUIT"]
      : []
    return try Program.start(
      command: change + ["\(programs ?? "")/\(words[0])"] + words.dropFirst(), in: "/")
  }
}
