/// Writes a database file of SQLite by its published format, with tables only: no index, no page left
/// over, the same bytes for the same rows.
struct SQLiteFile {
  enum Value {
    case integer(Int)
    case text(String)
  }

  /// A row of a table whose first column is its `integer primary key`.
  struct Row {
    let id: Int
    let values: [Value]
  }

  private static let pageSize = 65_536
  /// Bytes of a row that stay in its leaf, where not all of them can.
  private static let mostInLeaf = pageSize - 35

  /// The pages after the first, which lists the tables.
  private var pages: [[UInt8]] = []
  private var tables: [[UInt8]] = []

  /// Adds a table; ids must rise from row to row.
  mutating func add(_ name: String, creating sql: String, rows: [Row] = []) {
    var leaves: [(page: Int, last: Int)] = []
    var (cells, size, last) = ([[UInt8]](), 8, 0)
    for row in rows {
      let cell = self.cell(row.id, [[0]] + row.values.map(Self.serial), row.values)
      if size + cell.count + 2 > Self.pageSize {
        leaves.append((append(Self.page(13, cells)), last))
        (cells, size) = ([], 8)
      }
      cells.append(cell)
      size += cell.count + 2
      last = row.id
    }
    leaves.append((append(Self.page(13, cells)), last))
    var root = leaves[0].page
    if leaves.count > 1 {
      let keys = leaves.dropLast().map { Self.bytes($0.page, 4) + Self.varint($0.last) }
      root = append(Self.page(5, keys, rightmost: leaves[leaves.count - 1].page))
    }
    let entry: [Value] = [.text("table"), .text(name), .text(name), .integer(root), .text(sql)]
    tables.append(cell(tables.count + 1, entry.map(Self.serial), entry))
  }

  /// The whole file.
  var file: [UInt8] {
    var head = Array("SQLite format 3\u{0}".utf8) + [0, 1, 1, 1, 0, 64, 32, 32]
    let numbers = [1, pages.count + 1, 0, 0, 1, 4, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 3_040_001]
    head += numbers.flatMap { Self.bytes($0, 4) }
    return Self.page(13, tables, after: head) + pages.joined()
  }

  /// - Returns: the page's number, from 2.
  private mutating func append(_ page: [UInt8]) -> Int {
    pages.append(page)
    return pages.count + 1
  }

  /// A row as it stands in a leaf; what is too long for it goes on in pages of its own.
  private mutating func cell(_ id: Int, _ serials: [[UInt8]], _ values: [Value]) -> [UInt8] {
    let types = serials.flatMap { $0 }
    var payload = Self.varint(types.count + (types.count < 127 ? 1 : 2)) + types
    for value in values {
      switch value {
      case .integer(let number): payload += Self.bytes(number, 8)
      case .text(let text): payload += Array(text.utf8)
      }
    }
    let head = Self.varint(payload.count) + Self.varint(id)
    guard payload.count > Self.mostInLeaf else { return head + payload }
    let least = (Self.pageSize - 12) * 32 / 255 - 23
    let some = least + (payload.count - least) % (Self.pageSize - 4)
    let kept = some <= Self.mostInLeaf ? some : least
    var rest = payload[kept...]
    let first = pages.count + 2
    while !rest.isEmpty {
      let part = rest.prefix(Self.pageSize - 4)
      rest = rest.dropFirst(part.count)
      let next = Self.bytes(rest.isEmpty ? 0 : pages.count + 3, 4)
      let padding = [UInt8](repeating: 0, count: Self.pageSize - 4 - part.count)
      pages.append(next + part + padding)
    }
    return head + payload[..<kept] + Self.bytes(first, 4)
  }

  /// A page of a tree: its head, where each cell begins, and the cells at its end.
  private static func page(
    _ kind: UInt8, _ cells: [[UInt8]], rightmost: Int? = nil, after start: [UInt8] = []
  ) -> [UInt8] {
    var (pointers, end) = ([UInt8](), pageSize)
    for cell in cells {
      end -= cell.count
      pointers += bytes(end, 2)
    }
    var page = start + [kind, 0, 0] + bytes(cells.count, 2) + bytes(end % pageSize, 2) + [0]
    page += rightmost.map { bytes($0, 4) } ?? []
    page += pointers
    page += [UInt8](repeating: 0, count: end - page.count)
    return page + cells.reversed().joined()
  }

  private static func serial(_ value: Value) -> [UInt8] {
    switch value {
    case .integer: [6]
    case .text(let text): varint(13 + 2 * text.utf8.count)
    }
  }

  private static func bytes(_ number: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * (count - 1 - $0))) }
  }

  /// Seven bits a byte, the highest first; all but the last have their top bit set.
  private static func varint(_ number: Int) -> [UInt8] {
    guard number >= 1 << 56 else {
      var (bytes, rest) = ([UInt8(number & 0x7F)], number >> 7)
      while rest > 0 {
        bytes.insert(UInt8(rest & 0x7F) | 0x80, at: 0)
        rest >>= 7
      }
      return bytes
    }
    preconditionFailure("ids and lengths are far below 2^56")
  }
}
