internal import CCurl
internal import Glibc

/// What one transfer was told and has heard so far; curl's callbacks reach it by pointer.
///
/// Only the loop's thread touches it once the transfer is under way.
final class Exchange {
  /// Enough for any error page worth reading; beyond it the transfer is cut off.
  static let bodyByteLimit = 64 * 1024
  static let headerByteLimit = 32 * 1024
  static let excerptByteLimit = 1024

  /// Nil where a proxy stands between: then it is the proxy that is connected to.
  let addressGuard: AddressGuard?
  private(set) var refusal: String?
  private(set) var hasOpenedSocket = false
  private(set) var retryAfter: String?
  private(set) var bodyIsTooLong = false
  private(set) var headersAreTooLong = false
  private var bodyByteCount = 0
  private var headerByteCount = 0
  private var bodyStart: [UInt8] = []

  init(addressGuard: AddressGuard?) { self.addressGuard = addressGuard }

  /// Hands curl the callbacks; the exchange must stay alive until the transfer is over.
  func attach(to transfer: EasyHandle) {
    let context = Unmanaged.passUnretained(self).toOpaque()
    transfer.note(shim_curl_setopt_open_socket(transfer.handle, openGuardedSocket))
    transfer.note(shim_curl_setopt_pointer(transfer.handle, CURLOPT_OPENSOCKETDATA, context))
    transfer.note(shim_curl_setopt_before_request(transfer.handle, guardConnection))
    transfer.note(shim_curl_setopt_pointer(transfer.handle, CURLOPT_PREREQDATA, context))
    transfer.note(
      shim_curl_setopt_write(transfer.handle, CURLOPT_HEADERFUNCTION, receiveHeader))
    transfer.note(shim_curl_setopt_pointer(transfer.handle, CURLOPT_HEADERDATA, context))
    transfer.note(shim_curl_setopt_write(transfer.handle, CURLOPT_WRITEFUNCTION, receiveBody))
    transfer.note(shim_curl_setopt_pointer(transfer.handle, CURLOPT_WRITEDATA, context))
  }

  /// The beginning of the answer, with everything that could disturb a terminal or a log made a
  /// space.
  var excerpt: String {
    let text = String(decoding: bodyStart, as: UTF8.self).unicodeScalars.map { scalar in
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate: Character(" ")
      default: Character(scalar)
      }
    }
    return String(text)
  }

  // MARK: - What curl reports

  fileprivate func openSocket(for address: UnsafeMutablePointer<curl_sockaddr>) -> curl_socket_t? {
    guard isAllowed(NetworkAddress(address)) else { return nil }
    hasOpenedSocket = true
    let kind = address.pointee
    return socket(kind.family, kind.socktype | shim_socket_close_on_exec, kind.protocol)
  }

  /// Judges the connection that the request is about to go out on, which may be one that another
  /// endpoint's rules had opened.
  fileprivate func mayUseConnection(to remote: UnsafePointer<CChar>?) -> Bool {
    let isAllowed = isAllowed(remote.flatMap { NetworkAddress(String(cString: $0)) })
    if !isAllowed { hasOpenedSocket = false }
    return isAllowed
  }

  private func isAllowed(_ destination: NetworkAddress?) -> Bool {
    guard let addressGuard else { return true }
    guard let destination else {
      refusal = "the host is neither an IPv4 nor an IPv6 address; correct the endpoint's address"
      return false
    }
    guard let reason = addressGuard.refusal(of: destination) else { return true }
    refusal = reason
    return false
  }

  /// Takes one header line; false ends the transfer.
  fileprivate func receive(header line: UnsafeRawBufferPointer) -> Bool {
    headerByteCount += line.count
    guard headerByteCount <= Self.headerByteLimit else {
      headersAreTooLong = true
      return false
    }
    if line.starts(with: Self.statusStart) {
      retryAfter = nil  // What stood in an interim answer is not about the final one.
    } else if line.count > Self.retryAfterStart.count,
      zip(line, Self.retryAfterStart).allSatisfy({ $0 | 0x20 == $1 | 0x20 })
    {
      let value = line[Self.retryAfterStart.count...].filter { $0 >= 0x20 }
      retryAfter = String(decoding: value, as: UTF8.self)
    }
    return true
  }

  private static let statusStart = Array("HTTP/".utf8)
  private static let retryAfterStart = Array("retry-after:".utf8)

  /// Takes a piece of the body; false ends the transfer.
  fileprivate func receive(body piece: UnsafeRawBufferPointer) -> Bool {
    bodyByteCount += piece.count
    bodyStart += piece.prefix(Self.excerptByteLimit - bodyStart.count)
    bodyIsTooLong = bodyByteCount > Self.bodyByteLimit
    return !bodyIsTooLong
  }
}

// MARK: - Callbacks

private func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
  context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

/// `CURL_SOCKET_BAD` is a cast macro, which Swift does not import.
private let noSocket: curl_socket_t = -1

private let openGuardedSocket: shim_curl_open_socket = { context, _, address in
  guard let exchange = exchange(context), let address else { return noSocket }
  return exchange.openSocket(for: address) ?? noSocket
}

private let guardConnection: shim_curl_before_request = { context, remote, _, _, _ in
  exchange(context)?.mayUseConnection(to: remote) == true
    ? Int32(CURL_PREREQFUNC_OK) : Int32(CURL_PREREQFUNC_ABORT)
}

private let receiveHeader: shim_curl_write = { bytes, size, count, context in
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return exchange(context)?.receive(header: piece) == true ? piece.count : refused(piece.count)
}

private let receiveBody: shim_curl_write = { bytes, size, count, context in
  let piece = UnsafeRawBufferPointer(start: bytes, count: size * count)
  return exchange(context)?.receive(body: piece) == true ? piece.count : refused(piece.count)
}

/// Any count but the one offered ends the transfer.
private func refused(_ offered: Int) -> Int { offered == 0 ? 1 : 0 }
