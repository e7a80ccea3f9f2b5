import Foundation

/// Programs that some checks need, where they are on the path; nil without them.
enum OtherPrograms {
  static let node = path(of: "node")
  static let chromium = path(of: "chromium")
  static let pdftotext = path(of: "pdftotext")

  private static func path(of name: String) -> String? {
    (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map {
      "\($0)/\(name)"
    }
    .first(where: FileManager.default.isExecutableFile)
  }
}
