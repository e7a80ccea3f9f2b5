internal import Foundation
internal import Glibc

/// Sockets of this machine alone.
enum Loopback {
  /// Gives the socket a free port of 127.0.0.1 and returns its number.
  static func bind(_ socket: Int32) throws -> UInt16 {
    var address = address(port: 0)
    let isBound = withRaw(&address) { raw, length in
      Glibc.bind(socket, raw, length) == 0 && getsockname(socket, raw, &length) == 0
    }
    guard isBound else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EADDRNOTAVAIL) }
    return UInt16(bigEndian: address.sin_port)
  }

  static func connect(_ socket: Int32, to port: UInt16) -> Bool {
    var address = address(port: port)
    return withRaw(&address) { raw, length in Glibc.connect(socket, raw, length) == 0 }
  }

  private static func address(port: UInt16) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    return address
  }

  private static func withRaw(
    _ address: inout sockaddr_in,
    _ body: (UnsafeMutablePointer<sockaddr>, inout socklen_t) -> Bool
  ) -> Bool {
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    return withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, &length) }
    }
  }
}
