extension Tape {
  /// A grid of terms with a shape, recorded as scalar operations.
  ///
  /// Gradients, exact fractions and expressions of its entries therefore come as for scalars. Meant
  /// for the small tensors of an exam: an entry costs a node for each of its operations.
  package struct Tensor {
    /// Sizes of the axes.
    package let shape: [Int]
    /// The entries, row by row.
    package let terms: [Term]

    package init(shape: [Int], _ terms: [Term]) {
      precondition(
        shape.reduce(1, *) == terms.count, "a tensor of shape \(shape) has \(terms.count) terms")
      self.shape = shape
      self.terms = terms
    }

    package subscript(place: Int...) -> Term { terms[offset(place)] }

    private func offset(_ place: [Int]) -> Int {
      precondition(place.count == shape.count, "\(place) is no place in a tensor of shape \(shape)")
      return zip(place, shape).reduce(0) { sum, step in
        precondition((0..<step.1).contains(step.0), "\(place) lies outside of shape \(shape)")
        return sum * step.1 + step.0
      }
    }
  }
}

extension Tape.Recording {
  /// Inputs `W[0,0]`, `W[0,1]`, … whose values a run takes row by row.
  package func input(_ name: String, shape: [Int]) -> Tape.Tensor {
    let places = Tape.Tensor.places(of: shape)
    return Tape.Tensor(
      shape: shape,
      places.map { place in input("\(name)[\(place.map(String.init).joined(separator: ","))]") })
  }

  /// Names every entry: `P[0,0]`, `P[0,1]`, ….
  package func name(_ name: String, _ tensor: Tape.Tensor) {
    for (place, term) in zip(Tape.Tensor.places(of: tensor.shape), tensor.terms) {
      self.name("\(name)[\(place.map(String.init).joined(separator: ","))]", term)
    }
  }
}

extension Tape {
  /// The nodes that were recorded as the entries of a named tensor, row by row.
  package func nodes(_ name: String, shape: [Int]) -> [Node] {
    Tensor.places(of: shape).map { place in
      self["\(name)[\(place.map(String.init).joined(separator: ","))]"]
    }
  }
}

extension Tape.Tensor {
  /// Every place of a shape, row by row.
  static func places(of shape: [Int]) -> [[Int]] {
    shape.reduce([[]]) { places, size in
      places.flatMap { place in (0..<size).map { place + [$0] } }
    }
  }

  /// Each entry changed by a function of one term, such as `exp`.
  package func map(_ change: (Term) -> Term) -> Self { Self(shape: shape, terms.map(change)) }

  /// Entry by entry, with axes of size 1 stretched as NumPy does.
  package func combined(
    with other: Self, _ operation: (Term, Term) -> Term
  ) -> Self {
    let rank = Swift.max(shape.count, other.shape.count)
    func padded(_ s: [Int]) -> [Int] { Array(repeating: 1, count: rank - s.count) + s }
    let (a, b) = (padded(shape), padded(other.shape))
    precondition(
      zip(a, b).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 },
      "shapes \(shape) and \(other.shape) do not broadcast")
    let joined = zip(a, b).map { Swift.max($0, $1) }
    func offset(_ place: [Int], in s: [Int]) -> Int {
      zip(place, s).reduce(0) { $0 * $1.1 + ($1.1 == 1 ? 0 : $1.0) }
    }
    return Self(
      shape: joined,
      Self.places(of: joined).map { place in
        operation(terms[offset(place, in: a)], other.terms[offset(place, in: b)])
      })
  }

  package static func + (a: Self, b: Self) -> Self { a.combined(with: b) { $0 + $1 } }
  package static func - (a: Self, b: Self) -> Self { a.combined(with: b) { $0 - $1 } }
  package static func * (a: Self, b: Self) -> Self { a.combined(with: b) { $0 * $1 } }
  package static func / (a: Self, b: Self) -> Self { a.combined(with: b) { $0 / $1 } }
  package static func * (a: Self, b: Double) -> Self { a.map { $0 * b } }

  /// The matrix product (m × n)(n × q) → (m × q).
  package func times(_ other: Self) -> Self {
    precondition(
      shape.count == 2 && other.shape.count == 2 && shape[1] == other.shape[0],
      "shapes \(shape) and \(other.shape) have no matrix product")
    let (m, n, q) = (shape[0], shape[1], other.shape[1])
    return Self(
      shape: [m, q],
      (0..<m).flatMap { i in
        (0..<q).map { j in
          (1..<n).reduce(terms[i * n] * other.terms[j]) {
            $0 + terms[i * n + $1] * other.terms[$1 * q + j]
          }
        }
      })
  }

  /// A matrix with rows and columns exchanged.
  package var transposed: Self {
    precondition(shape.count == 2, "only matrices are transposed, not shape \(shape)")
    let (m, n) = (shape[0], shape[1])
    return Self(shape: [n, m], (0..<n).flatMap { j in (0..<m).map { terms[$0 * n + j] } })
  }

  /// The same entries row by row in another shape.
  package func reshaped(_ shape: [Int]) -> Self { Self(shape: shape, terms) }

  /// Sums along an axis, which is left with size 1.
  package func sum(axis: Int) -> Self { reduced(axis) { a, b in a + b } }

  /// Means along an axis, which is left with size 1.
  package func mean(axis: Int) -> Self { sum(axis: axis) * (1 / Double(shape[axis])) }

  /// Largest entries along an axis, which is left with size 1; the slope goes to the first of equals.
  package func max(axis: Int) -> Self { reduced(axis) { a, b in a + relu(b - a) } }

  private func reduced(_ axis: Int, _ join: (Term, Term) -> Term) -> Self {
    precondition(shape.indices.contains(axis), "shape \(shape) has no axis \(axis)")
    var kept = shape
    kept[axis] = 1
    return Self(
      shape: kept,
      Self.places(of: kept).map { place in
        let along = (0..<shape[axis]).map { index in
          var place = place
          place[axis] = index
          return terms[zip(place, shape).reduce(0) { $0 * $1.1 + $1.0 }]
        }
        return along.dropFirst().reduce(along[0], join)
      })
  }

  /// exp(z) over its sum along an axis, shifted by the maximum so that nothing overflows.
  ///
  /// Softmax is the same for every shift, so the shift adds nothing to its gradient.
  package func softmax(axis: Int) -> Self {
    let e = (self - max(axis: axis)).map { exp($0) }
    return e / e.sum(axis: axis)
  }

  /// log Σ exp(z) along an axis, which is left with size 1: m + log Σ exp(z − m).
  package func logSumExp(axis: Int) -> Self {
    let m = max(axis: axis)
    return m + (self - m).map { exp($0) }.sum(axis: axis).map { log($0) }
  }

  /// Softmax over the entries that a mask keeps; the others have weight 0 and no gradient.
  package func softmax(axis: Int, keeping mask: [Bool]) -> Self {
    precondition(mask.count == terms.count, "the mask has \(mask.count) of \(terms.count) entries")
    let e = zip(terms, mask).map { $1 ? exp($0) : exp($0) * 0 }
    let kept = Self(shape: shape, e)
    return kept / kept.sum(axis: axis)
  }
}
