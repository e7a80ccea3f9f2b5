/// The places of one destination and the line before them.
struct AttemptLine {
  /// Attempts under way at once: what keeps a quick receiver busy and does not overrun a small one.
  static let places = 32
  /// How long an attempt may stand in line; what is left of the lease under which it was taken has
  /// room for the attempt itself.
  private static let patience = Duration.seconds(10)

  private var underWay = 0
  private var waiting: [Transfer] = []
  /// How many of those have got a place already.
  private var begun = 0

  var isOver: Bool { underWay == 0 }

  /// The transfer, if it may begin; otherwise it stands in line.
  mutating func admit(_ transfer: Transfer) -> Transfer? {
    guard underWay < Self.places else {
      waiting.append(transfer)
      return nil
    }
    underWay += 1
    return transfer
  }

  /// Gives the place of one that has ended to the next in line. Where it did not arrive, nobody is
  /// sent after it: all go back, and so they do where the first has waited for too long.
  mutating func end(
    hasArrived: Bool, at now: ContinuousClock.Instant
  ) -> (next: Transfer?, goBack: [Transfer]) {
    underWay -= 1
    guard begun < waiting.count else { return (nil, takeAll()) }
    guard hasArrived, waiting[begun].age(at: now) < Self.patience else { return (nil, takeAll()) }
    underWay += 1
    defer { advance() }
    return (waiting[begun], [])
  }

  private mutating func advance() {
    begun += 1
    if begun >= 256 || begun == waiting.count {
      waiting.removeFirst(begun)
      begun = 0
    }
  }

  /// Empties the line.
  mutating func takeAll() -> [Transfer] {
    defer { (waiting, begun) = ([], 0) }
    return Array(waiting[begun...])
  }
}
