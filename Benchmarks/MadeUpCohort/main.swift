// Writes the export of a made-up cohort of any size, for a workspace that has a roster.
// usage: made-up-cohort WORKSPACE FILE

import Cohort
import Foundation
import PaperPress
import Workers

guard CommandLine.arguments.count == 3 else {
  FileHandle.standardError.write(Data("usage: made-up-cohort WORKSPACE FILE\n".utf8))
  exit(64)
}
let workspace = Workspace(folder: CommandLine.arguments[1])
let press = try PaperPress(
  try workspace.blueprint(), secret: try workspace.secret(file: nil), file: workspace.blueprintFile)
let cohort = MadeUpCohort(press, roster: try workspace.roster(), seed: 2026)
try cohort.csv.write(toFile: CommandLine.arguments[2], atomically: true, encoding: .utf8)
print("\(cohort.rows.count) rows")
