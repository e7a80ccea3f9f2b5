extension MatrixExpression {
  /// Whether an answer is the key for all matrices of all sizes that fit the key.
  ///
  /// Both are computed with arbitrary entries of a prime field: matrices of rational functions that
  /// differ agree by chance at one of these points in fewer than one of 2⁵⁰ cases (Schwartz 1980,
  /// Zippel 1979), and they must at two. Sizes that do not fit are a difference.
  package static func equality(key: MatrixExpression, answer: MatrixExpression) -> Equality {
    var sizes = Sizes()
    guard sizes.shape(of: key) != nil else { return .undecided("the key's sizes do not fit") }
    for name in answer.names { _ = sizes.shape(of: .name(name)) }
    var agreed = 0
    // A sum of squares is a square at every other point only, and has its root there.
    for point in 0..<64 as Range<UInt64> {
      let entries = { (name: String) in sizes.entries(of: name, at: point) }
      do throws(Obstacle) {
        let mine = try key.value(entries).map { $0.map(\.p) }
        guard try answer.value(entries).map({ $0.map(\.p) }) == mine else { return .different }
      } catch {
        if case .sizes = error { return .different }
        continue
      }
      agreed += 1
      if agreed == 2 { return .equal }
    }
    return .undecided("one of them has no value anywhere")
  }

  private enum Obstacle: Error { case sizes, singular }

  /// Rows of residues.
  private typealias Rows = [[Residue]]

  private func value(_ entries: (String) -> Rows) throws(Obstacle) -> Rows {
    switch self {
    case .number(let c):
      guard let below = Residue(c.denominator).inverse else { throw .singular }
      return [[Residue(c.numerator) * below]]
    case .name(let name): return entries(name)
    case .sum(let terms):
      var sum = try terms[0].value(entries)
      for term in terms.dropFirst() {
        let next = try term.value(entries)
        guard next.count == sum.count, next[0].count == sum[0].count else { throw .sizes }
        for i in sum.indices { for j in sum[i].indices { sum[i][j] = sum[i][j] + next[i][j] } }
      }
      return sum
    case .product(let factors):
      var product = try factors[0].value(entries)
      var isScalar = factors[0].isScalar
      for factor in factors.dropFirst() {
        let next = try factor.value(entries)
        product =
          isScalar || factor.isScalar
          ? Self.scaled(product, next, by: isScalar) : try Self.multiplied(product, next)
        isScalar = isScalar && factor.isScalar
      }
      return product
    case .transpose(let inner): return Self.transposed(try inner.value(entries))
    case .inverse(let inner): return try Self.inverted(try inner.value(entries))
    case .power(let inner, let n):
      let base = try inner.value(entries)
      var power = base
      for _ in 1..<n { power = try Self.multiplied(power, base) }
      return power
    case .dot(let a, let b):
      let (x, y) = (try a.value(entries), try b.value(entries))
      guard x.count == y.count, x[0].count == 1, y[0].count == 1 else { throw .sizes }
      return try Self.multiplied(Self.transposed(x), y)
    case .norm(let inner):
      let squares = try inner.value(entries).joined().reduce(Residue.zero) { $0 + $1 * $1 }
      guard let half = Residue(2).inverse, let root = squares.raised(to: half) else {
        throw .singular
      }
      return [[root]]
    }
  }

  private static func scaled(_ a: Rows, _ b: Rows, by isLeft: Bool) -> Rows {
    let (factor, rows) = isLeft ? (a[0][0], b) : (b[0][0], a)
    return rows.map { $0.map { $0 * factor } }
  }

  private static func multiplied(_ a: Rows, _ b: Rows) throws(Obstacle) -> Rows {
    guard a[0].count == b.count else { throw .sizes }
    return a.map { row in
      b[0].indices.map { column in
        row.indices.reduce(Residue.zero) { $0 + row[$1] * b[$1][column] }
      }
    }
  }

  private static func transposed(_ a: Rows) -> Rows {
    a[0].indices.map { column in a.map { $0[column] } }
  }

  /// Gauss and Jordan's elimination.
  private static func inverted(_ matrix: Rows) throws(Obstacle) -> Rows {
    let n = matrix.count
    guard matrix[0].count == n else { throw .sizes }
    var a = matrix.enumerated().map { i, row in
      row + (0..<n).map { $0 == i ? Residue.one : .zero }
    }
    for column in 0..<n {
      guard let pivot = (column..<n).first(where: { !a[$0][column].isZero }),
        let inverse = a[pivot][column].inverse
      else { throw .singular }
      a.swapAt(column, pivot)
      a[column] = a[column].map { $0 * inverse }
      for row in 0..<n where row != column {
        let factor = a[row][column]
        for j in a[row].indices { a[row][j] = a[row][j] - factor * a[column][j] }
      }
    }
    return a.map { Array($0[n...]) }
  }
}

