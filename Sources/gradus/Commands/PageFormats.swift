import ExamModel
import Publishing

/// What `--format` and the options for pages of a kind say.
extension Invocation {
  /// The formats that `--format` names, each once, in any case and with commas or blanks between.
  ///
  /// - Throws: `UsageError` for none, and for one that is not `known`.
  func formatNames(default usual: String, known: [String]) throws -> [String] {
    let words = (value("--format") ?? usual).lowercased()
      .split { $0 == "," || $0.isWhitespace }.map(String.init)
    let all = known.joined(separator: ", ")
    guard !words.isEmpty else {
      throw UsageError("--format names no format; there are \(all)", command: command)
    }
    var names: [String] = []
    for word in words where !names.contains(word) {
      guard known.contains(word) else {
        let near = nearestName(to: word, in: known).map { "did you mean \"\($0)\"? " } ?? ""
        throw UsageError(
          "there is no format \"\(word)\" here; \(near)there are \(all)", command: command)
      }
      names.append(word)
    }
    return names
  }

  /// Says which options change nothing in any of these formats.
  func warnOfIdleOptions(formats names: [String]) {
    for (option, users) in Self.pageOptions
    where isSet(option) && !users.contains(where: names.contains) {
      guard option != "--compiler" || !isSet("--pictures") else { continue }
      console.warn(
        "\(option) changes nothing in \(names.joined(separator: ", ")); it is for "
          + users.joined(separator: ", "))
    }
  }

  /// Which formats each option is for.
  private static let pageOptions: [(option: String, formats: [String])] = [
    ("--answer-sheet", ["html", "pdf", "typst", "latex"]),
    ("--large-print", ["html", "pdf", "typst", "latex"]),
    ("--letter", ["pdf", "typst", "latex"]),
    ("--compiler", ["pdf"]),
    ("--templates", ["html", "markdown", "typst", "latex", "pdf", "google-forms"]),
  ]
}
