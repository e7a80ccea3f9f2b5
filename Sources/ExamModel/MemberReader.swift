/// Reads an object member by member, and tells a typing error by its place and the allowed names.
package struct MemberReader {
  private let members: [LocatedJSON.Member]
  private let file: String
  private let noun: String
  private let place: LocatedJSON
  private var asked: [String] = []

  /// - Parameter noun: what the object is, for errors: `a section`.
  package init(_ value: LocatedJSON, file: String, noun: String) throws(SourceError) {
    guard case .object(let members) = value.content else {
      throw SourceError(
        file: file, line: value.line, column: value.column,
        "\(noun) is an object in braces, not \(value.noun)")
    }
    self.members = members
    self.file = file
    self.noun = noun
    place = value
  }

  /// The member's value, or nil; either way the name is now an allowed one.
  package mutating func optional(_ key: String) -> LocatedJSON? {
    asked.append(key)
    return members.first { $0.key == key }?.value
  }

  package mutating func required(_ key: String) throws(SourceError) -> LocatedJSON {
    let mistyped = members.first {
      !asked.contains($0.key) && nearestName(to: $0.key, in: [key]) != nil
    }
    guard let value = optional(key) else {
      if let mistyped {
        throw SourceError(
          file: file, line: mistyped.line, column: mistyped.column,
          "unknown key \"\(mistyped.key)\" in \(noun); did you mean \"\(key)\"?")
      }
      throw SourceError(
        file: file, line: place.line, column: place.column, "\(noun) needs a \"\(key)\"")
    }
    return value
  }

  package mutating func string(_ key: String) throws(SourceError) -> String {
    try text(of: try required(key), key)
  }

  package mutating func optionalString(_ key: String) throws(SourceError) -> String? {
    guard let value = optional(key) else { return nil }
    return try text(of: value, key)
  }

  package mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int>
  ) throws(SourceError) -> Int? {
    guard let value = optional(key) else { return nil }
    guard case .number(let x) = value.content, let n = Int(exactly: x), range.contains(n) else {
      throw error(
        at: value,
        "\"\(key)\" is a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return n
  }

  package mutating func optionalNumber(
    _ key: String, in range: ClosedRange<Double>
  ) throws(SourceError) -> Double? {
    guard let value = optional(key) else { return nil }
    guard case .number(let x) = value.content, range.contains(x) else {
      let (low, high) = (JSON.number(range.lowerBound).text, JSON.number(range.upperBound).text)
      throw error(at: value, "\"\(key)\" is a number from \(low) to \(high)")
    }
    return x
  }

  package mutating func list(_ key: String) throws(SourceError) -> [LocatedJSON] {
    let value = try required(key)
    guard case .array(let items) = value.content, !items.isEmpty else {
      throw error(at: value, "\"\(key)\" is a list in brackets with at least one entry")
    }
    return items
  }

  /// One of a fixed set of words.
  package mutating func optionalWord<Word: RawRepresentable & CaseIterable>(
    _ key: String, _ type: Word.Type
  ) throws(SourceError) -> Word? where Word.RawValue == String {
    guard let value = optional(key) else { return nil }
    let words = Word.allCases.map(\.rawValue)
    guard case .string(let text) = value.content, let word = Word(rawValue: text) else {
      throw error(at: value, "\"\(key)\" is one of \(words.joined(separator: ", "))")
    }
    return word
  }

  /// Refuses whatever was not asked for.
  package func finish() throws(SourceError) {
    guard let stranger = members.first(where: { !asked.contains($0.key) }) else { return }
    let near = nearestName(to: stranger.key, in: asked).map { "did you mean \"\($0)\"? " } ?? ""
    throw SourceError(
      file: file, line: stranger.line, column: stranger.column,
      "unknown key \"\(stranger.key)\" in \(noun); \(near)allowed here: "
        + asked.joined(separator: ", "))
  }

  package func error(at value: LocatedJSON, _ message: String) -> SourceError {
    SourceError(file: file, line: value.line, column: value.column, message)
  }

  private func text(of value: LocatedJSON, _ key: String) throws(SourceError) -> String {
    guard case .string(let text) = value.content, !text.isEmpty else {
      throw error(at: value, "\"\(key)\" is a text in quotes, not \(value.noun)")
    }
    return text
  }
}
