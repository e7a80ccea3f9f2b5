private import CSV

/// What is known of the exports of one form service.
package struct Service: Sendable {
  /// `google-forms-direct`
  package let id: String
  /// `Google Forms, downloaded from the form`
  package let name: String
  /// Why a file is taken to be one of these; nil where it is none.
  let recognise: @Sendable (SheetHead) -> String?
  /// How many records hold titles.
  var headerRows: @Sendable (SheetHead) -> Int = { _ in 1 }
  /// Titles of columns that are no questions, with small letters; beside those that all share.
  var roles: [String: SheetColumn.Role] = [:]
  /// Whether a row without the time of its submission was begun and not sent.
  var marksUnfinished = false
  /// What stands in a cell where nothing was answered.
  var nothing: String?
  /// Whether cells that a spreadsheet would run come with an apostrophe in front.
  var guardsFormulas = false
  /// Whether commas inside the options of a list come as `\,`.
  var escapesCommas = false
  /// Whether the times are in UTC although they do not say so.
  var writesUTC = false

  /// Whether a cell is the answer as it was given, as nearly all are; false where it may not be.
  ///
  /// - Parameter cell: UTF-8.
  func isAsGiven(_ cell: Span<UInt8>) -> Bool {
    if let nothing, cell.count == nothing.utf8.count { return false }
    if guardsFormulas, !cell.isEmpty, cell[0] == UInt8(ascii: "'") { return false }
    if escapesCommas {
      for index in cell.indices where cell[index] == UInt8(ascii: "\\") { return false }
    }
    return true
  }

  /// The answer as it was given, without what the export put around it.
  func answer(_ cell: String) -> String {
    if let nothing, cell == nothing { return "" }
    var text = guardsFormulas ? CSVWriter.unguarded(cell) : cell
    if escapesCommas, text.contains("\\") {
      text = text.replacing("\\,", with: ",").replacing("\\=>", with: "=>")
    }
    return text
  }
}

extension Service {
  /// Every service, those with the surest signs first; the last takes what is left.
  package static let all: [Service] = [
    qualtrics, surveyMonkey, typeform, canvas, canvasGradebook, moodle, limeSurvey, kobo, jotform,
    microsoftForms, googleForms, googleSheet, plain,
  ]

  package static func named(_ id: String) -> Service? { all.first { $0.id == id } }
}
