internal import COpenSSL

/// The C library below, as it is loaded.
package enum CryptographyLibrary {
  /// Such as `OpenSSL 3.0.17 1 Jul 2025`.
  package static var version: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
