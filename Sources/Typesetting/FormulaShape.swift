import Synchronization

/// What all formulas share that differ in their numbers only: their tree, and every form of it that
/// was asked for, with places for the numbers.
final class FormulaShape: Sendable {
  /// Products and quotients with a number on both sides.
  let products: Int
  let isEquation: Bool
  let isEmpty: Bool
  let isList: Bool
  /// The tree with stand-ins for the numbers.
  private let tree: FormulaTree
  private let sketch: [UInt8]
  private let settings = InlineArray<10, AtomicLazyReference<FormulaSetting>> { _ in
    AtomicLazyReference()
  }

  /// Nil where other numbers would be set in another way.
  private init?(_ sketch: [UInt8]) {
    guard let tree = try? FormulaTree(sketch: sketch), tree.isSetAlike else { return nil }
    self.tree = tree
    self.sketch = sketch
    (products, isEquation, isEmpty) = (tree.products, tree.isEquation, tree == .row([]))
    isList = tree.isList
  }

  /// The formula in one form, which is set when it is first asked for.
  func setting(_ form: FormulaForm) -> FormulaSetting {
    settings[form.rawValue].load()
      ?? settings[form.rawValue].storeIfNil(FormulaSetting(cutting: tree.text(form)))
  }

  // MARK: Shapes that are known

  private static let known = Mutex<[UInt64: FormulaShape]>([:])
  /// Enough for every family on one paper; when there are more, all are found anew.
  private static let mostKnown = 1 << 13

  /// The shape of all formulas with such a sketch; nil where they do not share one.
  static func like(_ sketch: FormulaSketch) -> FormulaShape? {
    guard sketch.isClear else { return nil }
    if let shape = known.withLock({ $0[sketch.hash] }) {
      return sketch.isMade(of: shape.sketch) ? shape : nil
    }
    guard let shape = FormulaShape(sketch.bytes) else { return nil }
    known.withLock { known in
      if known.count >= mostKnown { known.removeAll() }
      known[sketch.hash] = shape
    }
    return shape
  }
}

/// What can be made of a formula.
enum FormulaForm: Int, CaseIterable {
  case plain, latex, typst
  /// A `<math>` element in a line, or on a line of its own.
  case inline, displayed
  /// The phrases of a list, each in a `<math>` element.
  case phrases
  /// The plain text as the value of an attribute.
  case alternative
  /// Two rows of MathML, from before and after the first relation, each in a cell of a table.
  case sides
  /// What stands before and after the first relation, with a sign between that aligns it.
  case latexSides, typstSides
}

extension FormulaTree {
  func text(_ form: FormulaForm) -> String {
    switch form {
    case .plain: plainText()
    case .latex: latex()
    case .typst: typst()
    case .inline: html()
    case .displayed: html(isDisplayed: true)
    case .phrases: phrasesHTML
    case .alternative: escapedHTML(plainText())
    case .latexSides: "\(Self.joinedLaTeX(sides.left)) &\(Self.joinedLaTeX(sides.right))"
    case .typstSides:
      "\(FormulaTree.row(sides.left).typst()) & \(FormulaTree.row(sides.right).typst())"
    case .sides:
      "<mtd style=\"text-align: right\">\(Self.rowHTML(sides.left))</mtd>"
        + "<mtd style=\"text-align: left\">\(Self.rowHTML(sides.right))</mtd>"
    }
  }
}

/// A text with places for the numbers of a formula.
final class FormulaSetting: Sendable {
  private let bytes: [UInt8]
  /// Where in the bytes a number is put in, and which; in order.
  private let places: [(offset: Int, number: Int)]

  /// Cuts out the stand-ins of numbers.
  init(cutting text: String) {
    var bytes: [UInt8] = []
    var places: [(offset: Int, number: Int)] = []
    let text = Array(text.utf8)
    bytes.reserveCapacity(text.count)
    var place = 0
    while place < text.count {
      if let number = Unicode.Scalar.numberStoodFor(in: text, at: place) {
        places.append((bytes.count, number))
        place += 2 * Unicode.Scalar.standInCount
      } else {
        bytes.append(text[place])
        place += 1
      }
    }
    (self.bytes, self.places) = (bytes, places)
  }

  /// Appends the text with the numbers that stand in a source.
  func write(to text: inout [UInt8], numbers: [FormulaSketch.Number], of source: [UInt8]) {
    let count = places.reduce(bytes.count) { $0 + numbers[$1.number].place.count }
    // Room is made once: most pieces are shorter than the making of room is long.
    unsafe bytes.withUnsafeBufferPointer { bytes in
      unsafe source.withUnsafeBufferPointer { source in
        text.append(addingCapacity: count) { room in
          unsafe room.withUnsafeMutableBufferPointer { room, used in
            var start = 0
            for (offset, number) in places {
              unsafe room.add(bytes, start..<offset, at: &used)
              unsafe room.add(source, numbers[number].place, at: &used)
              start = offset
            }
            unsafe room.add(bytes, start..<bytes.count, at: &used)
          }
        }
      }
    }
  }
}

