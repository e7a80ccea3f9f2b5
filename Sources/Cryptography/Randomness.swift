internal import COpenSSL

/// The operating system gave no random bytes.
package struct CryptographyError: Error, CustomStringConvertible {
  package var description: String { "the system has no random bytes to give; try again" }
}

/// Bytes that nobody can foresee.
package func randomBytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw CryptographyError() }
  return bytes
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
package func equalInConstantTime(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}
