internal import Foundation
internal import Glibc
internal import Synchronization

/// `openssl s_server` with a certificate made for the test, which answers each webhook it hears
/// with status 204 and keeps its connections open.
package final class TLSServer: Sendable {
  package static let isAvailable = access("/usr/bin/openssl", X_OK) == 0

  package let port: UInt16
  /// The certificate, which vouches for itself.
  package let authorityFile: String
  private let folder: String
  private let process: Int32
  private let heard = Heard()

  private final class Heard: Sendable {
    let text = Mutex("")
    var webhookCount: Int {
      text.withLock { $0.components(separatedBy: "webhook-signature").count - 1 }
    }
  }

  package var webhookCount: Int { heard.webhookCount }

  /// - Parameters:
  ///   - validUntil: `YYMMDDHHMMSSZ`.
  ///   - connections: how many are taken; later ones are refused.
  package init(
    host: String = "localhost", validUntil: String = "491231000000Z", connections: Int = 1
  ) throws {
    folder = try TemporaryStore.folder()
    authorityFile = folder + "/certificate"
    try Self.makeCertificate(host, validUntil, in: folder)
    let server = Process()
    let (typed, printed) = (Pipe(), Pipe())
    server.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    server.arguments = [
      "s_server", "-accept", "127.0.0.1:0", "-naccept", "\(connections)", "-cert", authorityFile,
      "-key", folder + "/key",
    ]
    server.standardInput = typed
    server.standardOutput = printed
    server.standardError = FileHandle.nullDevice
    try server.run()
    process = server.processIdentifier
    let output = printed.fileHandleForReading
    var greeting = ""
    while !greeting.contains("ACCEPT 127.0.0.1:") || !greeting.hasSuffix("\n") {
      let piece = output.availableData
      guard !piece.isEmpty else { throw POSIXError(.ECONNREFUSED) }
      greeting += String(decoding: piece, as: UTF8.self)
    }
    let line = greeting.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
    port = UInt16(line?.split(separator: ":").last ?? "") ?? 0
    let input = typed.fileHandleForWriting
    Thread.detachNewThread { [heard] in
      var answered = 0
      while case let piece = output.availableData, !piece.isEmpty {
        heard.text.withLock { $0 += String(decoding: piece, as: UTF8.self) }
        while answered < heard.webhookCount {
          try? input.write(contentsOf: Data("HTTP/1.1 204 \r\n\r\n".utf8))
          answered += 1
        }
      }
      server.waitUntilExit()
    }
  }

  deinit {
    kill(process, SIGTERM)
    TemporaryStore.remove(folder)
  }

  private static func makeCertificate(
    _ host: String, _ validUntil: String, in folder: String
  ) throws {
    let settings = """
      [ca]
      default_ca = own
      [own]
      database = \(folder)/database
      new_certs_dir = \(folder)
      rand_serial = yes
      default_md = sha256
      policy = any
      x509_extensions = names
      [any]
      commonName = supplied
      [names]
      subjectAltName = DNS:\(host)
      basicConstraints = CA:TRUE
      """
    try settings.write(toFile: folder + "/settings", atomically: false, encoding: .utf8)
    try "".write(toFile: folder + "/database", atomically: false, encoding: .utf8)
    let script = """
      set -e
      openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key \
        -out request -subj /CN=\(host)
      openssl ca -batch -selfsign -notext -config settings -keyfile key -in request \
        -startdate 200101000000Z -enddate \(validUntil) -out certificate
      """
    let maker = Process()
    maker.executableURL = URL(fileURLWithPath: "/bin/sh")
    maker.arguments = ["-c", script]
    maker.currentDirectoryURL = URL(fileURLWithPath: folder)
    maker.standardOutput = FileHandle.nullDevice
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    guard maker.terminationStatus == 0 else { throw POSIXError(.EIO) }
  }
}
