import Cryptography
import ExamModel
import Glibc

@main struct Gradus {
  static let version = "0.1.0"

  /// Every command, grouped as the overview shows them.
  static let groups: [CommandGroup] = [
    CommandGroup(
      title: "Make a test",
      commands: [
        NewCommand.command, FamiliesCommand.command, QuestionCommand.command,
        CheckCommand.command, GenerateCommand.command, KeyCommand.command,
        TemplatesCommand.command,
      ] + VerifyCommands.all),
    CommandGroup(title: "Practise", commands: [PracticeCommand.command]),
    CommandGroup(
      title: "Grade answers",
      commands: [
        MarkCommand.command, InspectCommand.command, GradeCommand.command, ImportCommand.command,
        WorkerCommand.command, SweepCommand.command, StatusCommand.command,
        ResultsCommand.command, ReportCommand.command, SimilarityCommand.command,
        SlipsCommand.command,
        RegradeCommand.command,
      ] + RunCommands.all + QuarantineCommands.all + ReviewCommands.all),
    CommandGroup(title: "Tell others", commands: [DeliverCommand.command] + WebhookCommands.all),
    CommandGroup(
      title: "Keep it running",
      commands: [
        MigrateCommand.command, DoctorCommand.command, EraseCommand.command,
      ] + AuditCommands.all + ManualCommands.all),
  ]

  static func main() async {
    // Secrets, answers and keys pass through: none is to end in a core file.
    keepMemoryPrivate()
    // A reader that goes away, on a pipe or a socket, is an error to handle and not the end.
    signal(SIGPIPE, SIG_IGN)
    occupyStandardStreams()
    let words = Array(CommandLine.arguments.dropFirst())
    let code = await run(words)
    guard code == .success, let reason = Console.lostOutput else { exit(code.rawValue) }
    Console.write("gradus: standard output cannot be written: \(reason)\n", to: STDERR_FILENO)
    exit(ExitCode.cannotCreate.rawValue)
  }

  /// Where one is closed, a file that is opened later would take its number, and be printed into.
  private static func occupyStandardStreams() {
    for stream in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(stream, F_GETFD) < 0 {
      _ = open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY)
    }
  }

  private static func run(_ words: [String]) async -> ExitCode {
    let logFormat = Setting.logFormat.value
    var console = Console(
      level: .normal, logsJSON: words.contains("--log-format=json") || logFormat == "json")
    do {
      guard [nil, "text", "json"].contains(logFormat) else {
        throw Failure(
          .configuration, "GRADUS_LOG_FORMAT is text or json, not \"\(logFormat ?? "")\"")
      }
      switch words.first {
      case nil:
        console.print(Help.overview(groups))
        return .usage
      case "--help", "-h", "help":
        let topic = words[0] == "help" ? Array(words.dropFirst()) : []
        console.print(topic.isEmpty ? Help.overview(groups) : try help(on: topic))
        return .success
      case "--version":
        console.print(VersionText.text)
        return .success
      default: break
      }
      if words.count == 2, words[1] == "--help" || words[1] == "-h" {
        console.print(try help(on: [words[0]]))
        return .success
      }
      let (command, rest) = try find(words)
      let invocation = try Invocation(command, words: rest)
      console = Console(invocation)
      if invocation.isSet("--help") {
        console.print(Help.page(for: command))
      } else {
        try await command.run(invocation)
      }
      return .success
    } catch {
      let failure = Failure(error)
      console.fail(failure.message)
      return failure.code
    }
  }

  /// The page of a command, or the list of commands such as `webhook …`.
  private static func help(on words: [String]) throws -> String {
    let family = commands.filter { $0.name.hasPrefix(words.joined(separator: " ") + " ") }
    return family.isEmpty ? Help.page(for: try find(words).command) : Help.list(of: family)
  }

  private static var commands: [Command] { groups.flatMap(\.commands) }

  /// - Throws: `UsageError` where the words name no command, or more than one.
  static func command(named words: [String]) throws -> Command {
    let (command, rest) = try find(words)
    guard let surplus = rest.first else { return command }
    throw UsageError("\(command.name) has no command \"\(surplus)\" below it")
  }

  /// The command that the first words name, and the words behind it.
  private static func find(_ words: [String]) throws -> (command: Command, rest: [String]) {
    for length in [2, 1] where words.count >= length {
      let name = words.prefix(length).joined(separator: " ")
      if let command = commands.first(where: { $0.name == name }) {
        return (command, Array(words.dropFirst(length)))
      }
    }
    let family = commands.map(\.name).filter { $0.hasPrefix(words[0] + " ") }
    if !family.isEmpty {
      let seconds = family.map { String($0.dropFirst(words[0].count + 1)) }
      let near = words.dropFirst().first.flatMap { nearestName(to: $0, in: seconds) }
      throw UsageError(
        (near.map { "did you mean \"\(words[0]) \($0)\"? " } ?? "")
          + "\(words[0]) needs one of: \(seconds.joined(separator: ", "))")
    }
    let firsts = commands.map { String($0.name.split(separator: " ")[0]) }
    throw UsageError(unknownCommand(words[0], among: firsts))
  }
}
