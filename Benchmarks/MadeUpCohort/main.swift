// Writes the export of a made-up cohort of any size, for a workspace that has a roster.
// usage: made-up-cohort WORKSPACE FILE [PLAINLY]
// PLAINLY of a hundred answers are spelled in the plainest way; without it every spelling is as
// frequent as any other. With PLAINLY it also writes what a benchmark needs besides: a manifest, so
// that no papers need to be set, and FILE.keys, every candidate's key as numbers in JSON lines.

import Cohort
import ExamModel
import Foundation
import PaperPress
import QuestionBank
import Workers

guard (3...4).contains(CommandLine.arguments.count) else {
  FileHandle.standardError.write(Data("usage: made-up-cohort WORKSPACE FILE [PLAINLY]\n".utf8))
  exit(64)
}
let workspace = Workspace(folder: CommandLine.arguments[1])
let file = CommandLine.arguments[2]
let secret = try workspace.secret(file: nil)
let press = try PaperPress(
  try workspace.blueprint(), secret: secret, file: workspace.blueprintFile)
let roster = try workspace.roster()
if CommandLine.arguments.count > 3 {
  var entries: [Manifest.Entry] = []
  let keys = try FileHandle(forWritingTo: emptyFile(file + ".keys"))
  for candidate in roster.candidates {
    let paper = press.paper(for: candidate.id)
    entries.append(paper.entry)
    try keys.write(contentsOf: Data((keyLine(paper, of: candidate) + "\n").utf8))
  }
  let manifest = Manifest(press, secret: secret, entries: entries, files: nil)
  try manifest.json.prettyText.write(
    toFile: workspace.manifestFile, atomically: true, encoding: .utf8)
}
let cohort = MadeUpCohort(
  press, roster: roster, seed: 2026,
  plainly: CommandLine.arguments.count > 3 ? Int(CommandLine.arguments[3]) ?? 0 : 0)
try cohort.csv.write(toFile: file, atomically: true, encoding: .utf8)
print("\(cohort.rows.count) rows")

func emptyFile(_ path: String) throws -> URL {
  try Data().write(to: URL(fileURLWithPath: path))
  return URL(fileURLWithPath: path)
}

/// The address and, for each column, the numbers of the key in order; none where it is not asked.
func keyLine(_ paper: Paper, of candidate: Candidate) -> String {
  var columns: [String] = []
  for (slot, question) in zip(press.slots, paper.questions) {
    for field in slot.fields {
      let index = question.asked.first { question.parts[$0].field == field }
      let entries = index.flatMap { question.key[$0]?.entries } ?? []
      columns.append("[\(entries.map { "\($0)" }.joined(separator: ","))]")
    }
  }
  return #"{"email":"\#(candidate.email)","key":[\#(columns.joined(separator: ","))]}"#
}
