import ExamModel
import QuestionBank

/// Scripts that complete a half-typed line in bash, zsh or fish, made from the declarations.
struct Completions {
  enum Shell: String, CaseIterable { case bash, zsh, fish }

  let groups: [CommandGroup]

  func script(for shell: Shell) -> String {
    switch shell {
    case .bash: bash
    case .zsh: zsh
    case .fish: fish
    }
  }

  private var commands: [Command] { groups.flatMap(\.commands) }

  /// The first words of all commands, each once.
  private var firstWords: [String] {
    commands.map { String($0.name.split(separator: " ")[0]) }.reduce(into: []) { words, word in
      if !words.contains(word) { words.append(word) }
    }
  }

  /// The second words behind one.
  private func secondWords(behind first: String) -> [String] {
    commands.filter { $0.name.hasPrefix(first + " ") }.map {
      String($0.name.dropFirst(first.count + 1))
    }
  }

  private func options(of command: Command) -> [Command.Option] {
    command.options + Command.Option.common
  }

  /// What may stand behind an option or for an argument.
  private enum Values {
    case words([String])
    case files, folders, anything
  }

  private func values(called name: String, choices: [String] = []) -> Values {
    if !choices.isEmpty { return .words(choices) }
    switch name {
    case "FAMILY": return .words(Catalogue.families.map { $0.id.rawValue })
    case "TOPIC": return .words(Catalogue.topics)
    case "SHELL": return .words(Shell.allCases.map(\.rawValue))
    case "DIR", "INBOX": return .folders
    case "FILE", "BLUEPRINT", "PROOF": return .files
    default: return .anything
    }
  }

  // MARK: bash

  private var bash: String {
    let cases = commands.map { command -> String in
      let options = options(of: command)
      var behind: [String] = []
      for option in options {
        guard let value = option.value else { continue }
        let names = [option.name, option.short].compactMap { $0 }.joined(separator: "|")
        behind.append(
          "          \(names)) \(bashReply(values(called: value, choices: option.choices))) ;;")
      }
      let words = options.flatMap { [$0.name, $0.short].compactMap { $0 } }.joined(separator: " ")
      let argument = command.arguments.last.map { values(called: $0.name) } ?? .words([])
      let depth = command.name.split(separator: " ").count
      return """
              \(depth == 2 ? "'\(command.name)'" : "'\(command.name) '*"))
                case $previous in
        \(behind.joined(separator: "\n"))
                  *)
                    case $current in
                      -*) _gradus_reply '\(words)' ;;
                      *) \(bashReply(argument)) ;;
                    esac
                    ;;
                esac
                ;;
        """
    }
    let families = firstWords.filter { !secondWords(behind: $0).isEmpty }.map {
      "      '\($0) '*) _gradus_reply '\(secondWords(behind: $0).joined(separator: " "))' ;;"
    }
    return """
      # Completion of gradus for bash, made by "gradus completions bash".
      _gradus_reply() { mapfile -t COMPREPLY < <(compgen -W "$1" -- "$current"); }
      _gradus_files() { compopt -o filenames 2>/dev/null; mapfile -t COMPREPLY < <(compgen "$1" -- "$current"); }
      _gradus() {
        local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
        # bash takes --format=json for three words.
        if [[ $current == = ]]; then current=; elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD - 2]}; fi
        COMPREPLY=()
        if ((COMP_CWORD == 1)); then
          _gradus_reply '\((firstWords + ["help", "--help", "--version"]).joined(separator: " "))'
          return
        fi
        local second=
        if ((COMP_CWORD > 2)); then second=${COMP_WORDS[2]}; fi
        case "${COMP_WORDS[1]} $second" in
      \(cases.joined(separator: "\n"))
      \(families.joined(separator: "\n"))
          'help '*) _gradus_reply '\(firstWords.joined(separator: " "))' ;;
        esac
      }
      complete -F _gradus gradus
      """
  }

  private func bashReply(_ values: Values) -> String {
    switch values {
    case .words(let words): "_gradus_reply '\(words.joined(separator: " "))'"
    case .files: "_gradus_files -f"
    case .folders: "_gradus_files -d"
    case .anything: "true"
    }
  }

  // MARK: zsh

