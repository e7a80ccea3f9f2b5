internal import CCurl
internal import Glibc

/// Decides where a webhook may go once the name is resolved, so that no spelling of an address
/// and no answer of a name server gets around it.
package struct AddressGuard: Hashable, Sendable {
  /// Whether an operator has said that this endpoint is a host of our own.
  package let allowsPrivateAddresses: Bool
  /// Whether the transfer is encrypted; in the clear it may not leave our own network.
  package let isEncrypted: Bool

  package init(allowsPrivateAddresses: Bool, isEncrypted: Bool) {
    self.allowsPrivateAddresses = allowsPrivateAddresses
    self.isEncrypted = isEncrypted
  }

  /// Why nothing may be sent to this address, or nil if it may.
  package func refusal(of address: NetworkAddress) -> String? {
    switch address.place {
    case .open:
      isEncrypted ? nil : "\(address) is public; use https, http is for private addresses"
    case .ours(let block):
      allowsPrivateAddresses
        ? nil : "\(address) is \(block); allow private addresses for this endpoint or move it"
    case .forbidden(let block):
      "\(address) is \(block), where no webhook is sent; correct the endpoint's address"
    }
  }
}

extension NetworkAddress {
  /// Reads an address as curl writes it, in brackets or not and perhaps with a zone; nil for a name.
  init?(_ text: String) {
    let plain = text.drop { $0 == "[" }.prefix { $0 != "]" && $0 != "%" }
    var bytes = [UInt8](repeating: 0, count: 16)
    if inet_pton(AF_INET, String(plain), &bytes) == 1 {
      self.init(bytes: Array(bytes.prefix(4)))
    } else if inet_pton(AF_INET6, String(plain), &bytes) == 1 {
      self.init(bytes: bytes)
    } else {
      return nil
    }
  }

  /// The address curl is about to connect to; nil for anything that is not IPv4 or IPv6.
  ///
  /// `addr` is declared as 16 bytes but stands for `addrlen` of them, so it is read by offset.
  init?(_ address: UnsafePointer<curl_sockaddr>) {
    guard let start = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else { return nil }
    let bytes = UnsafeRawBufferPointer(
      start: UnsafeRawPointer(address) + start, count: Int(address.pointee.addrlen))
    switch address.pointee.family {
    case AF_INET where bytes.count >= MemoryLayout<sockaddr_in>.size:
      self.init(bytes: Array(bytes[4..<8]))
    case AF_INET6 where bytes.count >= MemoryLayout<sockaddr_in6>.size:
      self.init(bytes: Array(bytes[8..<24]))
    default: return nil
    }
  }
}
