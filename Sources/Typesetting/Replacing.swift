extension String {
  /// Every `old`, where its bytes are, by `new`.
  ///
  /// The standard `replacing` compares characters: it walks slowly, and a sign with an accent upon
  /// it is to it another sign, which a format's reader does not find.
  package func replacingBytes(_ old: String, with new: String) -> String {
    let (bytes, old, new) = (Array(utf8), Array(old.utf8), Array(new.utf8))
    var replaced: [UInt8] = []
    replaced.reserveCapacity(bytes.count + bytes.count / 8)
    var rest = bytes[...]
    while let start = rest.firstIndex(of: old[0]) {
      replaced += rest[..<start]
      let isFound = rest[start...].starts(with: old)
      replaced += isFound ? new[...] : rest[start...start]
      rest = rest[(start + (isFound ? old.count : 1))...]
    }
    return String(decoding: replaced + rest, as: UTF8.self)
  }
}
