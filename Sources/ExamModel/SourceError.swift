/// Something wrong in a file or an argument, with its place and what to do about it.
package struct SourceError: Error, Sendable, Hashable, CustomStringConvertible {
  /// A file's name or an option's, without a machine's folders where that is avoidable.
  package var file: String
  package var line: Int?
  package var column: Int?
  package var message: String

  package init(file: String, line: Int? = nil, column: Int? = nil, _ message: String) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
  }

  /// `blueprint.json5:7:14: unknown key "familly"; did you mean "family"?`
  package var description: String {
    let place = [file, line.map(String.init), column.map(String.init)].compactMap { $0 }
    return place.joined(separator: ":") + ": " + message
  }
}
