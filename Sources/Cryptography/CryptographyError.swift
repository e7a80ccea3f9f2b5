/// What libcrypto could not do for us.
package struct CryptographyError: Error, Hashable, CustomStringConvertible {
  /// The failures a caller may have to tell apart.
  package enum Kind: Hashable, Sendable {
    /// The generator of random bytes could not be seeded by the operating system.
    case noEntropy
  }

  package let kind: Kind
  /// How many bytes were asked for.
  package let byteCount: Int

  package var description: String {
    switch kind {
    case .noEntropy:
      "no \(byteCount) random bytes from libcrypto; check that /dev/urandom can be read"
    }
  }
}
