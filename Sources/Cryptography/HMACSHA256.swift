internal import COpenSSL

/// HMAC with SHA-256 (RFC 2104): a digest only the holder of the key can make.
package enum HMACSHA256 {
  /// The 32 bytes that vouch for the message under this key.
  ///
  /// Presses call this about a hundred times per paper: nothing is allocated but the result.
  /// Compare codes with ``equalInConstantTime(_:_:)``, never with `==`.
  package static func code(for message: [UInt8], key: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { code, count in
      key.withUnsafeBufferPointer { key in
        message.withUnsafeBufferPointer { message in
          shim_hmac_sha256(
            key.baseAddress, key.count, message.baseAddress, message.count, code.baseAddress)
        }
      }
      count = SHA256.byteCount
    }
  }
}
