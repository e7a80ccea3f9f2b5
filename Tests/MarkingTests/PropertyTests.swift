import ExamModel
import Marking
import QuestionBank
import TestKit
import Testing

@Suite("Printing and reading") struct PropertyTests {
  private static let options = [
    "momentum", "dropout, on activations", "early stopping; watched", "weight decay", "none of it",
  ]

  /// A canonical answer of a kind; nil for expressions, which are drawn by the families.
  private func draw(_ kind: AnswerKind, _ dice: inout Dice) -> AnswerValue? {
    switch kind {
    case .number: .number(real(&dice))
    case .integer: .integer(dice.below(2_000_000_001) - 1_000_000_000)
    case .shape where dice.below(4) == 0:
      .symbolicShape(["N", dice.pick(["-1", "None", "d_k", "4*d", "7"]), String(dice.below(99))])
    case .shape: .shape((0..<dice.below(5)).map { _ in dice.below(1000) })
    case .vector: .vector((0...dice.below(6)).map { _ in real(&dice) })
    case .matrix:
      [dice.below(4) + 1].map { width in
        .matrix((0...dice.below(4)).map { _ in (0..<width).map { _ in real(&dice) } })
      }[0]
    case .choice: .choice(dice.pick(Self.options))
    case .choices: .choices(Self.options.filter { _ in dice.below(2) == 0 })
    case .ordering: .ordering(dice.shuffled(Self.options))
    case .text: .text(dice.pick(["ij", "row 3", "none", "a→b"]))
    case .expression: nil
    }
  }

  /// Any magnitude, any number of digits, and now and then a whole number.
  private func real(_ dice: inout Dice) -> Double {
    let digits = Double(dice.below(1_000_000) - 500_000)
    switch dice.below(4) {
    case 0: return digits
    case 1: return digits / 1000
    case 2: return digits / 7 * Double.powerOfTen(dice.below(40) - 20)
    default: return digits.nextUp / 3
    }
  }

  @Test("give back every canonical answer", arguments: AnswerKind.allCases, 0..<40 as Range<UInt64>)
  func roundTrip(_ kind: AnswerKind, _ seed: UInt64) {
    var dice = Dice(seed: seed)
    let context = ReadingContext(options: Self.options)
    for _ in 0..<25 {
      guard let value = draw(kind, &dice) else { return }
      #expect(Reading(value.plainText, as: kind, in: context).value == value, "\(value.plainText)")
      #expect(AnswerValue(value.json, as: kind) == value, "\(value.json.text)")
    }
  }

