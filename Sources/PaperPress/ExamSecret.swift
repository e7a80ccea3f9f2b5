import Cryptography
import ExamModel

/// The 32 bytes from which every paper of a test is computed; whoever has them has every key.
package struct ExamSecret: Sendable, CustomStringConvertible, CustomReflectable {
  private let bytes: [UInt8]

  /// Nil unless there are exactly 32 bytes.
  package init?(bytes: [UInt8]) {
    guard bytes.count == 32 else { return nil }
    self.bytes = bytes
  }

  /// Reads what `text` writes: 64 hexadecimal digits, with white space around them.
  package init?(text: String) {
    guard let bytes = Hex.decode(Roster.folded(text)) else { return nil }
    self.init(bytes: bytes)
  }

  /// A fresh one from the operating system.
  package static func random() throws -> ExamSecret {
    guard let secret = ExamSecret(bytes: try randomBytes(32)) else {
      preconditionFailure("32 bytes were asked for")
    }
    return secret
  }

  /// The file's contents, with a final line end.
  package var text: String { Hex.encode(bytes) + "\n" }

  /// Sixteen digits that tell secrets apart and give nothing away.
  package var fingerprint: String {
    Hex.encode(Array(derive("gradus/1/fingerprint", []).prefix(8)))
  }

  package var description: String { "secret \(fingerprint)" }
  package var customMirror: Mirror { Mirror(self, children: [:]) }

  /// HMAC-SHA-256 of a label and names, with a zero byte between them.
  func derive(_ label: String, _ names: [String]) -> [UInt8] {
    var message = Array(label.utf8)
    for name in names {
      message.append(0)
      message += Array(name.utf8)
    }
    return HMACSHA256.code(for: message, key: bytes)
  }
}

/// The seed of one paper; its questions' seeds come from names, never from their order.
struct PaperSeed: Sendable {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  func child(_ name: String) -> [UInt8] {
    HMACSHA256.code(for: Array(name.utf8), key: bytes)
  }

  /// The dice of what bears a name.
  func dice(_ name: String) -> Dice {
    Dice(seed: child(name).prefix(8).reduce(0) { $0 << 8 | UInt64($1) })
  }
}
