internal import CCurl

/// The C library below, as it is loaded.
package enum WebhookLibraries {
  /// Such as `7.88.1`.
  package static var curl: String {
    curl_version_info(CURLVERSION_FIRST).map { String(cString: $0.pointee.version) } ?? "unknown"
  }
}
