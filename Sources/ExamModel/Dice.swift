/// Chance that is ours: the same seed gives the same throws under every compiler.
///
/// The generator is SplitMix64 (Steele, Lea, Flood 2014). The standard library may change how it
/// draws integers and shuffles between releases, so nothing here goes through it.
package struct Dice: Sendable, Hashable {
  private var state: UInt64

  package init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  package mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A whole number from 0 up to, not including, `bound`, each equally likely (Lemire's method).
  package mutating func below(_ bound: Int) -> Int {
    precondition(bound > 0, "a die needs at least one face")
    let width = UInt64(bound)
    var product = next().multipliedFullWidth(by: width)
    while product.low < (0 &- width) % width { product = next().multipliedFullWidth(by: width) }
    return Int(product.high)
  }

  /// A whole number in `range`, each equally likely.
  package mutating func integer(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + below(range.count)
  }

  /// One of `choices`, each equally likely.
  package mutating func pick<T>(_ choices: [T]) -> T { choices[below(choices.count)] }

  /// True once in `n` throws.
  package mutating func oneIn(_ n: Int) -> Bool { below(n) == 0 }

  /// `choices` in a random order.
  package mutating func shuffled<T>(_ choices: [T]) -> [T] {
    shuffled(0..<choices.count).map { choices[$0] }
  }

  /// `count` different members of `choices`, in random order.
  package mutating func draw<T>(_ count: Int, from choices: [T]) -> [T] {
    shuffled(0..<choices.count).prefix(count).map { choices[$0] }
  }

  /// `count` different numbers of a range, in random order.
  package mutating func draw(_ count: Int, from range: ClosedRange<Int>) -> [Int] {
    var numbers = shuffled(range.lowerBound..<range.upperBound + 1)
    numbers.removeLast(max(0, numbers.count - count))
    return numbers
  }

  /// The numbers of a range in a random order (Fisher–Yates from the end).
  private mutating func shuffled(_ range: Range<Int>) -> [Int] {
    var numbers = Array(range)
    for last in stride(from: numbers.count - 1, to: 0, by: -1) {
      numbers.swapAt(last, below(last + 1))
    }
    return numbers
  }
}