/// The sizes of a key's matrices, as far as its sums and products tie them together.
private struct Sizes {
  /// Which sizes were found to be one; size 0 is 1.
  private var parent = [0]
  private var shapes: [String: (rows: Int, columns: Int)] = [:]

  private mutating func fresh() -> Int {
    parent.append(parent.count)
    return parent.count - 1
  }

  private func root(_ size: Int) -> Int {
    var size = size
    while parent[size] != size { size = parent[size] }
    return size
  }

  private mutating func tie(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    parent[max(a, b)] = min(a, b)
  }

  /// Nil where a number meets a matrix in a sum, or nothing is added.
  mutating func shape(of expression: MatrixExpression) -> (rows: Int, columns: Int)? {
    switch expression {
    case .number: return (0, 0)
    case .name(let name):
      if let known = shapes[name] { return known }
      let isNumber = MatrixExpression.isNumber(name)
      let rows = isNumber ? 0 : fresh()
      let shape = (rows, isNumber || MatrixExpression.isVector(name) ? 0 : fresh())
      shapes[name] = shape
      return shape
    case .sum(let terms):
      var first: (rows: Int, columns: Int)?
      for term in terms {
        guard let shape = shape(of: term) else { return nil }
        if let first {
          tie(first.rows, shape.rows)
          tie(first.columns, shape.columns)
        }
        first = first ?? shape
      }
      return first
    case .product(let factors):
      var whole: (rows: Int, columns: Int) = (0, 0)
      var isEmpty = true
      for factor in factors {
        guard let shape = shape(of: factor) else { return nil }
        if factor.isScalar { continue }
        if !isEmpty { tie(whole.columns, shape.rows) }
        whole = (isEmpty ? shape.rows : whole.rows, shape.columns)
        isEmpty = false
      }
      return whole
    case .transpose(let inner): return shape(of: inner).map { ($0.columns, $0.rows) }
    case .inverse(let inner), .power(let inner, _):
      guard let shape = shape(of: inner) else { return nil }
      tie(shape.rows, shape.columns)
      return shape
    case .dot(let a, let b):
      guard let x = shape(of: a), let y = shape(of: b) else { return nil }
      tie(x.rows, y.rows)
      return (0, 0)
    case .norm(let inner): return shape(of: inner).map { _ in (0, 0) }
    }
  }

  /// Arbitrary entries, the same for the same name and point. Sizes differ where they can, and
  /// earlier ones are larger, so that XᵀX has an inverse where X is no square.
  func entries(of name: String, at point: UInt64) -> [[Residue]] {
    guard let shape = shapes[name] else { return [[.zero]] }
    let seed = name.utf8.reduce(point &+ 17) { Residue.mixed($0 ^ UInt64($1)) }
    let ties = Set(parent.indices.map(root)).sorted()
    func count(_ size: Int) -> Int {
      let size = root(size)
      return size == 0 ? 1 : ties.count - (ties.firstIndex(of: size) ?? 0) + 1
    }
    return (0..<count(shape.rows)).map { i in
      (0..<count(shape.columns)).map { j in
        Residue(arbitrary: seed, UInt64(i), UInt64(j))
      }
    }
  }
}
