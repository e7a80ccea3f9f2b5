/// A JSON value whose objects keep the order of their members.
package enum JSON: Sendable, Hashable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([Member])

  package struct Member: Sendable, Hashable {
    package var key: String
    package var value: JSON
    package init(key: String, value: JSON) {
      self.key = key
      self.value = value
    }
  }

  /// An object from pairs, in their order.
  package static func object(_ pairs: [(String, JSON)]) -> JSON {
    .object(pairs.map { Member(key: $0.0, value: $0.1) })
  }

  /// The member named `key`; nil where there is none or this is no object.
  package subscript(key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key == key }?.value
  }

  package var string: String? { if case .string(let text) = self { text } else { nil } }
  package var bool: Bool? { if case .bool(let flag) = self { flag } else { nil } }
  package var array: [JSON]? { if case .array(let items) = self { items } else { nil } }
  package var members: [Member]? { if case .object(let members) = self { members } else { nil } }

  /// A whole number, also one written as `3.0`.
  package var int: Int? { double.flatMap { Int(exactly: $0) } }

  package var double: Double? {
    switch self {
    case .integer(let n): Double(n)
    case .number(let x): x
    default: nil
    }
  }

  /// The items as numbers; nil unless this is an array of nothing else.
  package var doubles: [Double]? {
    guard let array else { return nil }
    let numbers = array.compactMap(\.double)
    return numbers.count == array.count ? numbers : nil
  }

  package static func optional(_ text: String?) -> JSON { text.map(JSON.string) ?? .null }
}

// MARK: - Printing

extension JSON {
  /// One line without spaces; equal values give equal bytes.
  package var text: String { text(indent: nil) }

  /// Two spaces an indent, short arrays of plain values on one line.
  package var prettyText: String { text(indent: 0) }

  private func text(indent: Int?) -> String {
    var out: [UInt8] = []
    write(to: &out, indent: indent)
    return String(decoding: out, as: UTF8.self)
  }

  private var isPlain: Bool {
    switch self {
    case .array(let items): items.allSatisfy(\.isPlainScalar)
    case .object: false
    default: true
    }
  }

  private var isPlainScalar: Bool {
    switch self {
    case .array, .object: false
    case .string(let text): text.utf8.count < 24
    default: true
    }
  }

  private func write(to out: inout [UInt8], indent: Int?) {
    switch self {
    case .null: out.append("null")
    case .bool(let flag): out.append(flag ? "true" : "false")
    case .integer(let n): out.append(String(n))
    case .number(let x): out.append(Self.numberText(x))
    case .string(let text): Self.quote(text, to: &out)
    case .array(let items) where indent != nil && isPlain:
      out.append("[")
      for (index, item) in items.enumerated() {
        if index > 0 { out.append(", ") }
        item.write(to: &out, indent: nil)
      }
      out.append("]")
    case .array(let items):
      Self.writeList(to: &out, "[", "]", count: items.count, indent: indent) { out, index, indent in
        items[index].write(to: &out, indent: indent)
      }
    case .object(let members):
      Self.writeList(to: &out, "{", "}", count: members.count, indent: indent) {
        out, index, indent in
        Self.quote(members[index].key, to: &out)
        out.append(indent == nil ? ":" : ": ")
        members[index].value.write(to: &out, indent: indent)
      }
    }
  }

  private static func writeList(
    to out: inout [UInt8], _ open: String, _ close: String, count: Int, indent: Int?,
    item: (inout [UInt8], Int, Int?) -> Void
  ) {
    out.append(open)
    for index in 0..<count {
      if index > 0 { out.append(",") }
      if let indent { out.beginLine(indent: indent + 1) }
      item(&out, index, indent.map { $0 + 1 })
    }
    if let indent, count > 0 { out.beginLine(indent: indent) }
    out.append(close)
  }

  /// The shortest text that reads back as the same double; `null` where JSON has no number for it.
  private static func numberText(_ x: Double) -> String {
    guard x.isFinite else { return "null" }
    if x == x.rounded(), x.magnitude < 1e15 { return String(Int(x)) }
    return x.description
  }

  private static func quote(_ text: String, to out: inout [UInt8]) {
    out.append("\"")
    defer { out.append("\"") }
    if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C }) {
      out.append(text)
      return
    }
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out.append("\\\"")
      case "\\": out.append("\\\\")
      case "\n": out.append("\\n")
      case "\r": out.append("\\r")
      case "\t": out.append("\\t")
      case _
      where scalar.value < 0x20 || scalar.value == 0x7F || (0x2028...0x2029).contains(scalar.value):
        let hex = String(scalar.value, radix: 16)
        out.append("\\u" + String(repeating: "0", count: 4 - hex.count) + hex)
      default: out.append(contentsOf: scalar.utf8)
      }
    }
  }
}

extension [UInt8] {
  fileprivate mutating func append(_ text: String) {
    let bytes = text.utf8.span
    unsafe bytes.withUnsafeBufferPointer { bytes in
      append(addingCapacity: bytes.count) { room in
        unsafe room.withUnsafeMutableBufferPointer { room, count in
          _ = unsafe room.initialize(fromContentsOf: bytes)
          count = bytes.count
        }
      }
    }
  }

  fileprivate mutating func beginLine(indent: Int) {
    append(UInt8(ascii: "\n"))
    append(contentsOf: repeatElement(UInt8(ascii: " "), count: 2 * indent))
  }
}
