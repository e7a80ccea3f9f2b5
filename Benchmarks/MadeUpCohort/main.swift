// Writes the export of a made-up cohort of any size, for a workspace that has a roster.
// usage: made-up-cohort WORKSPACE FILE [PLAINLY]
// PLAINLY of a hundred answers are spelled in the plainest way; without it every spelling is as
// frequent as any other.

import Cohort
import Foundation
import PaperPress
import Workers

guard (3...4).contains(CommandLine.arguments.count) else {
  FileHandle.standardError.write(Data("usage: made-up-cohort WORKSPACE FILE [PLAINLY]\n".utf8))
  exit(64)
}
let workspace = Workspace(folder: CommandLine.arguments[1])
let press = try PaperPress(
  try workspace.blueprint(), secret: try workspace.secret(file: nil), file: workspace.blueprintFile)
let cohort = MadeUpCohort(
  press, roster: try workspace.roster(), seed: 2026,
  plainly: CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 0)
try cohort.csv.write(toFile: CommandLine.arguments[2], atomically: true, encoding: .utf8)
print("\(cohort.rows.count) rows")
