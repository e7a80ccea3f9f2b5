internal import CCurl

/// A curl handle that serves one transfer after another, each with options of its own.
final class EasyHandle {
  let handle: UnsafeMutableRawPointer
  private var headers: UnsafeMutablePointer<curl_slist>?
  private let message: UnsafeMutablePointer<CChar>
  /// The first option curl did not take. Options guard us, so nothing is sent without them all.
  private(set) var failure: CURLcode?

  /// curl's own set-up, done by whichever thread comes first.
  private static let globalResult = shim_curl_global_init()

  static func setUp() {
    precondition(globalResult == CURLE_OK, "libcurl could not be set up")
  }

  init() {
    Self.setUp()
    guard let handle = curl_easy_init() else { preconditionFailure("no memory left for curl") }
    self.handle = handle
    message = .allocate(capacity: Int(CURL_ERROR_SIZE))
    message.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    reset()
  }

  /// Forgets everything about the last transfer, so that nothing of it can reach the next.
  func reset() {
    curl_easy_reset(handle)
    curl_slist_free_all(headers)
    headers = nil
    failure = nil
    message[0] = 0
    note(shim_curl_setopt_pointer(handle, CURLOPT_ERRORBUFFER, message))
  }

  deinit {
    curl_easy_cleanup(handle)
    curl_slist_free_all(headers)
    message.deallocate()
  }

  func set(_ option: CURLoption, _ number: Int) {
    note(shim_curl_setopt_long(handle, option, number))
  }

  func set(_ option: CURLoption, _ text: String) {
    note(shim_curl_setopt_string(handle, option, text))
  }

  func set(_ option: CURLoption, _ isOn: Bool) { set(option, isOn ? 1 : 0) }

  /// Copies the body into curl, which wants to know its length first.
  func post(_ body: [UInt8]) {
    set(CURLOPT_POST, true)
    note(shim_curl_setopt_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
    body.withUnsafeBytes { bytes in
      // An empty array may have no address, and curl takes NULL for "read it from a callback".
      let start =
        bytes.isEmpty
        ? UnsafePointer(message) : bytes.assumingMemoryBound(to: CChar.self).baseAddress
      note(shim_curl_setopt_string(handle, CURLOPT_COPYPOSTFIELDS, start))
    }
  }

  /// - Precondition: no line holds a line break: curl would send it as two headers.
  func send(headers lines: [String]) {
    for line in lines {
      precondition(
        !line.utf8.contains { $0 == 0x0d || $0 == 0x0a || $0 == 0 },
        "a header may not hold a line break")
      guard let longer = curl_slist_append(headers, line) else {
        preconditionFailure("no memory left for a header")
      }
      headers = longer
    }
    note(shim_curl_setopt_list(handle, CURLOPT_HTTPHEADER, headers))
  }

  func note(_ code: CURLcode) {
    if code != CURLE_OK, failure == nil { failure = code }
  }

  /// The status of the last answer, 0 if there was none.
  var status: Int {
    var status = 0
    return shim_curl_getinfo_long(handle, CURLINFO_RESPONSE_CODE, &status) == CURLE_OK ? status : 0
  }

  /// What curl says about a failure: hosts and certificates, never paths, headers or bodies.
  func reason(for code: CURLcode) -> String {
    let said = String(cString: message)
    return said.isEmpty ? String(cString: curl_easy_strerror(code)) : said
  }
}
