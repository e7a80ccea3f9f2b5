import ExamModel

/// A command with what was typed for it.
struct Invocation: Sendable {
  let command: Command
  private(set) var positional: [String] = []
  private var values: [String: [String]] = [:]

  /// Takes the words behind the command's name.
  ///
  /// - Throws: `UsageError` for an unknown option, a missing or surplus argument, a value that is
  ///   not among the choices.
  init(_ command: Command, words: [String]) throws {
    self.command = command
    let options = command.options + Command.Option.common
    var rest = words[...]
    var onlyArguments = false
    while let word = rest.popFirst() {
      if onlyArguments || word == "-" || !word.hasPrefix("-") || Double(word) != nil {
        positional.append(word)
      } else if word == "--" {
        onlyArguments = true
      } else {
        try take(word, from: &rest, options: options)
      }
    }
    guard !isSet("--help") else { return }
    let required = command.arguments.filter { !$0.isOptional }.count
    let given = positional.firstIndex(of: "") ?? positional.count
    if given < required {
      let missing = command.arguments[given]
      throw UsageError("\(command.name) needs \(missing.name): \(missing.help)", command: command)
    }
    if positional.count > command.arguments.count, command.arguments.last?.repeats != true {
      throw UsageError(
        "\(command.name) does not know what to do with \"\(positional[command.arguments.count])\"",
        command: command)
    }
  }

  private mutating func take(
    _ word: String, from rest: inout ArraySlice<String>, options: [Command.Option]
  ) throws {
    let pieces = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let name = String(pieces[0])
    guard let option = options.first(where: { $0.name == name || $0.short == name }) else {
      let near =
        nearestName(to: name, in: options.map(\.name)).map { "; did you mean \($0)?" } ?? ""
      throw UsageError("\(command.name) has no option \(name)\(near)", command: command)
    }
    guard let valueName = option.value else {
      guard pieces.count == 1 else { throw UsageError("\(name) takes no value", command: command) }
      values[option.name, default: []].append("")
      return
    }
    guard let value = pieces.count == 2 ? String(pieces[1]) : rest.popFirst() else {
      throw UsageError("\(name) needs a value: \(name) \(valueName)", command: command)
    }
    guard option.choices.isEmpty || option.choices.contains(value) else {
      throw UsageError(
        "\(name) is one of \(option.choices.joined(separator: ", ")), not \"\(value)\"",
        command: command)
    }
    if option.isName, value.allSatisfy(\.isWhitespace) || value.contains(where: \.isNewline) {
      throw UsageError("\(name) is a name on one line", command: command)
    }
    values[option.name, default: []].append(value)
  }

  func isSet(_ option: String) -> Bool { values[option] != nil }

  /// The last value given.
  func value(_ option: String) -> String? { values[option]?.last }

  func values(_ option: String) -> [String] { values[option] ?? [] }

  /// - Throws: `UsageError` unless the value is a whole number in the range.
  func integer(_ option: String, in range: ClosedRange<Int>) throws -> Int? {
    guard let text = value(option) else { return nil }
    guard let number = Int(text), range.contains(number) else {
      let bounds =
        range.upperBound > Int(Int32.max)
        ? "of \(range.lowerBound) or more" : "from \(range.lowerBound) to \(range.upperBound)"
      throw UsageError(
        "\(option) is a whole number \(bounds), not \"\(text)\"", command: command)
    }
    return number
  }

  func number(_ option: String) throws -> Double? {
    guard let text = value(option) else { return nil }
    guard let number = Double(text), number.isFinite, number >= 0 else {
      throw UsageError("\(option) is a number of 0 or more, not \"\(text)\"", command: command)
    }
    return number
  }

  var wantsJSON: Bool { value("--format") == "json" }
}

/// The command line makes no sense.
struct UsageError: Error, CustomStringConvertible {
  let description: String
  let command: Command?

  init(_ description: String, command: Command? = nil) {
    self.description = description
    self.command = command
  }
}
