internal import COpenSSL

/// SHA-256 by libcrypto (FIPS 180-4).
package enum SHA256 {
  /// The 32 bytes of the digest.
  package static func hash(_ bytes: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 32)
    precondition(
      EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil) == 1,
      "libcrypto has no SHA-256")
    return digest
  }
}
