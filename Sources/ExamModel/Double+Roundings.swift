extension Double {
  /// The multiples of `unit` that the number rounds to by the usual rules: two where it lies
  /// half-way between them, up to the rounding of double arithmetic, else the same twice.
  package func roundings(to unit: Double) -> (low: Double, high: Double) {
    let scaled = self / unit
    let below = scaled.rounded(.down)
    let rest = scaled - below
    let slack = max(1e-9, scaled.magnitude * 1e-15)
    if (rest - 0.5).magnitude <= slack { return (below * unit, (below + 1) * unit) }
    let nearest = (rest < 0.5 ? below : below + 1) * unit
    return (nearest, nearest)
  }
}
