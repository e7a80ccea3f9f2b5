import CSV
package import ExamModel
package import PaperPress
import QuestionBank
package import ResponseSheets

/// A file of responses with everything that was found out about it: what `inspect` shows is what
/// the import uses.
package struct Understanding: Sendable {
  package let file: ResponseFile
  package let sheet: ResponseSheet
  package let sorting: Sorting

  /// A person's words about a file, which go before what is found in it.
  package struct Hints: Sendable {
    package var mapping = SheetMapping()
    package var dates: DateOrder?
    package var timeZone: String?
    package init() {}
  }

  /// - Parameter exam: the test that is answered; without one, rows are read and nobody is looked up.
  /// - Throws: `SourceError` where the file cannot be understood.
  package init(_ file: ResponseFile, exam: Exam?, hints: Hints = .init()) throws {
    self.file = file
    var surroundings = ResponseSheet.Surroundings()
    surroundings.foreign = ForeignEncoding.transcoder
    sheet = try ResponseSheet(
      file.source, encoding: file.encoding, file: file.name, items: exam?.press.formItems,
      mapping: hints.mapping, surroundings: surroundings)
    let policy = exam?.press.blueprint.marking
    let zoneName = hints.timeZone ?? hints.mapping.timeZone ?? sheet.timeZone
    let zone = try Self.clock(zoneName, else: policy?.deadline?.zone, file: file.name)
    let (press, layout) = (exam?.press, sheet.layout)
    let asksCode = !layout.columns(of: .paperCode).isEmpty
    let rules = try exam.map { try $0.rules(withCodes: asksCode) }
    let graders = press.map { press in
      NumberLocale.allCases.map { Grader(press, layout: layout, numberLocale: $0) }
    }
    let numberItems = press?.numberItems
    sorting = try Sorting(
      sheet, rules: rules, dates: hints.dates ?? hints.mapping.dates,
      isNumber: { column in
        guard let numberItems else { return true }
        return column.item.map { numberItems[$0] } ?? false
      },
      zone: zone,
      points: { cells, candidate, locale in
        let place = NumberLocale.allCases.firstIndex(of: locale)
        guard let graders, let place else { return .zero }
        return graders[place].points(cells, of: candidate)
      })
  }

  /// What no column asks although the papers of those who are graded do, so that they would have
  /// nothing for it; nil where there is no such question. What is void may be missing.
  ///
  /// A thousand papers are looked at: forms for one variant leave out what its draw does not ask.
  package func missingQuestions(of press: PaperPress) throws -> String? {
    let missing = press.formItems.enumerated().filter { index, item in
      !sheet.layout.asks(index)
        && !press.blueprint.corrections.contains { $0.void != nil && $0.isAbout(item) }
    }.map(\.element)
    guard !missing.isEmpty else { return nil }
    var asked: Set<FormItem> = []
    var papers = 0
    try sheet.forEachRow { row in
      let sorted = sorting.row(row)
      guard case .graded = sorted.fate, let candidate = sorted.candidate else { return true }
      for (slot, question) in zip(press.slots, press.questions(for: candidate)) {
        asked.formUnion(
          question.asked.map { FormItem(question: slot.number, field: question.parts[$0].field) })
      }
      papers += 1
      return papers < 1000
    }
    let wanted = missing.filter(asked.contains).map(\.title)
    guard !wanted.isEmpty else { return nil }
    let strange = sheet.layout.columns.filter { $0.role == .other && !$0.title.isEmpty }
      .map { "\"\($0.title.prefix(40))\"" }
    return "no column asks \(Self.list(wanted)), which papers do"
      + (strange.isEmpty ? "" : "; not taken for answers: \(Self.list(strange))")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(6).joined(separator: ", ") + (names.count > 6 ? " …" : "")
  }

  /// How far a place's clock is from UTC: of the named zone, else of the deadline's, else not at all.
  private static func clock(
    _ name: String?, else zone: Deadline.Zone?, file: String
  ) throws -> ZoneOffset {
    if let name {
      let table = try TimeZoneTable(named: name, for: file)
      return { table.offset(atLocal: $0) }
    }
    switch zone {
    case .named(let name):
      let table = try TimeZoneTable(named: name, for: "blueprint.json5")
      return { table.offset(atLocal: $0) }
    case .offset(let seconds): return { _ in Int64(seconds) }
    case nil: return { _ in 0 }
    }
  }
}

/// A test with the people who sit it.
package struct Exam: Sendable {
  package let press: PaperPress
  package let roster: Roster

  package init(press: PaperPress, roster: Roster) {
    self.press = press
    self.roster = roster
  }

  /// - Parameter withCodes: whether rows may be known by paper codes; each is computed from the secret.
  func rules(withCodes: Bool) throws -> SortingRules {
    let policy = press.blueprint.marking
    var codes: [PaperCode: Int] = [:]
    var shared: [PaperCode: [Int]] = [:]
    if withCodes {
      codes.reserveCapacity(roster.candidates.count)
      for (place, candidate) in roster.candidates.enumerated() {
        let code = press.code(for: candidate.id)
        if let other = codes.updateValue(place, forKey: code) {
          shared[code, default: [other]].append(place)
        }
      }
    }
    return SortingRules(
      roster: roster, paperCodes: codes, sharedCodes: shared, attempts: policy.attempts,
      deadline: try policy.deadline?.microseconds(), late: policy.late,
      deadlineText: policy.deadline?.text ?? "")
  }
}

extension Deadline {
  /// Since 1970 in UTC.
  ///
  /// - Throws: `SourceError` where this machine does not know the zone.
  package func microseconds() throws -> Int64 {
    let offset: Int64
    switch zone {
    case .offset(let seconds): offset = Int64(seconds)
    case .named(let name):
      offset = try TimeZoneTable(named: name, for: "blueprint.json5").offset(atLocal: localSeconds)
    }
    return (localSeconds - offset) * 1_000_000
  }
}

extension PaperPress {
  /// Whether the answer of each form item is a single number.
  var numberItems: [Bool] {
    slots.flatMap { slot in
      slot.fields.map { field in
        slot.family.parts.contains { $0.field == field && $0.kind.isOneNumber }
      }
    }
  }
}
