/// An IPv4 or IPv6 address as it stands on the wire, and what kind of place it is.
package enum NetworkAddress: Hashable, Sendable {
  case ipv4(UInt32)
  case ipv6(UInt128)

  /// Takes the 4 or 16 bytes of a socket address in network order; nil for any other count.
  package init?(bytes: [UInt8]) {
    switch bytes.count {
    case 4: self = .ipv4(bytes.reduce(0) { $0 << 8 | UInt32($1) })
    case 16: self = .ipv6(bytes.reduce(0) { $0 << 8 | UInt128($1) })
    default: return nil
    }
  }

  /// Who can be reached at an address.
  package enum Place: Hashable, Sendable {
    /// A host on the open internet.
    case open
    /// A host of our own, by the name of its block: delivered to only when an operator says so.
    case ours(String)
    /// Nobody a webhook may ever go to, by the name of the block.
    case forbidden(String)
  }

  package var place: Place {
    switch self {
    case .ipv4(let bits):
      return Self.ipv4Blocks.first { $0.contains(bits) }?.place ?? .open
    case .ipv6(let bits):
      // An IPv4-mapped address reaches the IPv4 host inside it, so that one is judged.
      if bits >> 32 == 0xffff { return NetworkAddress.ipv4(UInt32(truncatingIfNeeded: bits)).place }
      if let block = Self.ipv6Blocks.first(where: { $0.contains(bits) }) { return block.place }
      return Self.globalUnicast.contains(bits) ? .open : .forbidden("not global unicast")
    }
  }
}

extension NetworkAddress: CustomStringConvertible {
  package var description: String {
    switch self {
    case .ipv4(let bits):
      (0..<4).map { String(bits >> (24 - 8 * $0) & 0xff) }.joined(separator: ".")
    case .ipv6(let bits):
      (0..<8).map { String(bits >> (112 - 16 * $0) & 0xffff, radix: 16) }.joined(separator: ":")
    }
  }
}

// MARK: - Blocks

/// Addresses that share their first bits.
private struct AddressBlock<Bits: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
  let network: Bits
  let prefixBitCount: Int
  let place: NetworkAddress.Place

  init(_ network: Bits, _ prefixBitCount: Int, _ place: NetworkAddress.Place) {
    self.network = network
    self.prefixBitCount = prefixBitCount
    self.place = place
  }

  func contains(_ bits: Bits) -> Bool {
    (bits ^ network) >> (Bits.bitWidth - prefixBitCount) == 0
  }
}

extension NetworkAddress {
  /// The IANA special-purpose registry and the addresses clouds answer with credentials from;
  /// the first block that fits decides.
  fileprivate static let ipv4Blocks: [AddressBlock<UInt32>] = [
    .init(0x6464_64c8, 32, .forbidden("cloud metadata")),  // 100.100.100.200
    .init(0xa83f_8110, 32, .forbidden("cloud metadata")),  // 168.63.129.16
    .init(0x0000_0000, 8, .forbidden("this network")),  // 0/8; Linux takes 0.0.0.0 for loopback
    .init(0x0a00_0000, 8, .ours("private")),  // 10/8
    .init(0x6440_0000, 10, .ours("carrier-grade NAT")),  // 100.64/10
    .init(0x7f00_0000, 8, .ours("loopback")),  // 127/8
    .init(0xa9fe_0000, 16, .forbidden("link-local, cloud metadata")),  // 169.254/16
    .init(0xac10_0000, 12, .ours("private")),  // 172.16/12
    .init(0xc000_0000, 24, .forbidden("protocol assignments")),  // 192.0.0/24
    .init(0xc000_0200, 24, .forbidden("documentation")),  // 192.0.2/24
    .init(0xc058_6300, 24, .forbidden("6to4 relay")),  // 192.88.99/24
    .init(0xc0a8_0000, 16, .ours("private")),  // 192.168/16
    .init(0xc612_0000, 15, .forbidden("benchmarking")),  // 198.18/15
    .init(0xc633_6400, 24, .forbidden("documentation")),  // 198.51.100/24
    .init(0xcb00_7100, 24, .forbidden("documentation")),  // 203.0.113/24
    .init(0xe000_0000, 4, .forbidden("multicast")),  // 224/4
    .init(0xf000_0000, 4, .forbidden("reserved")),  // 240/4 and broadcast
  ]

  /// All of IPv6 that is routed on the open internet: what lies outside needs no entry below
  /// but for a better name, or to be ours.
  fileprivate static let globalUnicast = AddressBlock<UInt128>(0x2000 << 112, 3, .open)

  fileprivate static let ipv6Blocks: [AddressBlock<UInt128>] = [
    .init(1, 128, .ours("loopback")),  // ::1
    .init(0, 128, .forbidden("unspecified")),  // ::
    .init(0, 96, .forbidden("IPv4-compatible")),  // ::a.b.c.d
    .init(0xfd00_0ec2 << 96 | 0x254, 128, .forbidden("cloud metadata")),  // fd00:ec2::254
    .init(0xfc00 << 112, 7, .ours("unique local")),  // fc00::/7
    .init(0xfe80 << 112, 10, .forbidden("link-local")),
    .init(0xfec0 << 112, 10, .forbidden("site-local")),
    .init(0xff00 << 112, 8, .forbidden("multicast")),
    .init(0x0064_ff9b << 96, 96, .forbidden("NAT64")),  // 64:ff9b::/96
    .init(0x0064_ff9b_0001 << 80, 48, .forbidden("NAT64")),  // 64:ff9b:1::/48
    .init(0x0100 << 112, 64, .forbidden("discard-only")),  // 100::/64
    .init(0x2001 << 112, 32, .forbidden("Teredo")),  // 2001::/32
    .init(0x2001 << 112, 23, .forbidden("protocol assignments")),  // 2001::/23
    .init(0x2001_0db8 << 96, 32, .forbidden("documentation")),
    .init(0x2002 << 112, 16, .forbidden("6to4")),
    .init(0x3fff << 112, 20, .forbidden("documentation")),  // 3fff::/20
    .init(0x5f00 << 112, 16, .forbidden("segment routing")),
  ]
}
