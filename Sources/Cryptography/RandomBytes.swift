internal import COpenSSL

/// Bytes nobody can foretell, from libcrypto's generator, for secrets and identifiers.
///
/// - Precondition: `count` is not negative and fits 32 bits.
/// - Throws: `CryptographyError` of kind `noEntropy` when the generator cannot be seeded;
///   never fall back to another source.
package func randomBytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
  precondition(
    (0...Int(Int32.max)).contains(count), "a count of random bytes must be 0 up to 2147483647")
  var bytes = [UInt8](repeating: 0, count: count)
  guard RAND_bytes(&bytes, Int32(count)) == 1 else {
    throw CryptographyError(kind: .noEntropy, byteCount: count)
  }
  return bytes
}
