/// A value in a model of the real functions in which equality can be computed exactly.
///
/// Numbers are residues modulo a prime p = 840r − 1 = 2q + 1, where q and r are prime too. Squares
/// are the model's positive numbers: −1 is none, 2, 3, 5, 7 and 11 are. Then:
///
/// - eˣ is g to the power of x modulo q, for a g of order q, so that e^(a+b) = e^a·e^b;
/// - |x| is x or −x, whichever is a square, and xʸ for a square x has one square as its value, so
///   that √x·√y = √(xy) and √(x²) = |x|;
/// - cos x + i·sin x is w to the power of x modulo r, for a w of order r on the unit circle;
/// - what has no such law is a fixed arbitrary function of its argument.
///
/// A residue therefore carries its value modulo p, and modulo q and r where exponents need it.
struct Residue: Hashable {
  var p: UInt64
  var q: UInt64
  var r: UInt64

  static let zero = Residue(p: 0, q: 0, r: 0)
  static let one = Residue(p: 1, q: 1, r: 1)

  var isZero: Bool { p == 0 }

  init(p: UInt64, q: UInt64, r: UInt64) { (self.p, self.q, self.r) = (p, q, r) }

  init(_ n: Int) {
    func part(_ modulus: Modulus) -> UInt64 {
      let rest = UInt64(n.magnitude) % modulus.value
      return n < 0 && rest > 0 ? modulus.value - rest : rest
    }
    self.init(p: part(Self.p), q: part(Self.q), r: part(Self.r))
  }

  /// Any value, the same for the same words.
  init(arbitrary words: UInt64...) {
    var state: UInt64 = 0x6A09_E667_F3BC_C908
    func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      return Self.mixed(state)
    }
    for word in words { state = Self.mixed(state ^ word) }
    self.init(p: next() % Self.p.value, q: next() % Self.q.value, r: next() % Self.r.value)
  }

  static func mixed(_ word: UInt64) -> UInt64 {
    var z = word
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

// MARK: Arithmetic

extension Residue {
  /// A modulus of n bits, with ⌊2^(n+63)/m⌋ for Barrett's reduction.
  struct Modulus {
    let value: UInt64
    let shift: UInt64
    let reciprocal: UInt64
  }

  static var p: Modulus {
    Modulus(
      value: 2_305_843_009_210_600_439, shift: 60, reciprocal: 9_223_372_036_867_149_860)
  }
  static var q: Modulus {
    Modulus(
      value: 1_152_921_504_605_300_219, shift: 59, reciprocal: 9_223_372_036_867_149_864)
  }
  static var r: Modulus {
    Modulus(value: 2_745_051_201_441_191, shift: 51, reciprocal: 15_132_094_747_985_167_732)
  }

  /// The quotient is estimated from its leading digits and at most 2 too small.
  static func product(_ a: UInt64, _ b: UInt64, _ modulus: Modulus) -> UInt64 {
    let (high, low) = a.multipliedFullWidth(by: b)
    let leading = high << (64 - modulus.shift) | low >> modulus.shift
    let quotient = leading.multipliedFullWidth(by: modulus.reciprocal).high
    var rest = low &- quotient &* modulus.value
    while rest >= modulus.value { rest -= modulus.value }
    return rest
  }

  static func sum(_ a: UInt64, _ b: UInt64, _ modulus: Modulus) -> UInt64 {
    let sum = a + b
    return sum >= modulus.value ? sum - modulus.value : sum
  }

  static func power(_ x: UInt64, _ exponent: UInt64, _ modulus: Modulus) -> UInt64 {
    var (result, square, rest): (UInt64, UInt64, UInt64) = (1, x, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result = product(result, square, modulus) }
      rest >>= 1
      if rest > 0 { square = product(square, square, modulus) }
    }
    return result
  }

  /// The inverse of what is not 0, by Euclid's algorithm.
  static func inverse(_ x: UInt64, _ modulus: Modulus) -> UInt64 {
    var (a, b) = (x, modulus.value)
    var (s, t): (Int64, Int64) = (1, 0)
    while b != 0 {
      let quotient = a / b
      (a, b) = (b, a - quotient * b)
      (s, t) = (t, s &- Int64(bitPattern: quotient) &* t)
    }
    return s < 0 ? modulus.value - UInt64(s.magnitude) : UInt64(s)
  }

  static func + (a: Self, b: Self) -> Self {
    Self(p: sum(a.p, b.p, p), q: sum(a.q, b.q, q), r: sum(a.r, b.r, r))
  }

  static prefix func - (a: Self) -> Self {
    Self(
      p: a.p == 0 ? 0 : p.value - a.p, q: a.q == 0 ? 0 : q.value - a.q,
      r: a.r == 0 ? 0 : r.value - a.r)
  }

  static func - (a: Self, b: Self) -> Self { a + -b }

  static func * (a: Self, b: Self) -> Self {
    Self(p: product(a.p, b.p, p), q: product(a.q, b.q, q), r: product(a.r, b.r, r))
  }

  /// Nil where a part is 0: for 0 itself, and for one number in 10¹⁵ by chance.
  var inverse: Self? {
    guard p != 0, q != 0, r != 0 else { return nil }
    return Self(
      p: Self.inverse(p, Self.p), q: Self.inverse(q, Self.q), r: Self.inverse(r, Self.r))
  }

  func raised(to n: Int) -> Self? {
    if n < 0 { return raised(to: -n)?.inverse }
    if n < 8 { return (0..<n).reduce(.one) { power, _ in power * self } }
    let n = UInt64(n)
    return Self(
      p: Self.power(p, n, Self.p), q: Self.power(q, n, Self.q), r: Self.power(r, n, Self.r))
  }
}

