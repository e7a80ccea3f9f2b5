import PaperPress
import Workers

/// `gradus manual` and `gradus completions`: what a package installs beside the program.
enum ManualCommands {
  static let all: [Command] = [manual, completions]

  private static let manual: Command = .init(
    name: "manual", summary: "Print a manual page, or write all of them",
    discussion: "The pages are those of --help for man(1); a package installs them with --out.",
    arguments: [
      .init(
        name: "COMMAND", help: "the command whose page is printed (default: gradus itself)",
        isOptional: true, repeats: true)
    ],
    options: [
      .init(name: "--out", value: "DIR", help: "Write every page into this folder instead"),
      .flag("--settings", "Print every setting of the environment with its default instead"),
    ],
    examples: [
      ("gradus manual webhook add | man -l -", "shows a page"),
      ("gradus manual --out /usr/local/share/man/man1", "installs all of them"),
    ]
  ) { invocation in
    if let folder = invocation.value("--out") { return try write(into: folder, invocation) }
    if invocation.isSet("--settings") { return invocation.console.print(Setting.exampleFile) }
    invocation.console.print(
      invocation.positional.isEmpty
        ? Manual.overview(Gradus.groups)
        : Manual.page(for: try Gradus.command(named: invocation.positional)))
  }

  private static func write(into folder: String, _ invocation: Invocation) throws {
    try Files.makeFolder(folder)
    try Files.write(Manual.overview(Gradus.groups), to: "\(folder)/gradus.1")
    let commands = Gradus.groups.flatMap(\.commands)
    for command in commands {
      try Files.write(
        Manual.page(for: command), to: "\(folder)/\(Manual.name(of: command)).1")
    }
    invocation.console.note("\(commands.count + 1) pages in \(folder)/; next: man gradus")
  }

  private static let completions: Command = .init(
    name: "completions", summary: "Print a script that completes half-typed lines",
    arguments: [.init(name: "SHELL", help: "bash, zsh or fish")],
    examples: [
      ("gradus completions bash >~/.local/share/bash-completion/completions/gradus", "for bash"),
      ("gradus completions zsh >~/.zfunc/_gradus", "for zsh, with ~/.zfunc in fpath"),
      ("gradus completions fish >~/.config/fish/completions/gradus.fish", "for fish"),
    ]
  ) { invocation in
    let word = invocation.positional[0]
    guard let shell = Completions.Shell(rawValue: word) else {
      throw UsageError(
        "there are completions for bash, zsh and fish, not for \"\(word)\"", command: completions)
    }
    invocation.console.print(Completions(groups: Gradus.groups).script(for: shell))
  }
}