  @Test("give back every key of the bank", arguments: Catalogue.families.map { $0.id })
  func keys(_ id: FamilyID) throws {
    for seed in 0..<40 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let question = try Catalogue.family(id).question(from: &dice, style: QuestionStyle())
      for index in question.asked {
        guard let key = question.key[index], let kind = key.kind else { continue }
        let part = question.parts[index].id
        let context = ReadingContext(
          options: question.options[part] ?? [], names: question.names)
        let read = Reading(key.plainText, as: kind, in: context).value
        // A key's own formula is simplified by the first reading.
        let printed = kind == .expression ? try #require(read).plainText : key.plainText
        let again = Reading(printed, as: kind, in: context).value
        // Options come back in the paper's order, and words in small letters.
        let isWords = kind == .choices || kind == .text
        let isKey = again.map { Acceptance.accepts($0, key: key, tolerance: .exact) } == true
        #expect(isWords ? isKey : again?.plainText == printed, "\(id) seed \(seed) \(part)")
      }
    }
  }

  // MARK: Spellings

  /// The ways in which people write one number to six decimals.
  private func spellings(of x: Double) -> [String] {
    let plain = x.fixed(6)
    let bare = plain.replacing("0.", with: ".")
    let comma = plain.replacing(".", with: ",")
    return [
      plain, " \(plain) ", plain.replacing("-", with: "−"), comma, "x = \(plain)", "≈ \(plain)",
      "\(plain) (6 dp)", "(\(plain))", "$\(plain)$", "\(plain)0", "\(plain);", "= \(plain)",
      x.magnitude < 1 ? bare : plain, "\((x * 100).fixed(4))%", "\(plain)e0", "\(plain)*10^0",
      "\((x * 100).fixed(4))×10⁻²", "\((x * 100).fixed(4)) \\times 10^{-2}", "tensor(\(plain))",
      "about \(plain)", "\(plain) bits", "**\(plain)**".filter { $0 != "*" },
    ]
  }

  @Test("find one value in every spelling of a number", arguments: 0..<100 as Range<UInt64>)
  func numbers(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let x = Double(dice.below(20_000_001) - 10_000_000) / 1_000_000
    let part = Part("x", .number, tolerance: .absolute(1e-9))
    for typed in spellings(of: x) {
      let mark = Marker().mark(typed, part: part, key: .number(x), worth: Points(1))
      #expect(mark.outcome == .correct, "\(typed)")
    }
  }

  @Test("find one value in every spelling of a list", arguments: 0..<100 as Range<UInt64>)
  func lists(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let width = dice.below(3) + 2
    let rows = (0..<dice.below(3) + 2).map { _ in
      (0..<width).map { _ in Double(dice.below(2001) - 1000) / 100 }
    }
    let texts = rows.map { $0.map { $0.fixed(2) } }
    for spelling in Self.matrices {
      let lines = texts.map {
        spelling.rowOpen + $0.joined(separator: spelling.entry) + spelling.rowClose
      }
      let typed = spelling.open + lines.joined(separator: spelling.row) + spelling.close
      #expect(Reading(typed, as: .matrix).value == .matrix(rows), "\(typed)")
      let minus = typed.replacing("-", with: "−")
      #expect(Reading(minus, as: .matrix).value == .matrix(rows), "\(minus)")
    }
    for (open, entry, close) in Self.vectors {
      let typed = open + texts[0].joined(separator: entry) + close
      #expect(Reading(typed, as: .vector).value == .vector(rows[0]), "\(typed)")
    }
    let comma = texts[0].joined(separator: "; ").replacing(".", with: ",")
    #expect(Reading(comma, as: .vector).value == .vector(rows[0]), "\(comma)")
  }

  private struct MatrixSpelling: Sendable {
    var (open, close) = ("", "")
    var (rowOpen, rowClose) = ("", "")
    var (entry, row) = (", ", ", ")

    init(
      _ open: String, _ rowOpen: String, _ entry: String, _ rowClose: String, _ row: String,
      _ close: String
    ) {
      (self.open, self.close) = (open, close)
      (self.rowOpen, self.rowClose) = (rowOpen, rowClose)
      (self.entry, self.row) = (entry, row)
    }
  }

  private static let matrices: [MatrixSpelling] = [
    .init("[", "[", ", ", "]", ", ", "]"), .init("[", "[", ",", "]", ",", "]"),
    .init("[", "", " ", "", "; ", "]"), .init("", "", ", ", "", "\n", ""),
    .init("(", "(", ", ", ")", ", ", ")"), .init("{", "{", ", ", "}", ", ", "}"),
    .init("np.array([", "[", ", ", "]", ",\n          ", "])"),
    .init("tensor([", "[", ", ", "]", ", ", "], dtype=torch.float64)"),
    .init("\\begin{bmatrix} ", "", " & ", "", " \\\\ ", " \\end{bmatrix}"),
    .init("W = [", "[", ", ", "]", ", ", "]"), .init("", "|", " ", "|", "\n", ""),
    .init("", "", "\t", "", "\n", ""), .init("[", "[", "  ", "]", "\n ", "]"),
    .init("mat(", "", ", ", "", "; ", ")"), .init("", "[", ", ", "]", ", ", ""),
  ]

  private static let vectors: [(String, String, String)] = [
    ("[", ", ", "]"), ("(", ",", ")"), ("", " ", ""), ("", "; ", ""), ("", "\n", ""),
    ("[", " ", "]ᵀ"), ("[[", "], [", "]]"), ("p = [", ", ", "]"), ("⟨", ", ", "⟩"),
    ("\\begin{pmatrix}", "\\\\", "\\end{pmatrix}"), ("c(", ", ", ")"), ("{", ", ", "}"),
    ("torch.tensor([", ", ", "])"), ("[[", ", ", "]]"), ("[", ", ", "]^T"),
  ]

  // MARK: The quick way

  /// A sign that is not seen keeps the quick reader away, and changes nothing else.
  @Test("come to the same by the quick way and the long one", arguments: 0..<60 as Range<UInt64>)
  func quick(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let signs = Array("0123456789012345..,,-−/  ;[](){}x\n")
    for _ in 0..<60 {
      let typed = String((0..<dice.below(9) + 1).map { _ in dice.pick(signs) })
      for kind in [AnswerKind.number, .integer, .shape, .vector, .matrix] {
        for locale in NumberLocale.allCases {
          let context = ReadingContext(numberLocale: locale)
          let quick = Reading(typed, as: kind, in: context)
          let long = Reading("\u{200B}" + typed, as: kind, in: context)
          guard quick.value != nil || long.value != nil else { continue }
          #expect(quick == long, "\(kind) \(locale) \(typed.debugDescription)")
        }
      }
    }
  }

  // MARK: Noise

  @Test("do no harm to any bytes", arguments: 0..<200 as Range<UInt64>)
  func bytes(_ seed: UInt64) {
    var dice = Dice(seed: seed)
    let context = ReadingContext(options: Self.options)
    let rows = TypedAnswer.all
    for kind in AnswerKind.allCases {
      // A typed answer with some of its bytes changed, so that the noise gets past the first sign.
      var bytes = Array(dice.pick(rows).typed.utf8)
      for _ in 0...dice.below(4) {
        let byte = UInt8(dice.below(256))
        bytes.insert(byte, at: dice.below(bytes.count + 1))
        if bytes.count > 1, dice.below(2) == 0 { bytes.remove(at: dice.below(bytes.count)) }
      }
      let reading = Reading(String(decoding: bytes, as: UTF8.self), as: kind, in: context)
      guard let value = reading.value, kind != .expression else { continue }
      #expect(Reading(value.plainText, as: kind, in: context).value?.plainText == value.plainText)
    }
  }
}
