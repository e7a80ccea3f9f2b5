/// The text of `--help`, made from the declarations.
enum Help {
  static func page(for command: Command) -> String {
    var lines = ["\(command.summary)", "", "USAGE", "  gradus \(usage(of: command))"]
    if !command.discussion.isEmpty { lines += ["", wrapped(command.discussion)] }
    if !command.arguments.isEmpty {
      lines += ["", "ARGUMENTS"] + columns(command.arguments.map { ($0.name, $0.help) })
    }
    let options = command.options + Command.Option.common
    lines += ["", "OPTIONS"] + columns(options.map { (label($0), $0.help) })
    if !command.examples.isEmpty {
      lines += ["", command.examples.count == 1 ? "EXAMPLE" : "EXAMPLES"]
      for example in command.examples { lines += ["  \(example.line)", "      \(example.says)"] }
    }
    return lines.joined(separator: "\n")
  }

  static func overview(_ groups: [CommandGroup]) -> String {
    var lines = [
      "Makes mock tests for machine-learning exams and grades them.", "", "USAGE",
      "  gradus COMMAND [OPTIONS]",
    ]
    for group in groups {
      lines += ["", group.title.uppercased()]
      lines += columns(group.commands.map { ($0.name, $0.summary) })
    }
    lines += [
      "", "\"gradus COMMAND --help\" says more, with an example. First steps:",
      "  gradus new my-test && cd my-test && gradus generate",
    ]
    return lines.joined(separator: "\n")
  }

  /// Commands that share their first word.
  static func list(of commands: [Command]) -> String {
    (["USAGE"] + columns(commands.map { ("gradus \($0.name)", $0.summary) })
      + ["", "\"--help\" behind any of them says more, with an example."])
      .joined(separator: "\n")
  }

  static func usage(of command: Command) -> String {
    let arguments = command.arguments.map { argument in
      let name = argument.repeats ? argument.name + "…" : argument.name
      return argument.isOptional ? "[\(name)]" : name
    }
    return ([command.name] + arguments + ["[OPTIONS]"]).joined(separator: " ")
  }

  static func label(_ option: Command.Option) -> String {
    let names = [option.short, option.name].compactMap { $0 }.joined(separator: ", ")
    return option.value.map { "\(names) \($0)" } ?? names
  }

  /// Two columns, the right one wrapped.
  private static func columns(_ rows: [(String, String)]) -> [String] {
    let width = min(28, rows.map(\.0.count).max() ?? 0)
    return rows.flatMap { left, right in
      let lines = wrapped(right, width: 78 - width - 4).split(separator: "\n").map(String.init)
      let indent = String(repeating: " ", count: width + 4)
      guard left.count <= width else { return ["  " + left] + lines.map { indent + $0 } }
      let first = "  " + left + String(repeating: " ", count: width - left.count + 2)
      return [first + (lines.first ?? "")] + lines.dropFirst().map { indent + $0 }
    }
  }

  static func wrapped(_ text: String, width: Int = 78) -> String {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty, line.count + word.count + 1 > width {
          lines.append(line)
          line = ""
        }
        line += line.isEmpty ? String(word) : " " + word
      }
      lines.append(line)
    }
    return lines.joined(separator: "\n")
  }
}

/// Commands that belong together in the overview.
struct CommandGroup: Sendable {
  let title: String
  let commands: [Command]
}
