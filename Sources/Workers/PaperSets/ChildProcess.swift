import Glibc

/// Another program, run to its end.
enum ChildProcess {
  struct Outcome: Sendable {
    /// The exit status; 127 where the program could not be started, 128 and more for a signal.
    let status: Int32
    /// Standard output and error together.
    let output: String
  }

  /// Runs a program with this process's environment and some variables more.
  ///
  /// - Parameters:
  ///   - folder: where it works; names of files among its words are meant from there.
  ///   - log: a file that takes what the program says; it is left behind.
  static func run(
    _ words: [String], in folder: String = ".", environment: [String: String] = [:], log: String
  ) -> Outcome {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    // These set folder and variables, and become the program, which ends with this process: the
    // thread that starts it, and whose end the kernel goes by, waits for it below.
    let settings = environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
    let first = isInstalled("setpriv") ? ["setpriv", "--pdeathsig", "KILL"] : []
    let all = first + ["env", "--chdir=\(folder)"] + settings + words
    let arguments = all.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    guard posix_spawnp(&process, all[0], &actions, nil, arguments, environ) == 0 else {
      return Outcome(status: 127, output: "\(words[0]) could not be started")
    }
    var raw: Int32 = 0
    while waitpid(process, &raw, 0) < 0, errno == EINTR {}
    let status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + (raw & 0x7F)
    let output = (try? Files.read(log)).map { String(decoding: $0, as: UTF8.self) }
    // A log that cannot be read says nothing; the status still does.
    return Outcome(status: status, output: output ?? "")
  }

  /// Whether a program is found by its name.
  static func isInstalled(_ name: String) -> Bool {
    (getenv("PATH").map { String(cString: $0) } ?? "").split(separator: ":").contains {
      access("\($0)/\(name)", X_OK) == 0
    }
  }
}
