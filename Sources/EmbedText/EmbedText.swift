import Foundation
import PackagePlugin

/// Turns the text files of a folder into Swift string literals, so that one binary carries them:
/// Storage gets `Schema/` and the script of roles, every other target that asks gets `Templates/`.
@main struct EmbedText: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    guard target.name == "Storage" else {
      return [try command(name: "Templates", folder: "Templates", context)]
    }
    return [
      try command(name: "Schema", folder: "Schema", context),
      try command(name: "Roles", folder: "deploy/postgres", context),
    ]
  }

  /// Writes `Embedded<name>`, with every file below the folder.
  private func command(name: String, folder: String, _ context: PluginContext) throws -> Command {
    let root = context.package.directoryURL.appending(path: folder)
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    let files = (found?.compactMap { $0 as? URL } ?? [])
      .filter { !$0.hasDirectoryPath && !$0.lastPathComponent.hasPrefix(".") }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded\(name).swift")
    return .buildCommand(
      displayName: "Embed \(folder)",
      executable: try context.tool(named: "embed-text").url,
      arguments: [name, root.path, output.path] + files.map(\.path),
      inputFiles: files, outputFiles: [output])
  }
}