extension UnsafeMutableBufferPointer<UInt8> {
  /// Copies a part of other bytes into the room that is left.
  fileprivate func add(
    _ bytes: UnsafeBufferPointer<UInt8>, _ part: Range<Int>, at place: inout Int
  ) {
    let end = place + part.count
    _ = unsafe UnsafeMutableBufferPointer(rebasing: self[place..<end])
      .initialize(fromContentsOf: UnsafeBufferPointer(rebasing: bytes[part]))
    place = end
  }
}

// MARK: Stand-ins

/// A stand-in is one scalar of a private plane, written twice: no text sets it small, and none
/// takes it for a single character, which a number with a point never is.
extension Unicode.Scalar {
  private static let (firstNumber, firstDecimal): (UInt32, UInt32) = (0xF_0000, 0xF_8000)

  /// What stands for a number; nil where there are too many of them.
  fileprivate static func standing(forNumber index: Int, isDecimal: Bool) -> Unicode.Scalar? {
    index < 0x7000 ? Unicode.Scalar((isDecimal ? firstDecimal : firstNumber) + UInt32(index)) : nil
  }

  /// The index of the number that this stands for.
  fileprivate var numberStoodFor: Int? {
    guard Self.firstNumber <= value, value < Self.firstDecimal + 0x7000 else { return nil }
    return Int(value & 0x7FFF)
  }

  /// The bytes of one in UTF-8.
  fileprivate static var standInCount: Int { 4 }

  /// The same for the scalar that begins in a text in UTF-8.
  fileprivate static func numberStoodFor(in text: [UInt8], at place: Int) -> Int? {
    guard text[place] == FormulaSketch.leadOfStandIns else { return nil }
    let rest = text[(place + 1)..<(place + standInCount)]
    return Unicode.Scalar(rest.reduce(3) { $0 << 6 | UInt32($1 & 0x3F) })?.numberStoodFor
  }

  /// Whether this stands for a number that may be whole.
  fileprivate var standsForAnyNumber: Bool {
    Self.firstNumber <= value && value < Self.firstDecimal
  }

  /// Whether this is half of what stands for a number.
  var isStandIn: Bool { numberStoodFor != nil }
}

extension FormulaTree {
  /// Reads a sketch, with stand-ins in place of numbers.
  fileprivate init(sketch: [UInt8]) throws(FormulaError) {
    var count = 0
    var source: [Unicode.Scalar] = []
    for scalar in String(decoding: sketch, as: UTF8.self).unicodeScalars {
      let isDecimal = scalar.value == FormulaSketch.decimal
      if isDecimal || scalar.value == FormulaSketch.number {
        let standIn = Unicode.Scalar.standing(forNumber: count, isDecimal: isDecimal) ?? scalar
        source += [standIn, standIn]
        count += 1
      } else {
        source.append(scalar)
      }
    }
    try self.init(parsing: source)
  }

  /// Whether every number can be put in where its stand-in is: none is whole within a script or
  /// under an accent, where its size decides on more than its own digits.
  fileprivate var isSetAlike: Bool {
    switch self {
    case .number, .identifier, .text, .function, .symbol: true
    case .row(let items): items.allSatisfy(\.isSetAlike)
    case .fraction(let above, let below): above.isSetAlike && below.isSetAlike
    case .script(let base, let below, let above):
      base.isSetAlike && !(below?.holdsAnyNumber ?? false) && !(above?.holdsAnyNumber ?? false)
    case .accent(_, let base): !base.holdsAnyNumber
    case .root(let inner), .fenced(_, let inner, _): inner.isSetAlike
    case .matrix(let rows): rows.joined().allSatisfy(\.isSetAlike)
    }
  }

  private var holdsAnyNumber: Bool {
    switch self {
    case .number(let text), .identifier(let text), .text(let text), .function(let text):
      text.unicodeScalars.contains(where: \.standsForAnyNumber)
    case .symbol: false
    case .row(let items): items.contains(where: \.holdsAnyNumber)
    case .fraction(let a, let b): a.holdsAnyNumber || b.holdsAnyNumber
    case .script(let base, let below, let above):
      base.holdsAnyNumber || below?.holdsAnyNumber ?? false || above?.holdsAnyNumber ?? false
    case .accent(_, let inner), .root(let inner), .fenced(_, let inner, _): inner.holdsAnyNumber
    case .matrix(let rows): rows.joined().contains(where: \.holdsAnyNumber)
    }
  }
}
