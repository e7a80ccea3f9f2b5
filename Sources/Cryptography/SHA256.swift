internal import COpenSSL

/// SHA-256 (FIPS 180-4), of bytes at hand or of bytes that arrive in pieces.
package enum SHA256 {
  /// The 32 bytes of every digest.
  package static let byteCount = 32

  /// The digest of bytes at hand, without any allocation besides the result.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
      bytes.withUnsafeBufferPointer { shim_sha256($0.baseAddress, $0.count, digest.baseAddress) }
      count = byteCount
    }
  }

  /// A digest in the making: feed it with `update(_:)`, then take the result with `finish()`.
  package struct Stream: ~Copyable {
    private let context: OpaquePointer

    package init() {
      guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1
      else { preconditionFailure("libcrypto has no memory left for a SHA-256 context") }
      self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    /// Appends bytes; where they are cut into pieces makes no difference to the digest.
    package mutating func update(_ bytes: [UInt8]) {
      let result = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
      precondition(result == 1, "libcrypto refused bytes for a SHA-256 it had begun")
    }

    /// Ends the stream and gives the digest of everything it was fed.
    package consuming func finish() -> [UInt8] {
      [UInt8](unsafeUninitializedCapacity: SHA256.byteCount) { digest, count in
        let result = EVP_DigestFinal_ex(context, digest.baseAddress, nil)
        precondition(result == 1, "libcrypto did not finish a SHA-256 it had begun")
        count = SHA256.byteCount
      }
    }
  }
}
