import Foundation
import Glibc
import TestKit
import Testing

@testable import Webhooks

/// Hosts of addresses that no webhook may reach, in the spellings that have got past others.
private let hostileHosts = """
  127.0.0.1 127.0.0.2 127.1 127.0.1 127.255.255.254 2130706433 017700000001 0x7f000001 0x7f.1
  0x7f.0.0.1 0177.0.0.1 0177.1 00000177.0.0.1 0x7F.0x0.0x0.0x1 127.0.0.0x1 127.0.01 127.00.00.01
  localhost LOCALHOST LocalHost %31%32%37.0.0.1 127.0.0.%31 %6cocalhost
  0 0.0 0.0.0.0 0x0 00 0.1.2.3 0x00000000
  [::1] [0:0:0:0:0:0:0:1] [0000:0000:0000:0000:0000:0000:0000:0001] [::0001] [0::1] [::] [0::0]
  [::ffff:127.0.0.1] [::ffff:7f00:1] [0:0:0:0:0:ffff:127.0.0.1] [0:0:0:0:0:FFFF:7F00:0001]
  [::ffff:0:0] [::ffff:10.0.0.1] [::ffff:192.168.1.1] [::ffff:169.254.169.254] [::ffff:a9fe:a9fe]
  [::127.0.0.1] [::7f00:1] [::8.8.8.8] [::ffff:0:127.0.0.1]
  10.0.0.1 10.255.255.255 167772161 0xa000001 012.0.0.1 10.1 172.16.0.1 172.31.255.254 2886729729
  192.168.0.1 192.168.1 3232235777 0xc0a80101 0300.0250.1.1 100.64.0.1 100.127.255.254
  169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 0xa9.0xfe.0xa9.0xfe
  169.254.170.2 169.254.0.1 100.100.100.200 1684300232 168.63.129.16 192.0.0.192 192.0.0.170
  192.0.2.1 198.51.100.1 203.0.113.1 198.18.0.1 198.19.255.254 192.88.99.1 224.0.0.1
  239.255.255.250 240.0.0.1 255.255.255.255 4294967295
  [64:ff9b::7f00:1] [64:ff9b::127.0.0.1] [64:ff9b::a9fe:a9fe] [64:ff9b:1::1] [64:ff9b:1::7f00:1]
  [2002:7f00:1::] [2002:a9fe:a9fe::1] [2002:c0a8:101::1] [2001::1] [2001:0:7f00:1::]
  [2001:db8::1] [2001:10::1] [3fff::1] [100::1] [5f00::1] [4000::1] [1::1]
  [fc00::1] [fd00::1] [fd00:ec2::254] [FD00:EC2:0:0:0:0:0:254] [fe80::1] [fe80::1%25lo]
  [fe80::a9fe:a9fe] [febf::1] [fec0::1] [ff02::1] [ff0e::1]
  """.split(whereSeparator: \.isWhitespace).map(String.init)

