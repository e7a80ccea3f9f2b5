internal import COpenSSL

/// Ed25519 (RFC 8032): who holds the seed signs, and everybody with the public key can check.
package enum Ed25519 {
  package static let seedByteCount = 32
  package static let publicKeyByteCount = 32
  package static let signatureByteCount = 64

  /// The public half of the key that a seed stands for.
  ///
  /// - Precondition: the seed has 32 bytes.
  package static func publicKey(ofSeed seed: [UInt8]) -> [UInt8] {
    withKey(seed) { key in
      [UInt8](unsafeUninitializedCapacity: publicKeyByteCount) { bytes, count in
        count = publicKeyByteCount
        let result = EVP_PKEY_get_raw_public_key(key, bytes.baseAddress, &count)
        precondition(result == 1, "libcrypto did not give the public half of a key it took")
      }
    }
  }

  /// The one signature of these bytes under this seed.
  ///
  /// - Precondition: the seed has 32 bytes.
  package static func sign(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
    withKey(seed) { key in
      guard let context = EVP_MD_CTX_new(), EVP_DigestSignInit(context, nil, nil, nil, key) == 1
      else { preconditionFailure("libcrypto has no memory left for a signature") }
      defer { EVP_MD_CTX_free(context) }
      return [UInt8](unsafeUninitializedCapacity: signatureByteCount) { bytes, count in
        count = signatureByteCount
        let result = EVP_DigestSign(context, bytes.baseAddress, &count, message, message.count)
        precondition(result == 1, "libcrypto did not finish a signature it had begun")
      }
    }
  }

  /// Whether a holder of the seed behind this public key signed exactly these bytes.
  package static func isValid(
    _ signature: [UInt8], of message: [UInt8], publicKey: [UInt8]
  ) -> Bool {
    guard signature.count == signatureByteCount, publicKey.count == publicKeyByteCount,
      let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count)
    else { return false }
    defer { EVP_PKEY_free(key) }
    guard let context = EVP_MD_CTX_new(), EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
    else { preconditionFailure("libcrypto has no memory left for a signature") }
    defer { EVP_MD_CTX_free(context) }
    return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
  }

  private static func withKey<Result>(_ seed: [UInt8], _ body: (OpaquePointer) -> Result) -> Result
  {
    precondition(seed.count == seedByteCount, "a seed of Ed25519 has 32 bytes")
    guard let key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
      preconditionFailure("libcrypto has no Ed25519 or no memory left")
    }
    defer { EVP_PKEY_free(key) }
    return body(key)
  }
}
