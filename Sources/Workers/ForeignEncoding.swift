import CSV
import Glibc

/// Transcoders of encodings whose tables the C library has.
enum ForeignEncoding {
  @Sendable static func transcoder(_ encoding: TextEncoding) -> TextEncoding.Transcoder? {
    guard let converter = Converter(encoding.rawValue) else { return nil }
    return { converter.convert($0, isLast: $1) }
  }

  private final class Converter {
    private let descriptor: iconv_t
    private var rest: [UInt8] = []

    init?(_ name: String) {
      guard let descriptor = iconv_open("UTF-8", name), Int(bitPattern: descriptor) != -1 else {
        return nil
      }
      self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// What has no meaning becomes the byte FF; a character that is cut in two waits for its end.
    func convert(_ bytes: [UInt8], isLast: Bool) -> [UInt8] {
      rest += bytes
      var out: [UInt8] = []
      var room = [CChar](repeating: 0, count: 65536)
      while !rest.isEmpty {
        var used = 0
        var failure: Int32 = 0
        let made = rest.withUnsafeMutableBytes { input in
          room.withUnsafeMutableBufferPointer { output -> Int in
            var from = input.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left = input.count
            var to = output.baseAddress
            var space = output.count
            if iconv(descriptor, &from, &left, &to, &space) == -1 { failure = errno }
            used = input.count - left
            return output.count - space
          }
        }
        out += room.prefix(made).map { UInt8(bitPattern: $0) }
        rest.removeFirst(used)
        if failure == EILSEQ || (failure == EINVAL && isLast) {
          out.append(0xFF)
          rest.removeFirst(1)
        } else if failure == EINVAL {
          break
        }
      }
      return out
    }
  }
}