@Suite("Hostile addresses", .timeLimit(.minutes(5))) struct HostileAddressTests {
  /// Runs `body` on a thread that, where the system lets it, has a network of its own, in which
  /// every address there is leads to this machine.
  private func onOwnNetwork<Result: Sendable>(
    _ body: @escaping @Sendable (_ isOwn: Bool) throws -> Result
  ) async throws -> Result {
    try await withCheckedThrowingContinuation { continuation in
      Thread.detachNewThread {
        continuation.resume(with: Swift.Result { try body(Self.leaveNetwork()) })
      }
    }
  }

  private static func leaveNetwork() -> Bool {
    // The C library declares it only where _GNU_SOURCE is set, which Swift's import does not do.
    typealias Unshare = @convention(c) (Int32) -> Int32
    let newNetwork: Int32 = 0x4000_0000
    guard let symbol = dlsym(nil, "unshare"),
      unsafeBitCast(symbol, to: Unshare.self)(newNetwork) == 0
    else { return false }
    return [
      "ip link set lo up", "ip route add local default dev lo",
      "ip -6 route add local default dev lo",
    ].allSatisfy { system("PATH=$PATH:/usr/sbin:/sbin; \($0)") == 0 }
  }

  /// Sends to all at once and waits on this thread, whose network the courier shares.
  private static func outcomes(_ urls: [String], allowsPrivate: Bool) throws -> [String] {
    let message = try WebhookMessage(id: "evt_1", timestamp: 1000, body: [])
    let secret = try WebhookSecret.random()
    let courier = Courier()
    let arrived = Arrivals(urls.count)
    for (place, url) in urls.enumerated() {
      courier.send(
        message, to: url, signedWith: [.shared(secret)], allowsPrivateAddresses: allowsPrivate
      ) { arrived.set(place, $0.kind.description) }
    }
    return arrived.all()
  }

  @Test("none of a hundred spellings is connected to, though a server listens behind each")
  func refused() async throws {
    try #require(Set(hostileHosts).count >= 100)
    let (outcomes, count, own, heard) = try await onOwnNetwork { isOwn in
      let server = try RawServer(everywhere: true) { $1.answer(200) }
      let urls = hostileHosts.map { "https://\($0):\(server.port)/" }
      let outcomes = try Self.outcomes(urls, allowsPrivate: false)
      let count = server.connectionCount
      // The server does hear whoever may come.
      let own = ["127.0.0.1", "[::1]"] + (isOwn ? ["10.0.0.1", "192.168.0.1", "[fd00::1]"] : [])
      let heard = try Self.outcomes(
        own.map { "http://\($0):\(server.port)/" }, allowsPrivate: true)
      return (outcomes, count, own, heard)
    }
    for (host, outcome) in zip(hostileHosts, outcomes) {
      #expect(outcome.hasPrefix("not allowed: "), "\(host): \(outcome)")
    }
    #expect(count == 0)
    for (host, outcome) in zip(own, heard) {
      #expect(outcome == "delivered with status 200", "\(host): \(outcome)")
    }
  }

  @Test("what is no address to send to is refused before any name is looked up")
  func malformed() async throws {
    let place = "127.0.0.1:443/"
    let urls = [
      "http://\(place)", "file:///etc/passwd", "gopher://\(place)", "dict://\(place)",
      "ftp://\(place)", "ldap://\(place)", "smb://\(place)", "https://user@\(place)",
      "https://user:hunter2@\(place)", "https://example.org@\(place)", "https://@\(place)",
      "https://example.org\\@\(place)", "https://exa\tmple.org/", "https://\u{2460}27.0.0.1/",
      "https://127。0。0。1/", "https://127.0.0.1:99999/", "https://[::1/", "//\(place)", place, "",
      "https://example.org/\r\nHost:%20localhost",
    ]
    let outcomes = try await onOwnNetwork { _ in try Self.outcomes(urls, allowsPrivate: false) }
    for (url, outcome) in zip(urls, outcomes) {
      #expect(outcome.hasPrefix("not allowed: webhook address"), "\(url): \(outcome)")
      #expect(!outcome.contains("hunter2"))
    }
  }

  @Test("a public address is not called in the clear, even where private ones are allowed")
  func inTheClear() async throws {
    let outcomes = try await onOwnNetwork { _ in
      try Self.outcomes(["http://8.8.8.8/", "http://[2606:4700::1111]/"], allowsPrivate: true)
    }
    #expect(outcomes.allSatisfy { $0.contains("use https") }, "\(outcomes)")
  }
}

/// Texts that come from another thread, waited for by one that may block.
private final class Arrivals: @unchecked Sendable {
  private let condition = NSCondition()
  private var texts: [String?]

  init(_ count: Int) { texts = Array(repeating: nil, count: count) }

  func set(_ place: Int, _ text: String) {
    condition.withLock {
      texts[place] = text
      condition.signal()
    }
  }

  func all() -> [String] {
    condition.withLock {
      while texts.contains(nil) { condition.wait() }
      return texts.compactMap { $0 }
    }
  }
}
