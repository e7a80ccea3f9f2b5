import Foundation
import Glibc

/// The built program, run as a process of its own.
package struct Program {
  /// What one run left behind.
  package struct Outcome {
    package let status: Int32
    package let output: String
    package let errors: String
    /// Whether the kernel wrote its memory to a core file.
    package var leftCore = false
  }

  /// The binary beside the test bundle.
  package static let path: String = {
    var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    // The tests run inside the toolchain's helper or as a bundle; both name the build folder.
    for argument in CommandLine.arguments where argument.contains(".xctest") {
      folder = URL(fileURLWithPath: argument)
    }
    while folder.path != "/", folder.pathExtension != "xctest" { folder.deleteLastPathComponent() }
    return folder.deletingLastPathComponent().appending(path: "gradus").path
  }()

  /// Runs to the end.
  ///
  /// - Parameters:
  ///   - environment: joins an environment that holds nothing but PATH and HOME.
  ///   - input: what is typed on standard input, which then ends.
  ///   - wrapper: a command that sets limits and then becomes the program.
  @discardableResult
  package static func run(
    _ arguments: [String], in folder: String, environment: [String: String] = [:],
    typing input: String = "", under wrapper: [String] = []
  ) throws -> Outcome {
    try start(
      arguments, in: folder, environment: environment, typing: input, under: wrapper
    ).wait()
  }

  /// Starts and returns at once.
  package static func start(
    _ arguments: [String], in folder: String, environment: [String: String] = [:],
    typing input: String = "", under wrapper: [String] = []
  ) throws -> Running {
    try start(
      command: wrapper + [path] + arguments, in: folder, environment: environment, typing: input)
  }

  /// Starts any program. Signals are unblocked, as a shell would leave them.
  package static func start(
    command: [String], in folder: String, environment: [String: String] = [:],
    typing input: String = ""
  ) throws -> Running {
    let id = UUID().uuidString
    let (out, err) = (NSTemporaryDirectory() + id + ".out", NSTemporaryDirectory() + id + ".err")
    let typed = NSTemporaryDirectory() + id + ".in"
    try input.write(toFile: typed, atomically: false, encoding: .utf8)
    defer { unlink(typed) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, typed, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, out, O_WRONLY | O_CREAT, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, err, O_WRONLY | O_CREAT, 0o600)
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var variables = ["PATH": "/usr/bin:/bin", "HOME": folder]
    variables.merge(environment) { $1 }
    var process: pid_t = 0
    // env changes the folder and then becomes the program: the process stays the same one.
    let words = (["env", "-C", folder] + command).map { strdup($0) } + [nil]
    let settings = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    let failure = posix_spawn(&process, "/usr/bin/env", &actions, &attributes, words, settings)
    guard failure == 0 else {
      throw POSIXError(POSIXErrorCode(rawValue: failure) ?? .ENOENT)
    }
    return Running(process: process, out: out, err: err)
  }

  /// A run that may still go on.
  package struct Running: Sendable {
    package let process: Int32
    let out: String
    let err: String

    package func send(_ signal: Int32) { kill(process, signal) }

    /// Waits until a signal stops the process; false where it ended instead.
    package func awaitStop() -> Bool { awaitChange(WSTOPPED | WEXITED).si_code == CLD_STOPPED }

    /// Waits until it has ended, and leaves its outcome to `wait`.
    package func awaitEnd() { _ = awaitChange(WEXITED) }

    private func awaitChange(_ events: Int32) -> siginfo_t {
      var info = siginfo_t()
      while waitid(P_PID, id_t(process), &info, events | WNOWAIT) < 0, errno == EINTR {}
      return info
    }

    /// Whether it has not ended; one that has still waits for `wait`.
    package var isAlive: Bool {
      var info = siginfo_t()
      let code = waitid(P_PID, id_t(process), &info, WEXITED | WNOHANG | WNOWAIT)
      return code == 0 && info._sifields._sigchld.si_pid == 0
    }

    /// What was written to standard output so far.
    package var outputSoFar: String { (try? String(contentsOfFile: out, encoding: .utf8)) ?? "" }
    package var errorsSoFar: String { (try? String(contentsOfFile: err, encoding: .utf8)) ?? "" }

    /// The exit status; a signal's number plus 128 where one ended it.
    package func wait() -> Outcome {
      var raw: Int32 = 0
      while waitpid(process, &raw, 0) < 0, errno == EINTR {}
      let status = raw & 0x7F == 0 ? (raw >> 8) & 0xFF : 128 + (raw & 0x7F)
      let outcome = Outcome(
        status: status, output: outputSoFar, errors: errorsSoFar, leftCore: raw & 0x80 != 0)
      unlink(out)
      unlink(err)
      return outcome
    }
  }

  /// A fresh folder; the test removes it.
  package static func temporaryFolder() throws -> String {
    let folder = NSTemporaryDirectory() + "gradus-test-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    return folder
  }
}
