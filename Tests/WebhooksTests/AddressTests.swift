import Glibc
import Testing

@testable import Webhooks

/// The address as the system's own parser reads it.
private func address(_ text: String) throws -> NetworkAddress {
  let isV6 = text.contains(":")
  var bytes = [UInt8](repeating: 0, count: isV6 ? 16 : 4)
  try #require(inet_pton(isV6 ? AF_INET6 : AF_INET, text, &bytes) == 1, "\(text)")
  return try #require(NetworkAddress(bytes: bytes))
}

@Suite("Where a webhook may go") struct AddressTests {
  @Test(
    "open addresses, up to the edges of every block",
    arguments: [
      "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
      "126.255.255.255", "128.0.0.0", "169.253.255.255", "169.255.0.0", "172.15.255.255",
      "172.32.0.0", "192.0.1.0", "192.0.3.0", "192.88.98.255", "192.88.100.0", "192.167.255.255",
      "192.169.0.0", "198.17.255.255", "198.20.0.0", "198.51.99.255", "198.51.101.0",
      "203.0.112.255", "203.0.114.0", "223.255.255.255", "168.63.129.15", "::ffff:8.8.8.8",
      "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2003::", "2606:4700::1111",
      "3ffe:ffff::", "3fff:1000::",
    ])
  func open(_ text: String) throws {
    #expect(try address(text).place == .open)
  }

  @Test(
    "hosts of our own need a permission",
    arguments: [
      "10.0.0.0", "10.255.255.255", "100.64.0.0", "100.127.255.255", "127.0.0.1",
      "127.255.255.255", "172.16.0.0", "172.31.255.255", "192.168.0.0", "192.168.255.255", "::1",
      "fc00::", "fdff:ffff::1", "::ffff:127.0.0.1", "::ffff:10.1.2.3",
    ])
  func ours(_ text: String) throws {
    let address = try address(text)
    guard case .ours = address.place else {
      Issue.record("\(text) is \(address.place)")
      return
    }
    let closed = AddressGuard(allowsPrivateAddresses: false, isEncrypted: true)
    let permitted = AddressGuard(allowsPrivateAddresses: true, isEncrypted: false)
    #expect(closed.refusal(of: address) != nil && permitted.refusal(of: address) == nil)
  }

  @Test(
    "nobody is reached where nothing may go, whatever is allowed",
    arguments: [
      "0.0.0.0", "0.255.255.255", "100.100.100.200", "168.63.129.16", "169.254.0.0",
      "169.254.169.254", "169.254.255.255", "192.0.0.0", "192.0.0.255", "192.0.2.1",
      "192.88.99.1", "198.18.0.0", "198.19.255.255", "198.51.100.1", "203.0.113.255", "224.0.0.0",
      "239.255.255.255", "240.0.0.0", "255.255.255.255", "::", "::8.8.8.8", "::ffff:0.0.0.0",
      "::ffff:169.254.169.254", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1",
      "2001:1ff:ffff::", "2001:db8::1", "2002:7f00:1::", "3fff:fff::1", "4000::", "5f00::1",
      "fd00:ec2::254", "fe80::1", "febf::1", "fec0::1", "ff02::1", "::fffe:0:0", "1fff:ffff::",
    ])
  func forbidden(_ text: String) throws {
    let address = try address(text)
    for isEncrypted in [true, false] {
      let permitted = AddressGuard(allowsPrivateAddresses: true, isEncrypted: isEncrypted)
      #expect(permitted.refusal(of: address) != nil, "\(address.place)")
    }
  }

  @Test("the open internet is reached by https only")
  func inTheClear() throws {
    let open = try address("8.8.8.8")
    let clear = AddressGuard(allowsPrivateAddresses: true, isEncrypted: false)
    #expect(clear.refusal(of: open)?.contains("https") == true)
    let encrypted = AddressGuard(allowsPrivateAddresses: false, isEncrypted: true)
    #expect(encrypted.refusal(of: open) == nil)
    #expect(NetworkAddress(bytes: [1, 2, 3]) == nil)
  }

  @Test(
    "addresses that are refused, and why, without repeating them",
    arguments: [
      ("", "visible ASCII"), ("https://exämple.org/", "visible ASCII"),
      ("https://example.org/a b", "visible ASCII"),
      ("https://" + String(repeating: "x", count: 2050), "visible ASCII"),
      ("example.org/hook", "cannot be read"), ("https://", "cannot be read"),
      ("https://example.org:99999/", "cannot be read"),
      ("https://token-abc@example.org/", "user name or password"),
      ("https://a:token-abc@example.org/", "user name or password"),
      ("http://example.org/?token-abc", "use https"), ("ftp://example.org/token-abc", "use https"),
      ("file:///etc/passwd", "use https"), ("gopher://example.org/", "use https"),
    ])
  func refusedURL(_ text: String, _ words: String) {
    let error = #expect(throws: WebhookError.self) {
      try WebhookURL(text, allowsPrivateAddresses: false)
    }
    #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    #expect(error?.description.contains("token-abc") == false)
  }

  @Test(
    "every spelling of an address is read as curl will",
    arguments: [
      ("https://127.1/", "127.0.0.1"), ("https://2130706433/", "127.0.0.1"),
      ("https://0x7f.1/", "127.0.0.1"), ("https://0177.0.0.1/", "127.0.0.1"),
      ("https://[::ffff:127.0.0.1]/", "[::ffff:127.0.0.1]"),
      ("https://EXAMPLE.org:8443/x?y#z", "EXAMPLE.org"),
    ])
  func spelling(_ text: String, _ host: String) throws {
    let url = try WebhookURL(text, allowsPrivateAddresses: false)
    #expect(url.host == host && url.isEncrypted && url.text == text)
  }
}
