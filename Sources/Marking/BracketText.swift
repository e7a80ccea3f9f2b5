/// A text with brackets, as lists nest in it.
enum BracketText {
  private static let partners: [Character: Character] = ["]": "[", ")": "(", "}": "{", ">": "<"]
  static let openings: Set<Character> = ["[", "(", "{", "<"]

  /// - Throws: where a bracket has no partner, or lists lie four deep.
  static func check(_ text: String) throws(ReadingError) {
    var open: [Character] = []
    for character in text {
      if openings.contains(character) { open.append(character) }
      if let partner = partners[character], open.popLast() != partner {
        throw ReadingError(reason: "a bracket closes that was not opened")
      }
      guard open.count <= 8 else {
        throw ReadingError(reason: "too many brackets inside one another")
      }
    }
    guard open.isEmpty else { throw ReadingError(reason: "a bracket is never closed") }
  }

  /// What stands in the one pair of brackets round the whole text; nil where there is none.
  static func inside(_ text: some StringProtocol) -> String? {
    guard let first = text.first, openings.contains(first), let last = text.last,
      partners[last] == first, groups(String(text))?.count == 1
    else { return nil }
    return text.dropFirst().dropLast().trimmed()
  }

  /// The contents of brackets that stand side by side with nothing but separators between; nil
  /// where anything else stands outside of brackets.
  static func groups(_ text: String) -> [String]? {
    var groups: [String] = []
    var depth = 0
    var start = text.startIndex
    for index in text.indices {
      let character = text[index]
      if openings.contains(character) {
        if depth == 0 { start = text.index(after: index) }
        depth += 1
      } else if partners[character] != nil {
        depth -= 1
        if depth == 0 { groups.append(text[start..<index].trimmed()) }
      } else if depth == 0, !", ;\n".contains(character) {
        return nil
      }
    }
    return groups.isEmpty ? nil : groups
  }

  /// What stands between the places, outside of brackets, where `isSeparator` holds.
  static func split(_ text: String, at isSeparator: (Character) -> Bool) -> [String] {
    var pieces: [String] = [""]
    var depth = 0
    for character in text {
      if openings.contains(character) { depth += 1 }
      if partners[character] != nil { depth -= 1 }
      if depth == 0, isSeparator(character) {
        pieces.append("")
      } else {
        pieces[pieces.count - 1].append(character)
      }
    }
    return pieces.map { $0.trimmed() }
  }
}
