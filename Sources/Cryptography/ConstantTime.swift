internal import COpenSSL

/// Whether two secrets agree, in a time that does not tell where they differ.
///
/// Different lengths are told at once: the length of a code or a signature is no secret.
package func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  guard a.count == b.count else { return false }
  return a.withUnsafeBytes { a in
    b.withUnsafeBytes { b in
      a.count == 0 || CRYPTO_memcmp(a.baseAddress, b.baseAddress, a.count) == 0
    }
  }
}
