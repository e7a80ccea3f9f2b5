import Glibc

/// Lines on a terminal that are drawn again and again in the same place.
///
/// The cursor always rests below them, so that whatever ends the program leaves a clean prompt.
struct Screen {
  private var drawn = 0

  /// Whether somebody watches on a terminal whose cursor can be moved.
  static func canDraw(on descriptor: Int32) -> Bool {
    isatty(descriptor) == 1 && environment("TERM") != "dumb"
  }

  /// Columns and rows of the terminal on standard output.
  static var size: (columns: Int, rows: Int) { size(on: STDOUT_FILENO) }

  static func size(on descriptor: Int32) -> (columns: Int, rows: Int) {
    var size = winsize()
    guard ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0
    else { return (80, 24) }
    return (Int(size.ws_col), Int(size.ws_row))
  }

  mutating func draw(_ lines: [String]) {
    let room = max(2, Self.size.rows - 1)
    var lines = lines
    if lines.count > room {
      lines = lines.prefix(room - 1) + ["… \(lines.count - room + 1) more lines"]
    }
    // Without wrapping, a line that is too long takes one line all the same.
    let text = lines.map { $0 + "\u{1B}[K\n" }.joined()
    Console.write("\u{1B}[?7l\(home)\(text)\u{1B}[J\u{1B}[?7h", to: STDOUT_FILENO)
    drawn = lines.count
  }

  /// Takes the lines away.
  mutating func clear() {
    Console.write("\(home)\u{1B}[J", to: STDOUT_FILENO)
    drawn = 0
  }

  private var home: String { drawn > 0 ? "\r\u{1B}[\(drawn)A" : "\r" }
}