// MARK: Functions

extension Residue {
  /// Whether it stands for a positive number.
  var isSquare: Bool { Self.jacobi(p, Self.p.value) == 1 }

  /// 1 for a square, −1 for none, by quadratic reciprocity.
  private static func jacobi(_ x: UInt64, _ prime: UInt64) -> Int {
    var (a, n, sign) = (x, prime, 1)
    while a != 0 {
      let twos = a.trailingZeroBitCount
      a >>= UInt64(twos)
      if twos & 1 == 1, n & 7 == 3 || n & 7 == 5 { sign = -sign }
      if a & 3 == 3, n & 3 == 3 { sign = -sign }
      (a, n) = (n % a, a)
    }
    return n == 1 ? sign : 0
  }

  /// The power of a square; what is no square has none unless its power is whole.
  func raised(to exponent: Self) -> Self? {
    guard isSquare else { return nil }
    let other = Self(arbitrary: 1, p, exponent.p)
    return Self(p: Self.power(p, exponent.q, Self.p), q: other.q, r: other.r)
  }

  /// The number e is one of order q; its powers are the products of sixteen out of a table.
  private static let powersOfE: [UInt64] = {
    let g = product(0x1B_5D2F_4A91_C6E3, 0x1B_5D2F_4A91_C6E3, p)
    var table: [UInt64] = []
    var step = g
    for _ in 0..<16 {
      var power: UInt64 = 1
      for _ in 0..<16 {
        table.append(power)
        power = product(power, step, p)
      }
      step = power
    }
    return table
  }()

  var exponential: Self {
    if self == .zero { return .one }
    let table = Self.powersOfE
    var (result, rest, row): (UInt64, UInt64, Int) = (1, q, 0)
    while rest > 0 {
      let digit = Int(rest & 15)
      if digit > 0 { result = Self.product(result, table[row + digit], Self.p) }
      rest >>= 4
      row += 16
    }
    let other = Self(arbitrary: 2, p)
    return Self(p: result, q: other.q, r: other.r)
  }

  var logarithm: Self { self == .one ? .zero : Self(arbitrary: 3, p) }

  var sineAndCosine: (sine: Self, cosine: Self) {
    if self == .zero { return (.zero, .one) }
    var (result, square) = ((UInt64(1), UInt64(0)), Self.unit)
    var rest = r
    while rest > 0 {
      if rest & 1 == 1 { result = Self.turned(result, square) }
      square = Self.turned(square, square)
      rest >>= 1
    }
    let other = (Self(arbitrary: 4, p), Self(arbitrary: 5, p))
    return (
      Self(p: result.1, q: other.0.q, r: other.0.r), Self(p: result.0, q: other.1.q, r: other.1.r)
    )
  }

  /// The product of two complex numbers modulo p.
  private static func turned(
    _ a: (UInt64, UInt64), _ b: (UInt64, UInt64)
  ) -> (UInt64, UInt64) {
    (
      sum(product(a.0, b.0, p), p.value - product(a.1, b.1, p), p),
      sum(product(a.0, b.1, p), product(a.1, b.0, p), p)
    )
  }

  /// ((2 + i)/(2 − i))⁸⁴⁰, whose order is r.
  private static let unit: (UInt64, UInt64) = {
    let fifth = inverse(5, p)
    let first = (product(3, fifth, p), product(4, fifth, p))
    return (0..<839).reduce(first) { power, _ in turned(power, first) }
  }()

  static let pi = Self(arbitrary: 6)
}
