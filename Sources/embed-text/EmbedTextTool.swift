import Foundation

// usage: embed-text NAME ROOT OUTPUT FILE...
@main struct EmbedTextTool {
  static func main() throws {
    let arguments = CommandLine.arguments
    let (name, root, output) = (arguments[1], arguments[2], arguments[3])
    var swift = "package enum Embedded\(name) {\n"
    swift += "  /// Path below the folder and contents of every file, sorted by path.\n"
    swift += "  package static let files: [(path: String, text: String)] = [\n"
    for file in arguments.dropFirst(4) {
      let text = try String(contentsOfFile: file, encoding: .utf8)
      swift += "    (\"\(file.dropFirst(root.count + 1))\", ####\"\"\"\n\(text)\n\"\"\"####),\n"
    }
    try (swift + "  ]\n}\n").write(toFile: output, atomically: true, encoding: .utf8)
  }
}
