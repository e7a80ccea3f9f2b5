/// Manual pages for man(1), made from the declarations as `--help` is.
enum Manual {
  /// `gradus-webhook-add`, the page of `gradus webhook add`.
  static func name(of command: Command) -> String {
    "gradus-" + command.name.split(separator: " ").joined(separator: "-")
  }

  static func overview(_ groups: [CommandGroup]) -> String {
    var page = Page(
      name: "gradus", summary: "make mock tests for machine-learning exams and grade them")
    page.section("SYNOPSIS")
    page.line(".B gradus")
    page.line(".I COMMAND")
    page.text("[OPTIONS]")
    page.section("DESCRIPTION")
    page.text(
      "Every candidate gets a paper of their own, made from one small blueprint. Keys, solutions and "
        + "likely mistakes are computed. Exports of online forms are graded into SQLite or PostgreSQL, "
        + "and webhooks tell whoever waits. Begin with \"gradus new my-test\"; every command says what "
        + "to do next.")
    for group in groups {
      page.section("COMMANDS: \(group.title)")
      for command in group.commands {
        page.item(bold: "gradus \(command.name)")
        page.text("\(command.summary). See \(name(of: command))(1).")
      }
    }
    page.section("ENVIRONMENT")
    for setting in Setting.allCases {
      page.item(bold: setting.rawValue)
      page.text("\(setting.help) Default: \(setting.fallback).")
    }
    page.exitStatus()
    page.section("FILES")
    for file in Self.files {
      page.item(bold: file.name)
      page.text(file.says)
    }
    page.section("SEE ALSO")
    page.text(groups.flatMap(\.commands).map { "\(name(of: $0))(1)" }.joined(separator: ", "))
    return page.text
  }

  static func page(for command: Command) -> String {
    var page = Page(name: name(of: command), summary: command.summary.lowercasedAtStart)
    page.section("SYNOPSIS")
    page.text("gradus \(Help.usage(of: command))")
    if !command.discussion.isEmpty {
      page.section("DESCRIPTION")
      page.text(command.discussion)
    }
    if !command.arguments.isEmpty {
      page.section("ARGUMENTS")
      for argument in command.arguments {
        page.item(bold: argument.name)
        page.text(argument.help)
      }
    }
    page.section("OPTIONS")
    for option in command.options + Command.Option.common {
      page.item(bold: Help.label(option))
      page.text(option.help)
    }
    if !command.examples.isEmpty {
      page.section("EXAMPLES")
      for example in command.examples {
        page.item(bold: example.line)
        page.text(example.says)
      }
    }
    page.exitStatus()
    page.section("SEE ALSO")
    page.text("gradus(1)")
    return page.text
  }

  private static let files: [(name: String, says: String)] = [
    ("blueprint.json5", "What the test asks, in the workspace."),
    ("roster.csv", "Who sits it."),
    (
      "secret", "What papers and keys are computed from; keep a copy where nobody else can read it."
    ),
    ("manifest.json", "What the papers were made of; grading with anything else is refused."),
    ("gradus.sqlite", "The store, unless GRADUS_STORE or --store names another."),
  ]
}

/// A page of man(7) in the making.
private struct Page {
  private(set) var text: String

  init(name: String, summary: String) {
    text = ".TH \(Self.escaped(name.uppercased())) 1 \"\" \"gradus \(Gradus.version)\" \"Gradus\"\n"
    section("NAME")
    self.text("\(name) - \(summary)", keepingDash: true)
  }

  mutating func line(_ line: String) { text += line + "\n" }

  mutating func section(_ title: String) { line(".SH \"\(title.uppercased())\"") }

  mutating func item(bold words: String) {
    line(".TP")
    line("\\fB\(Self.escaped(words))\\fR")
  }

  /// Paragraphs, separated by empty lines.
  mutating func text(_ words: String, keepingDash: Bool = false) {
    for (index, line) in words.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.isEmpty {
        if index > 0 { self.line(".PP") }
      } else {
        let escaped = Self.escaped(String(line))
        // man(7) wants the dash between a page's name and what it is about bare.
        self.line(keepingDash ? escaped.replacing(" \\- ", with: " - ") : escaped)
      }
    }
  }

  mutating func exitStatus() {
    section("EXIT STATUS")
    for code in ExitCode.allCases {
      item(bold: "\(code.rawValue)")
      text(code.meaning)
    }
  }

  /// Nothing in the words is taken for a request or an escape, and every dash can be copied.
  private static func escaped(_ words: String) -> String {
    var result = ""
    for character in words {
      switch character {
      case "\\": result += "\\e"
      case "-": result += "\\-"
      case "'": result += "\\(aq"
      case "~": result += "\\(ti"
      case "^": result += "\\(ha"
      case "`": result += "\\(ga"
      default: result.append(character)
      }
    }
    return result.hasPrefix(".") ? "\\&" + result : result
  }
}

extension String {
  fileprivate var lowercasedAtStart: String {
    // An abbreviation at the start stays one.
    guard let first, dropFirst().first?.isUppercase != true else { return self }
    return first.lowercased() + dropFirst()
  }

  fileprivate func replacing(_ words: String, with others: String) -> String {
    guard let range = firstRange(of: words) else { return self }
    return self[..<range.lowerBound] + others + self[range.upperBound...]
  }
}
