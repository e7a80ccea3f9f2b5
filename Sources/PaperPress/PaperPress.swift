import Cryptography
package import ExamModel
package import QuestionBank

/// Computes papers: blueprint + secret + candidate → the same paper on every machine.
package struct PaperPress: Sendable {
  /// How papers are drawn from a secret: the first words of every label that a seed comes from.
  package static let engine = "gradus/1"

  package let blueprint: Blueprint
  /// The questions of every paper in order; candidates differ in numbers only.
  package let slots: [Slot]
  /// The least number up to 100 that makes the points of every part whole, whatever is drawn.
  package let pointScale: Int
  private let secret: ExamSecret

  /// Points of a paper with every answer right, the same for every candidate; what a correction
  /// takes out does not count.
  package var possible: Points { slots.reduce(.zero) { $0 + counted(of: $1) } }

  private func counted(of slot: Slot) -> Points {
    let fields = slot.fields
    let isOut = fields.map { field in
      let item = FormItem(question: slot.number, field: field)
      return blueprint.corrections.last { $0.void != nil && $0.isAbout(item) }?.void == .uncounted
    }
    guard isOut.contains(true) else { return slot.marks }
    let weights = fields.map { field in
      slot.family.parts.first { $0.field == field }?.weight ?? 0
    }
    return zip(slot.marks.split(by: weights), isOut).reduce(.zero) { $1.1 ? $0 : $0 + $1.0 }
  }

  /// One numbered question of the test, before any candidate's numbers.
  package struct Slot: Sendable {
    /// From 1, through all sections.
    package let number: Int
    /// Index into the blueprint's sections.
    package let section: Int
    /// `Mathematics/matdim.product/2`: what seeds the question.
    package let name: String
    package let family: any QuestionFamily.Type
    package let marks: Points
    package let style: QuestionStyle
    /// Where the slot's questions are drawn.
    fileprivate let source: any QuestionSource
    /// Whether another slot asks the same family.
    fileprivate(set) var hasSisters = false

    /// The parts that some draw of the slot asks, with the tolerances that hold here.
    package var parts: [Part] {
      style.parts(of: family).filter { style.askedParts?.contains($0.id) ?? true }
    }

    /// The form's fields that the slot may ask, in order.
    package var fields: [PartID] {
      family.fields.filter(Set(parts.map(\.field)).contains)
    }

    /// What a part may be worth: the marks are split over the parts of a draw, which may be fewer.
    var possiblePoints: Set<Points> {
      let parts = parts
      guard family.leavesPartsOut else { return Set(marks.split(by: parts.map(\.weight))) }
      return (1..<1 << parts.count).reduce(into: []) { points, choice in
        let asked = parts.indices.filter { choice & 1 << $0 != 0 }.map { parts[$0] }
        guard Set(asked.map(\.field)).count == asked.count else { return }
        points.formUnion(marks.split(by: asked.map(\.weight)))
      }
    }
  }

  /// - Throws: `SourceError` for a family, version, topic or part that the catalogue lacks.
  package init(_ blueprint: Blueprint, secret: ExamSecret, file: String) throws(SourceError) {
    self.blueprint = blueprint
    self.secret = secret
    let structure = PaperSeed(secret.derive("gradus/1/structure", [blueprint.id.rawValue]))
    var slots: [Slot] = []
    var asked = Set(
      blueprint.sections.flatMap(\.entries).compactMap { entry in
        if case .family(let id, _) = entry.source { id } else { nil }
      })
    for (index, section) in blueprint.sections.enumerated() {
      for entry in section.entries {
        let name = "\(section.title)/\(entry.name)"
        let families = try Self.families(
          of: entry, besides: asked, dice: structure.dice(name), file: file)
        asked.formUnion(families.map { $0.id })
        for (draw, family) in families.enumerated() {
          let style = try Self.style(of: entry, family: family, file: file)
          slots.append(
            Slot(
              number: slots.count + 1, section: index, name: "\(name)/\(draw + 1)",
              family: family, marks: entry.marks, style: style, source: family.source(of: style)))
        }
      }
    }
    for index in slots.indices {
      slots[index].hasSisters = slots.contains {
        $0.number != slots[index].number && $0.family.id == slots[index].family.id
      }
    }
    self.slots = slots
    let points = slots.flatMap(\.possiblePoints)
    pointScale =
      (1...100).first { scale in
        points.allSatisfy { ($0.hundredths * scale).isMultiple(of: 100) }
      } ?? 100
    try Self.checkVariety(of: slots, in: blueprint, file: file)
    try checkCorrections(file: file)
  }

  /// - Throws: `SourceError` for a correction of a question or part that the test does not have.
  private func checkCorrections(file: String) throws(SourceError) {
    for correction in blueprint.corrections {
      guard slots.indices.contains(correction.question - 1) else {
        throw SourceError(
          file: file, line: correction.line,
          "there is no question \(correction.question) to correct; the test has \(slots.count)")
      }
      let fields = slots[correction.question - 1].fields
      if let part = correction.part, !fields.contains(part) {
        throw SourceError(
          file: file, line: correction.line,
          "question \(correction.question) has no part \"\(part)\"; its parts are "
            + fields.map(\.rawValue).joined(separator: ", "))
      }
    }
  }

  /// - Throws: `SourceError` for a family that has fewer different questions than a paper asks.
  private static func checkVariety(
    of slots: [Slot], in blueprint: Blueprint, file: String
  ) throws(SourceError) {
    var wanted: [FamilyID: Int] = [:]
    for slot in slots {
      let family = slot.family
      wanted[family.id, default: 0] += 1
      guard let variants = family.variants, let count = wanted[family.id], count > variants else {
        continue
      }
      let total = slots.count { $0.family.id == family.id }
      let line = blueprint.sections[slot.section].entries.first {
        if case .family(family.id, _) = $0.source { true } else { false }
      }?.line
      throw SourceError(
        file: file, line: line,
        "\(family.id) has \(variants) different questions, and a paper asks for \(total) of them")
    }
  }

  private static func families(
    of entry: Blueprint.Entry, besides asked: Set<FamilyID>, dice: Dice, file: String
  ) throws(SourceError) -> [any QuestionFamily.Type] {
    switch entry.source {
    case .family(let id, let version):
      let family = try Catalogue.family(id, version: version, file: file, line: entry.line)
      return Array(repeating: family, count: entry.count)
    case .topic(let topic, let difficulty):
      let found = Catalogue.families(ofTopic: topic, difficulty: difficulty)
      guard !found.isEmpty else {
        let topics = Catalogue.topics.joined(separator: ", ")
        throw SourceError(
          file: file, line: entry.line,
          "no family of topic \"\(topic)\" has difficulty \(difficulty.lowerBound) to "
            + "\(difficulty.upperBound); topics are \(topics)")
      }
      let fresh = found.filter { !asked.contains($0.id) }
      if fresh.count >= min(entry.count, found.count) {
        return spread(entry.count, of: fresh, dice: dice)
      }
      return fresh + spread(entry.count - fresh.count, of: found, dice: dice)
    }
  }

  /// A systematic sample: `count` places at equal distances, after a random start, in the families
  /// put in order of difficulty. Each family is as likely as any other, none is taken again before
  /// all were, and every sample has easy and hard ones in the shares that the families have.
  private static func spread(
    _ count: Int, of families: [any QuestionFamily.Type], dice: Dice
  ) -> [any QuestionFamily.Type] {
    var dice = dice
    let shuffled = dice.shuffled(families).enumerated()
    let ranked = shuffled.sorted {
      ($0.element.difficulty, $0.offset) < ($1.element.difficulty, $1.offset)
    }
    let start = dice.below(families.count)
    return (0..<count).map { ranked[(start + $0 * families.count) / count].element }
  }

  private static func style(
    of entry: Blueprint.Entry, family: any QuestionFamily.Type, file: String
  ) throws(SourceError) -> QuestionStyle {
    let known = family.parts.map(\.id)
    if let stranger = entry.parts?.first(where: { !known.contains($0) }) {
      throw SourceError(
        file: file, line: entry.line,
        "\(family.id) has no part \"\(stranger)\"; its parts are "
          + known.map(\.rawValue).joined(separator: ", "))
    }
    let style = QuestionStyle(
      askedParts: entry.parts ?? family.usualParts, decimals: entry.decimals)
    if let decimals = entry.decimals, !family.canBeAsked(style) {
      throw SourceError(
        file: file, line: entry.line,
        "\(family.id) cannot be asked to \(decimals) decimals: its answers could no longer be told "
          + "from known mistakes; ask for more, or leave \"decimals\" out")
    }
    return style
  }

  /// Every answer field of the form, in the order of the questions.
  package var formItems: [FormItem] {
    slots.flatMap { slot in slot.fields.map { FormItem(question: slot.number, field: $0) } }
  }

  /// What a paper is for: none of the one kind can be one of the other.
  package enum Purpose: String, Sendable {
    case test = "gradus/1/test"
    case practice = "gradus/1/practice"
  }

  /// The paper of one candidate.
  package func paper(for candidate: CandidateID, purpose: Purpose = .test) -> Paper {
    let seed = seed(of: candidate, purpose)
    return Paper(
      test: blueprint.id, candidate: candidate, code: code(for: candidate),
      questions: questions(from: seed), order: order(seed), nonce: seed.child("nonce"))
  }

  /// The questions of a candidate's paper, in the order of the slots.
  package func questions(for candidate: CandidateID) -> [any Question] {
    questions(from: seed(of: candidate, .test))
  }

  private func seed(of candidate: CandidateID, _ purpose: Purpose) -> PaperSeed {
    PaperSeed(secret.derive(purpose.rawValue, [blueprint.id.rawValue, candidate.rawValue]))
  }

  private func questions(from seed: PaperSeed) -> [any Question] {
    var questions: [any Question] = []
    questions.reserveCapacity(slots.count)
    for slot in slots {
      var dice = seed.dice(slot.name)
      var question = slot.source.question(from: &dice)
      // No paper asks the same twice; the slot's own dice go on until they find something else.
      if slot.hasSisters {
        var throwsLeft = 1000
        while throwsLeft > 0, questions.contains(where: question.isSame) {
          question = slot.source.question(from: &dice)
          throwsLeft -= 1
        }
      }
      questions.append(question)
    }
    return questions
  }

  /// The slots as one paper shows them: shuffled within the sections that want it.
  private func order(_ seed: PaperSeed) -> [Int] {
    blueprint.sections.enumerated().flatMap { index, section in
      let slots = slots.indices.filter { self.slots[$0].section == index }
      guard section.isShuffled else { return slots }
      var dice = seed.dice("order/\(section.title)")
      return dice.shuffled(slots)
    }
  }

  /// Tells the secret from others without telling it.
  var fingerprint: String { secret.fingerprint }

  /// What stands for a candidate where names are not to be shown: the same in every run of the test,
  /// and led back to them by nobody without the secret.
  package func pseudonym(of candidate: CandidateID) -> String {
    let code = secret.derive("gradus/1/pseudonym", [blueprint.id.rawValue, candidate.rawValue])
    return "anon-" + Hex.encode(Array(code.prefix(8)))
  }

  /// The code on one candidate's paper; cheap, since nothing else is drawn.
  package func code(for candidate: CandidateID) -> PaperCode {
    PaperCode(bits: secret.derive("gradus/1/code", [blueprint.id.rawValue, candidate.rawValue]))
  }
}
