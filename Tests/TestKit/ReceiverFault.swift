internal import Foundation

/// A way for a receiver to go wrong, and what is to follow from it.
package struct ReceiverFault: Sendable {
  package enum Consequence: Sendable { case delivered, again, dead }

  package let name: String
  package let consequence: Consequence
  package let status: Int?
  /// Words of the outcome that is recorded.
  package let says: String
  let serve: @Sendable (RawServer.Request, Peer) -> Bool

  package func server() throws -> RawServer { try RawServer(serve) }

  init(
    _ name: String, _ consequence: Consequence, _ status: Int?, _ says: String,
    _ serve: @escaping @Sendable (Peer) -> Void
  ) {
    self.name = name
    self.consequence = consequence
    self.status = status
    self.says = says
    self.serve = { _, peer in
      serve(peer)
      return false
    }
  }

  /// Those that end by themselves.
  ///
  /// - Parameter elsewhere: a port of this machine to which nothing may be redirected.
  package static func prompt(redirectingTo elsewhere: UInt16) -> [ReceiverFault] {
    answers(redirectingTo: elsewhere) + floods + breaks
  }

  private static func answers(redirectingTo elsewhere: UInt16) -> [ReceiverFault] {
    let place = "Location: http://127.0.0.1:\(elsewhere)/"
    let statuses: [(Int, [String], Consequence, String)] = [
      (200, [], .delivered, "delivered"), (500, [], .again, "refused with status 500"),
      (502, [], .again, "status 502"), (504, [], .again, "status 504"),
      (404, [], .again, "status 404"), (301, [place], .again, "status 301"),
      (302, [place], .again, "status 302"), (307, [place], .again, "status 307"),
      (429, ["Retry-After: 3600"], .again, "status 429, again in 3600 s"),
      (410, [], .dead, "gone"),
    ]
    return statuses.map { status, headers, consequence, says in
      ReceiverFault("answers \(status)", consequence, status, says) { peer in
        _ = peer.answer(status, headers, body: "because")
      }
    }
  }

  private static let floods = [
    ReceiverFault("sends a body without end", .delivered, 200, "status 200") { peer in
      peer.send("HTTP/1.1 200 OK\r\n\r\n")
      while peer.send(String(repeating: "long ", count: 10_000)) {}
    },
    ReceiverFault("sends headers without end", .again, nil, "32 KiB of headers") { peer in
      peer.send("HTTP/1.1 200 OK\r\n")
      while peer.send("X-Filler: \(String(repeating: "x", count: 1000))\r\n") {}
    },
    ReceiverFault("sends interim answers without end", .again, nil, "32 KiB of headers") { peer in
      while peer.send("HTTP/1.1 103 Early Hints\r\nLink: </>\r\n\r\n") {}
    },
    ReceiverFault("sends a gzip bomb", .delivered, 200, "status 200") { peer in
      peer.send(
        "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: \(bomb.count)\r\n\r\n")
      peer.send(bomb)
    },
  ]

  /// Those that only a timeout ends.
  package static let silences = [
    ReceiverFault("says nothing", .again, nil, "unreachable") { peer in
      while !peer.hangsUp(within: 1000) {}
    },
    ReceiverFault("sends its headers byte by byte", .again, nil, "unreachable") { peer in
      peer.send("HTTP/1.1 200 OK\r\nX-Filler: ")
      while !peer.hangsUp(within: 10), peer.send("x") {}
    },
    ReceiverFault("sends its body byte by byte", .again, nil, "unreachable") { peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
      while !peer.hangsUp(within: 10), peer.send("x") {}
    },
  ]

  private static let breaks = [
    ReceiverFault("hangs up before it answers", .again, nil, "unreachable") { _ in },
    ReceiverFault("hangs up amid its body", .again, nil, "unreachable") { peer in
      peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
    },
    ReceiverFault("resets the connection", .again, nil, "unreachable") { peer in peer.reset() },
    ReceiverFault("speaks no HTTP", .again, nil, "unreachable") { peer in
      peer.send("hello\r\n\r\n")
    },
  ]

  /// 32 MiB of zeros in 32 kB.
  private static let bomb: [UInt8] = {
    let gzip = Process()
    let made = Pipe()
    gzip.executableURL = URL(fileURLWithPath: "/bin/sh")
    gzip.arguments = ["-c", "head -c 33554432 /dev/zero | gzip -9"]
    gzip.standardOutput = made
    guard (try? gzip.run()) != nil else { return [] }
    return Array(made.fileHandleForReading.readDataToEndOfFile())
  }()
}
