/// Rows in the binary form that COPY reads: three times as fast as text, and nothing to escape.
///
/// The types of the columns must be exactly those of the table; nothing is converted.
struct CopyBuffer: ~Copyable {
  /// Microseconds from 1970 to 2000, where PostgreSQL's time begins.
  private static let epochMicroseconds: Int64 = 946_684_800_000_000

  private var bytes: [UInt8]

  /// Begins with the header; a COPY has one.
  init() {
    bytes = Array("PGCOPY\n".utf8) + [0xFF, 0x0D, 0x0A, 0x00]
    bytes += [0, 0, 0, 0, 0, 0, 0, 0]
  }

  var count: Int { bytes.count }

  borrowing func withBytes<Result>(
    _ body: (UnsafeBufferPointer<CChar>) -> Result
  ) -> Result {
    bytes.withUnsafeBytes { body($0.bindMemory(to: CChar.self)) }
  }

  /// Forgets what was sent and keeps the room for it.
  mutating func empty() { bytes.removeAll(keepingCapacity: true) }

  mutating func beginRow(columns: Int16) { put(columns) }

  /// Marks the end of all rows.
  mutating func finish() { put(Int16(-1)) }

  mutating func null() { put(Int32(-1)) }

  /// A `smallint`, `integer` or `bigint`, by the number's own type.
  mutating func number(_ number: some FixedWidthInteger) {
    put(Int32(number.bitWidth / 8))
    put(number)
  }

  mutating func text(_ text: String) throws(StoreError) {
    try StoreError.refuseZeroByte(in: text)
    listText(text)
  }

  /// A list that is known to hold no zero byte.
  mutating func listText(_ text: String) {
    put(Int32(text.utf8.count))
    bytes += text.utf8
  }

  mutating func optionalText(_ text: String?) throws(StoreError) {
    if let text { try self.text(text) } else { null() }
  }

  /// A `timestamptz`.
  mutating func instant(microseconds: Int64) {
    number(microseconds - Self.epochMicroseconds)
  }

  /// A `smallint[]`.
  mutating func array(_ numbers: [Int16]) { array(numbers, elementType: 21) }

  /// An `integer[]`.
  mutating func array(_ numbers: [Int32]) { array(numbers, elementType: 23) }

  private mutating func array(_ numbers: [some FixedWidthInteger], elementType: Int32) {
    let width = (numbers.first?.bitWidth ?? 0) / 8
    put(Int32(numbers.isEmpty ? 12 : 20 + numbers.count * (4 + width)))
    put(Int32(numbers.isEmpty ? 0 : 1))  // dimensions
    put(Int32(0))  // no nulls
    put(elementType)
    guard !numbers.isEmpty else { return }
    put(Int32(numbers.count))
    put(Int32(1))  // indexes count from one
    for number in numbers { self.number(number) }
  }

  private mutating func put(_ number: some FixedWidthInteger) {
    withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
  }
}
