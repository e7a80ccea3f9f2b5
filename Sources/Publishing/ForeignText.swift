import ExamModel
import Typesetting

/// Words of somebody else among ours.
extension String {
  /// Whether there is anything to see.
  var isSeen: Bool { unicodeScalars.contains { !$0.isBlank && !$0.isControl } }

  /// The words so that those around them stay as they are: in one line, what would turn the
  /// writing's direction or cannot be seen as its number, and cut after 300 characters; empty where
  /// there is nothing to see.
  var tamed: String {
    guard isSeen else { return "" }
    let limit = 300
    var (tame, count) = ("", 0)
    for scalar in unicodeScalars {
      count += 1
      guard count <= limit else { continue }
      if scalar.properties.isWhitespace {
        tame += " "
      } else if scalar.isControl {
        tame += "[U+\(scalar.number)]"
      } else {
        tame.unicodeScalars.append(scalar)
      }
    }
    return count > limit ? "\(tame)… (\(count) characters)" : tame
  }

  /// The words cut where a line may end within those that are as long as one.
  var breakable: [String] {
    var pieces = [""]
    var run = 0
    for letter in self {
      if run == 24, letter != " " {
        pieces.append("")
        run = 0
      }
      run = letter == " " ? 0 : run + 1
      pieces[pieces.count - 1].append(letter)
    }
    return pieces
  }
}

extension Unicode.Scalar {
  /// Whether it shows nothing and is no space; joiners belong to what they join.
  fileprivate var isControl: Bool {
    switch self {
    case "\u{200C}", "\u{200D}": false
    default: [.control, .format].contains(properties.generalCategory)
    }
  }

  /// The number as Unicode writes it: `202E`.
  fileprivate var number: String {
    let digits = String(value, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}

extension Markup {
  /// Words in which lines may end where compilers would find no place.
  func breakable(_ text: String) -> TemplateValue {
    switch self {
    case .typst: .text(text.breakable.joined(separator: "\u{200B}"))
    case .latex: .markup(text.breakable.map(escapedLaTeX).joined(separator: "\\allowbreak{}"))
    case .html, .markdown, .none: .text(text)
    }
  }

  /// What somebody typed, told from our own words.
  func typed(_ text: String) -> TemplateValue {
    self == .markdown ? .markup(Prose(pieces: [.code(text)]).markdown()) : breakable(text)
  }
}
