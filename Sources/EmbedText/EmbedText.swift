import Foundation
import PackagePlugin

/// Turns the text files of one top-level folder into Swift string literals, so that one
/// binary carries them: Storage gets `Schema/`, every other target that asks gets `Templates/`.
@main struct EmbedText: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let folder = target.name == "Storage" ? "Schema" : "Templates"
    let root = context.package.directoryURL.appending(path: folder)
    let found = FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil)
    let files = (found?.compactMap { $0 as? URL } ?? [])
      .filter { !$0.hasDirectoryPath && !$0.lastPathComponent.hasPrefix(".") }
      .sorted { $0.path < $1.path }
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded\(folder).swift")
    return [
      .buildCommand(
        displayName: "Embed \(folder)",
        executable: try context.tool(named: "embed-text").url,
        arguments: [folder, root.path, output.path] + files.map(\.path),
        inputFiles: files, outputFiles: [output])
    ]
  }
}
