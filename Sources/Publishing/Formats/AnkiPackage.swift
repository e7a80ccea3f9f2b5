import ExamModel

/// A deck as Anki's own file: opening it is the import. What stands on the cards is `AnkiNotes`'.
enum AnkiPackage: PaperFormat {
  static let name = "apkg"
  static let summary = "the same as a file that Anki opens"
  static let ending = ".apkg"
  static let views: [PaperSheet.View] = [.solution]

  static func losses(of test: TestOutline) -> [String] {
    ["apkg: cards are judged by who studies them; points and tolerances are not carried"]
  }

  static func file(
    _ papers: [PaperSheet], _ view: PaperSheet.View, style: PageStyle
  ) -> [UInt8] {
    var archive = ZipWriter()
    archive.add("collection.anki2", collection(papers))
    archive.add("media", "{}")
    return archive.archive
  }

  /// Says which note type it is, for Anki knows them by number.
  private static let noteType = 1_764_115_200_000
  /// A time at which nothing was made, so that the same papers are the same bytes.
  private static let moment = 1_764_115_200

  private static func collection(_ papers: [PaperSheet]) -> [UInt8] {
    var decks = ["1": deck(1, "Default")]
    var notes: [Int: [SQLiteFile.Value]] = [:]
    var cards: [Int: [SQLiteFile.Value]] = [:]
    for paper in papers {
      let deck = number(of: AnkiNotes.deck(paper)) { decks["\($0)"] != nil }
      decks["\(deck)"] = self.deck(deck, AnkiNotes.deck(paper))
      for (place, question) in paper.questions.enumerated() {
        let guid = AnkiNotes.guid(paper, question)
        let id = number(of: guid) { notes[$0] != nil }
        let front = AnkiNotes.front(question)
        notes[id] = [
          .text(guid), .integer(noteType), .integer(moment), .integer(-1),
          .text(" \(AnkiNotes.tag(question)) "),
          .text(front + "\u{1F}" + AnkiNotes.back(question)), .text(front),
          .integer(0), .integer(0), .text(""),
        ]
        cards[id] =
          [.integer(id), .integer(deck), .integer(0), .integer(moment), .integer(-1)]
          + [0, 0, place + 1, 0, 0, 0, 0, 0, 0, 0, 0].map(SQLiteFile.Value.integer) + [.text("")]
      }
    }
    var file = SQLiteFile()
    let settings = [
      JSON.object([JSON.Member]()), model,
      .object(decks.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }),
    ]
    .map { $0.text }
    let numbers = [moment, moment * 1000, moment * 1000, 11, 0, 0, 0]
    file.add(
      "col", creating: table("col", columns[0]),
      rows: [
        .init(
          id: 1,
          values: numbers.map(SQLiteFile.Value.integer)
            + (settings + ["{}", "{}"]).map(SQLiteFile.Value.text))
      ])
    file.add("notes", creating: table("notes", columns[1]), rows: rows(notes))
    file.add("cards", creating: table("cards", columns[2]), rows: rows(cards))
    file.add("revlog", creating: table("revlog", columns[3]))
    file.add("graves", creating: "CREATE TABLE graves (usn, oid, type)")
    return file.file
  }

  private static func rows(_ rows: [Int: [SQLiteFile.Value]]) -> [SQLiteFile.Row] {
    rows.sorted { $0.key < $1.key }.map { .init(id: $0.key, values: $0.value) }
  }

  /// The columns behind the id, as Anki's schema 11 has them.
  private static let columns = [
    "crt mod scm ver dty usn ls conf models decks dconf tags",
    "guid mid mod usn tags flds sfld csum flags data",
    "nid did ord mod usn type queue due ivl factor reps lapses left odue odid flags data",
    "cid usn ease ivl lastIvl factor time type",
  ]

  private static func table(_ name: String, _ columns: String) -> String {
    let list = columns.split(separator: " ").joined(separator: ", ")
    return "CREATE TABLE \(name) (id integer PRIMARY KEY, \(list))"
  }

  /// A number for a name, as Anki has milliseconds; another one where it is taken.
  private static func number(of name: String, isTaken: (Int) -> Bool) -> Int {
    var number = 1_500_000_000_000 + Int(name.stableHash % 200_000_000_000)
    while isTaken(number) { number += 1 }
    return number
  }

  private static var model: JSON {
    let fields = ["Front", "Back"].enumerated().map { order, name in
      JSON.object([
        ("name", .string(name)), ("ord", .integer(order)), ("sticky", .bool(false)),
        ("rtl", .bool(false)), ("font", .string("Arial")), ("size", .integer(20)),
      ])
    }
    let card = JSON.object([
      ("name", .string("Card 1")), ("ord", .integer(0)), ("qfmt", .string("{{Front}}")),
      ("afmt", .string("{{FrontSide}}\n\n<hr id=answer>\n\n{{Back}}")), ("bqfmt", .string("")),
      ("bafmt", .string("")), ("did", .null),
    ])
    return .object([
      (
        "\(noteType)",
        .object([
          ("id", .integer(noteType)), ("name", .string("Question with worked solution")),
          ("type", .integer(0)), ("mod", .integer(moment)), ("usn", .integer(-1)),
          ("sortf", .integer(0)), ("did", .null), ("tmpls", .array([card])),
          ("flds", .array(fields)),
          ("css", .string(".card { font-family: arial; font-size: 20px; text-align: left; }")),
          ("latexPre", .string("")), ("latexPost", .string("")),
        ])
      )
    ])
  }

  private static func deck(_ id: Int, _ name: String) -> JSON {
    let today = ["newToday", "revToday", "lrnToday", "timeToday"].map { name in
      (name, JSON.array([.integer(0), .integer(0)]))
    }
    return .object(
      [
        ("id", .integer(id)), ("name", .string(name)), ("mod", .integer(moment)),
        ("usn", .integer(-1)), ("collapsed", .bool(false)), ("browserCollapsed", .bool(false)),
        ("desc", .string("")), ("dyn", .integer(0)), ("conf", .integer(1)),
        ("extendNew", .integer(0)), ("extendRev", .integer(0)),
      ] + today)
  }
}
