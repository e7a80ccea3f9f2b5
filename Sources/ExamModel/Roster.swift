/// The people who sit a test, each once.
package struct Roster: Sendable {
  package let candidates: [Candidate]
  /// Where on the list the ids and addresses stand: a hash table with open addressing. A filled slot
  /// has a place plus one in its lower bits and a part of the hash above them; the texts themselves
  /// are on the list already.
  private var slots: [UInt32]
  /// The lower bits of a slot.
  private let placeMask: UInt32
  /// Ids and addresses that are not all ASCII, folded.
  private var foreign: [String: Int] = [:]

  /// - Throws: `SourceError` where two people share an id or an e-mail address.
  package init(_ candidates: [Candidate], file: String) throws(SourceError) {
    self.candidates = candidates
    // Two names each, and a quarter of the slots stays free.
    var size = 16
    while size * 3 < candidates.count * 8 { size *= 2 }
    slots = Array(repeating: 0, count: size)
    placeMask = ~0 >> UInt32(candidates.count).leadingZeroBitCount
    for (place, candidate) in candidates.enumerated() {
      for name in [candidate.id.rawValue, candidate.email] {
        if let other = enter(name, at: place) {
          throw SourceError(
            file: file, line: place + 2,
            "\"\(Self.folded(name))\" stands already in line \(other + 2); ids and e-mail addresses "
              + "are unique")
        }
      }
    }
  }

  /// Whose name it is already, where that is somebody else.
  private mutating func enter(_ name: String, at place: Int) -> Int? {
    if let known = self.place(of: name.utf8.span) { return known == place ? nil : known }
    guard let hash = Self.hash(name.utf8.span) else {
      let folded = Self.folded(name)
      if !folded.isEmpty { foreign[folded] = place }
      return nil
    }
    guard !name.utf8.span.trimmedIndices.isEmpty else { return nil }
    if case .free(let slot) = find(name.utf8.span, hash) {
      slots[slot] = mark(of: hash) | UInt32(place + 1)
    }
    return nil
  }

  /// The candidate whose id or e-mail address was typed, whatever its case and outer spaces.
  package func candidate(named typed: String) -> Candidate? {
    place(of: typed.utf8.span).map { candidates[$0] }
  }

  /// Where on the list the candidate stands whose id or e-mail address was typed.
  ///
  /// - Parameter typed: UTF-8.
  package func place(of typed: Span<UInt8>) -> Int? {
    guard let hash = Self.hash(typed) else {
      let folded = Self.folded(String(bytes: typed))
      return Self.hash(folded.utf8.span) == nil ? foreign[folded] : place(of: folded.utf8.span)
    }
    if case .found(let place) = find(typed, hash) { return place }
    return foreign.isEmpty ? nil : foreign[Self.folded(String(bytes: typed))]
  }

  // MARK: The table

  private enum Search {
    case found(Int)
    case free(slot: Int)
  }

  private func find(_ name: Span<UInt8>, _ hash: UInt64) -> Search {
    let mark = mark(of: hash)
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot] != 0 {
      if slots[slot] & ~placeMask == mark {
        let place = Int(slots[slot] & placeMask) - 1
        let candidate = candidates[place]
        if Self.areSame(name, candidate.email.utf8.span)
          || Self.areSame(name, candidate.id.rawValue.utf8.span)
        {
          return .found(place)
        }
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return .free(slot: slot)
  }

  /// The part of a hash that a slot keeps.
  private func mark(of hash: UInt64) -> UInt32 {
    UInt32(truncatingIfNeeded: hash >> 32) & ~placeMask
  }

  /// FNV-1a of the folded text; nil where a letter is not ASCII.
  private static func hash(_ name: Span<UInt8>) -> UInt64? {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for index in name.trimmedIndices {
      guard name[index] < 0x80 else { return nil }
      hash = (hash ^ UInt64(name[index].small)) &* 0x100_0000_01B3
    }
    return hash ^ hash >> 32
  }

  private static func areSame(_ name: Span<UInt8>, _ other: Span<UInt8>) -> Bool {
    let (range, otherRange) = (name.trimmedIndices, other.trimmedIndices)
    guard range.count == otherRange.count else { return false }
    let shift = otherRange.lowerBound - range.lowerBound
    for index in range where name[index].small != other[index + shift].small { return false }
    return true
  }

  /// Small letters, without blanks at the ends.
  package static func folded(_ typed: String) -> String {
    var scalars = typed.unicodeScalars[...]
    while let last = scalars.last, last.isBlank { scalars.removeLast() }
    while let first = scalars.first, first.isBlank { scalars.removeFirst() }
    return String(scalars).lowercased()
  }
}
