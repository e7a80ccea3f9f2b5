// Checks that every import stays inside the house: `swift package dump-package` on stdin, the
// package's folder as current directory. Prints `file:line: what; what to do` for each finding
// and exits 1 if there is one. Run by .ci/lint.

import FoundationEssentials
import Glibc

// MARK: The rules

/// Imports go to lower layers only. A new target gets its place here.
let layers: [[String]] = [
  ["CSQLite", "CPostgres", "CCurl", "COpenSSL", "CZlib", "CScan"],
  ["ExamModel", "Calculus", "Typesetting", "CSV", "Cryptography"],
  ["QuestionBank", "PaperPress", "Publishing", "ResponseSheets", "Marking", "Analysis"],
  ["Storage", "Webhooks"],
  ["Workers"],
  ["gradus"],
]

/// Siblings that may know one another; the manifest says why.
let siblings: [String: Set<String>] = [
  "Typesetting": ["Calculus"],
  "PaperPress": ["QuestionBank"],
  "Marking": ["QuestionBank"],
]

/// Targets that are not part of the product: they run while it is built.
let buildTools: Set = ["embed-text", "EmbedText"]

/// Layers 1 and 2 are pure, but for this wrapper of a C library.
let impure: Set = ["Cryptography"]

/// Modules that open files, read clocks, use the network or start threads.
let effects: Set = [
  "Dispatch", "Foundation", "FoundationNetworking", "FoundationXML", "Glibc", "Musl",
]

/// Full Foundation makes the binary three times as large and its start twice as slow.
let foundation: Set = ["Foundation", "FoundationNetworking", "FoundationXML"]

/// `FoundationEssentials` serves for coding: in layer 2, and in this target of layer 1.
let codingGround: Set = ["ExamModel"]

// MARK: What there is

struct Manifest: Decodable {
  struct Target: Decodable {
    var name: String
    var type: String
    var path: String?
    var dependencies: [Dependency]
    var folder: String { path ?? "Sources/\(name)" }
  }

  /// `{"byName": ["Calculus", null]}`, and likewise for `target` and `product`.
  struct Dependency: Decodable {
    var name: String

    init(from decoder: any Decoder) throws {
      let kinds = try decoder.singleValueContainer().decode([String: [Name]].self)
      name = kinds.values.first?.first?.text ?? ""
    }

    /// The first element is the name; what follows may be anything.
    struct Name: Decodable {
      var text: String?
      init(from decoder: any Decoder) throws {
        text = try? decoder.singleValueContainer().decode(String.self)
      }
    }
  }

  var targets: [Target]
}

/// The module that a line imports, if it is an import: `@testable import A`,
/// `package import struct A.B`, `internal import A`.
func importedModule(_ line: Substring) -> String? {
  let modifiers: Set<Substring> = [
    "public", "package", "internal", "fileprivate", "private",
  ]
  let kinds: Set<Substring> = [
    "typealias", "struct", "class", "enum", "protocol", "let", "var", "func",
  ]
  var words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })[...]
  while let word = words.first, word.hasPrefix("@") || modifiers.contains(word) {
    words.removeFirst()
  }
  guard words.popFirst() == "import" else { return nil }
  if let kind = words.first, kinds.contains(kind) { words.removeFirst() }
  let module = words.first?.prefix { $0.isLetter || $0.isNumber || $0 == "_" } ?? ""
  return module.isEmpty ? nil : String(module)
}

func swiftFiles(under folder: String) -> [String] {
  let paths = try? FileManager.default.subpathsOfDirectory(atPath: folder)
  return (paths ?? []).filter { $0.hasSuffix(".swift") }.sorted().map { "\(folder)/\($0)" }
}

func lines(of file: String) -> [Substring] {
  String(decoding: FileManager.default.contents(atPath: file) ?? Data(), as: UTF8.self)
    .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
}

// MARK: The check

/// Why `target` may not import `module`, and what to do about it; nil if it may.
func objection(to module: String, in target: Manifest.Target, layer: Int) -> String? {
  if let other = layerOf[module] {
    let known = siblings[target.name]?.contains(module) ?? false
    if other > layer {
      return "\(target.name) (layer \(layer)) imports \(module) (layer \(other)), which stands"
        + " above it; move what they share down"
    }
    if other == layer && module != target.name && !known {
      return "\(target.name) imports its sibling \(module); move what they share to a lower layer"
    }
  }
  let isOwn = names.contains(module)
  if isOwn && module != target.name && !target.dependencies.contains(where: { $0.name == module }) {
    return "\(target.name) imports \(module), which Package.swift does not list for it;"
      + " list it there or drop the import"
  }
  let isPure = (layer == 1 || layer == 2) && !impure.contains(target.name)
  if isPure && effects.contains(module) {
    return "\(target.name) is pure and imports \(module); take what is needed as an argument"
  }
  if isPure && module == "FoundationEssentials" && layer == 1 && !codingGround.contains(target.name)
  {
    return "\(target.name) is ground and imports FoundationEssentials; do the coding in layer 2"
  }
  if foundation.contains(module) {
    return "\(target.name) imports \(module), which the product does without;"
      + " use FoundationEssentials"
  }
  return nil
}

var dump = ""
while let line = readLine() { dump += line }
let manifest = try JSONDecoder().decode(Manifest.self, from: Data(dump.utf8))
let names = Set(manifest.targets.map(\.name))
var layerOf: [String: Int] = [:]
for (layer, targets) in layers.enumerated() {
  for target in targets { layerOf[target] = layer }
}

var findings = 0
func report(_ finding: String) {
  print(finding)
  findings += 1
}

for target in manifest.targets
where target.type != "test" && target.folder.hasPrefix("Sources/")
  && !buildTools.contains(target.name)
{
  guard let layer = layerOf[target.name] else {
    let line = lines(of: "Package.swift").firstIndex { $0.contains("\"\(target.name)\"") } ?? 0
    report(
      "Package.swift:\(line + 1): \(target.name) has no layer; give it one in .ci/layers.swift")
    continue
  }
  for file in swiftFiles(under: target.folder) {
    for (index, line) in lines(of: file).enumerated() {
      guard let module = importedModule(line) else { continue }
      if let objection = objection(to: module, in: target, layer: layer) {
        report("\(file):\(index + 1): \(objection)")
      }
    }
  }
}
if findings > 0 { exit(1) }
