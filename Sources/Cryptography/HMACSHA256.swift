internal import COpenSSL

/// HMAC-SHA-256 by libcrypto (RFC 2104).
package enum HMACSHA256 {
  /// The 32 bytes of the code.
  package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    var code = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    let result = HMAC(
      EVP_sha256(), key, Int32(key.count), message, message.count, &code, &length)
    precondition(result != nil && length == 32, "libcrypto has no HMAC-SHA-256")
    return code
  }
}