  private var zsh: String {
    let described = firstWords.map { word -> String in
      let summary = commands.first { $0.name == word }?.summary
      return
        "    \(quoted("\(word):\(summary ?? secondWords(behind: word).joined(separator: ", "))"))"
    }
    let cases = commands.map { command -> String in
      let specifications =
        options(of: command).map(zshSpecification)
        + command.arguments.map { argument in
          let action = zshAction(values(called: argument.name))
          return quoted(
            "\(argument.repeats ? "*" : argument.isOptional ? ":" : ""):\(argument.name):\(action)")
        }
      return """
          \(quoted(command.name)))
            _arguments -S \(specifications.joined(separator: " \\\n        "))
            ;;
        """
    }
    let families = firstWords.filter { !secondWords(behind: $0).isEmpty }.map {
      "    \(quoted($0))) compadd -- \(secondWords(behind: $0).joined(separator: " ")) ;;"
    }
    return """
      #compdef gradus
      # Completion of gradus for zsh, made by "gradus completions zsh".
      _gradus() {
        local -a commands=(
      \(described.joined(separator: "\n"))
        )
        if ((CURRENT == 2)); then
          _describe command commands
          return
        fi
        local name=$words[2] depth=1
        case $name in
          \(firstWords.filter { !secondWords(behind: $0).isEmpty }.joined(separator: "|")))
            if ((CURRENT > 3)); then name="$words[2] $words[3]"; depth=2; fi ;;
        esac
        # What follows is completed as if the command's name were one word.
        shift $depth words
        ((CURRENT -= depth))
        case $name in
      \(cases.joined(separator: "\n"))
      \(families.joined(separator: "\n"))
        esac
      }
      if [[ $funcstack[1] == _gradus ]]; then _gradus "$@"; else compdef _gradus gradus; fi
      """
  }

  private func zshSpecification(_ option: Command.Option) -> String {
    let help = option.help.map { "[]:\\".contains($0) ? "\\\($0)" : String($0) }.joined()
    let value =
      option.value.map {
        ":\($0):\(zshAction(values(called: $0, choices: option.choices)))"
      } ?? ""
    let names = [option.short, option.name].compactMap { $0 }
    return names.map { quoted("*\($0)[\(help)]\(value)") }.joined(separator: " ")
  }

  private func zshAction(_ values: Values) -> String {
    switch values {
    case .words(let words): "(\(words.joined(separator: " ")))"
    case .files: "_files"
    case .folders: "_files -/"
    case .anything: " "
    }
  }

  // MARK: fish

  private var fish: String {
    var lines = [
      "# Completion of gradus for fish, made by \"gradus completions fish\".",
      "complete -c gradus -f",
      "complete -c gradus -n __fish_use_subcommand -l version -d 'Show versions'",
    ]
    for word in firstWords {
      let summary = commands.first { $0.name == word }?.summary
      let says = summary ?? secondWords(behind: word).joined(separator: ", ")
      lines.append("complete -c gradus -n __fish_use_subcommand -a \(word) -d \(quoted(says))")
    }
    for command in commands {
      let words = command.name.split(separator: " ").map(String.init)
      if words.count == 2 {
        let others = secondWords(behind: words[0]).joined(separator: " ")
        let isOpen =
          "__fish_seen_subcommand_from \(words[0]); and not __fish_seen_subcommand_from \(others)"
        lines.append(
          "complete -c gradus -n \(quoted(isOpen)) -a \(words[1]) -d \(quoted(command.summary))")
      }
      let isAtIt = quoted(
        words.map { "__fish_seen_subcommand_from \($0)" }.joined(separator: "; and "))
      for option in options(of: command) {
        let short = option.short.map { " -s \($0.dropFirst())" } ?? ""
        let value = option.value.map { fishValues(values(called: $0, choices: option.choices)) }
        lines.append(
          "complete -c gradus -n \(isAtIt)\(short) -l \(option.name.dropFirst(2))"
            + " \(value.map { "-r \($0) " } ?? "")-d \(quoted(option.help))")
      }
      if let argument = command.arguments.last {
        lines.append(
          "complete -c gradus -n \(isAtIt) \(fishValues(values(called: argument.name)))")
      }
    }
    return lines.joined(separator: "\n")
  }

  private func fishValues(_ values: Values) -> String {
    switch values {
    case .words(let words): "-f -a \(quoted(words.joined(separator: " ")))"
    case .files: "-F"
    case .folders: "-f -a '(__fish_complete_directories)'"
    case .anything: "-f"
    }
  }

  /// In single quotes, as all three shells read them.
  private func quoted(_ text: String) -> String {
    "'" + text.map { $0 == "'" ? "'\\''" : String($0) }.joined() + "'"
  }
}
