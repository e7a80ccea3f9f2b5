import ExamModel
import Typesetting

/// A text with places to fill.
///
/// `{{name}}` is a value, escaped for what the template is written in, or markup as it is: the value
/// says which. `{{#name}}…{{/name}}` stands once where a flag is set, and once for each member of a
/// list, whose names come before those around it; `{{^name}}…{{/name}}` stands where there is
/// none. `{{> file}}` is another template. A line with nothing but such a mark leaves no line behind.
package struct Template: Sendable {
  fileprivate indirect enum Piece {
    case text(Substring)
    case place(Mark)
    case section(Mark, isInverted: Bool, [Piece])
  }

  /// A name between braces, and where it stands.
  fileprivate struct Mark: CustomStringConvertible {
    let description: String
    let file: String
    /// From 1.
    let line: Int
  }

  /// A piece without anything to hold on to: what it needs stands in the template's own lists.
  private enum Step {
    case text(Range<Int>)
    case place(Int)
    /// What stands in it ends before a further step.
    case section(Int, isInverted: Bool, end: Int)
  }

  private let markup: Markup
  private var steps: [Step] = []
  private var text: [UInt8] = []
  private var names: [Mark] = []
  private var hashes: [UInt64] = []

  /// The names of the templates in a folder among those that the program carries, without the folder
  /// and their endings.
  package static func names(in folder: String) -> [String] {
    EmbeddedTemplates.files.filter { $0.path.hasPrefix(folder + "/") }
      .map { String($0.path.dropFirst(folder.count + 1).prefix { $0 != "." }) }.sorted()
  }

  /// - Parameters:
  ///   - path: what errors call a template: its file, where it is one of the user's own.
  ///   - find: the text of a template that is named by `{{> name}}`.
  /// - Throws: `TemplateError` for a place or section that never ends, and for an unknown template.
  package init(
    _ text: String, name: String, path: @escaping (String) -> String = { $0 },
    find: @escaping (String) -> String? = { _ in nil }
  ) throws(TemplateError) {
    var parser = TemplateParser(text: text, name: name, path: path, find: find, within: [name])
    let pieces = try parser.pieces(until: nil)
    markup = Markup(fileName: name)
    add(pieces)
  }

  private mutating func add(_ name: Mark) -> Int {
    names.append(name)
    hashes.append(name.description.stableHash)
    return names.count - 1
  }

  private mutating func add(_ pieces: [Piece]) {
    for piece in pieces {
      switch piece {
      case .text(let new):
        let start = text.count
        text += new.utf8
        steps.append(.text(start..<text.count))
      case .place(let field): steps.append(.place(add(field)))
      case .section(let field, let isInverted, let inner):
        let (place, name) = (steps.count, add(field))
        steps.append(.section(name, isInverted: isInverted, end: 0))
        add(inner)
        steps[place] = .section(name, isInverted: isInverted, end: steps.count)
      }
    }
  }

  /// Looks for names that nothing will ever have, also where no page comes by.
  ///
  /// - Throws: `TemplateError` for the first of them.
  func check(among known: [TemplateName]) throws(TemplateError) {
    let place = hashes.indices.first { place in !known.contains { $0.hash == hashes[place] } }
    if let place { throw unknown(names[place], among: known.map(\.text.description)) }
  }

  /// The template for pages on which some flags are known: what they decide stands or falls here.
  package func knowing(_ flags: [(name: TemplateName, isSet: Bool)]) -> Template {
    var copy = Template(markup: markup)
    var joint = 0
    copy.add(steps.indices, of: self, knowing: flags, joint: &joint)
    return copy
  }

  private init(markup: Markup) { self.markup = markup }

  /// - Parameter joint: where steps begin to which a text may be joined.
  private mutating func add(
    _ part: Range<Int>, of other: Template, knowing flags: [(name: TemplateName, isSet: Bool)],
    joint: inout Int
  ) {
    var place = part.lowerBound
    while place < part.upperBound {
      let step = other.steps[place]
      place += 1
      switch step {
      case .text(let range):
        let start = text.count
        text += other.text[range]
        if steps.count > joint, case .text(let before)? = steps.last {
          steps[steps.count - 1] = .text(before.lowerBound..<text.count)
        } else {
          steps.append(.text(start..<text.count))
        }
      case .place(let name): steps.append(.place(add(other.names[name])))
      case .section(let name, let isInverted, let end):
        let inner = place..<end
        place = end
        if let flag = flags.first(where: { $0.name.hash == other.hashes[name] })?.isSet {
          if flag != isInverted { add(inner, of: other, knowing: flags, joint: &joint) }
          continue
        }
        let (section, field) = (steps.count, add(other.names[name]))
        steps.append(.section(field, isInverted: isInverted, end: 0))
        add(inner, of: other, knowing: flags, joint: &joint)
        steps[section] = .section(field, isInverted: isInverted, end: steps.count)
        joint = steps.count
      }
    }
  }

  /// The text with every place filled.
  ///
  /// - Throws: `TemplateError` for a place that `values` do not name.
  package func filled(with values: TemplateValues) throws(TemplateError) -> String {
    var page: [UInt8] = []
    try write(values, to: &page)
    return String(decoding: page, as: UTF8.self)
  }

  /// Appends the same in UTF-8.
  func write(_ values: TemplateValues, to page: inout [UInt8]) throws(TemplateError) {
    var scopes = [values]
    try write(steps.indices, with: &scopes, to: &page)
  }

  private func write(
    _ part: Range<Int>, with scopes: inout [TemplateValues], to page: inout [UInt8]
  ) throws(TemplateError) {
    var place = part.lowerBound
    while place < part.upperBound {
      let step = steps[place]
      place += 1
      switch step {
      case .text(let range): page.append(text.span.extracting(range))
      case .place(let name):
        switch try value(of: name, in: scopes) {
        case .text(let text): markup.write(text, to: &page)
        case .markup(let text): page.append(contentsOf: text.utf8)
        case .set(let bytes): page.append(bytes.span)
        case .flag, .list:
          let field = names[name]
          throw error(field, "\"\(field)\" is no text; write {{#\(field)}}…{{/\(field)}}")
        }
      case .section(let name, let isInverted, let end):
        let inner = place..<end
        place = end
        switch try value(of: name, in: scopes) {
        case .flag(let isSet):
          if isSet != isInverted { try write(inner, with: &scopes, to: &page) }
        case .list(let items) where isInverted:
          if items.isEmpty { try write(inner, with: &scopes, to: &page) }
        case .list(let items):
          for item in items {
            scopes.append(item)
            try write(inner, with: &scopes, to: &page)
            scopes.removeLast()
          }
        case .text, .markup, .set:
          throw error(names[name], "\"\(names[name])\" is a text; write {{\(names[name])}}")
        }
      }
    }
  }

  private func value(
    of name: Int, in scopes: [TemplateValues]
  ) throws(TemplateError) -> TemplateValue {
    let hash = hashes[name]
    for place in scopes.indices.reversed() {
      if let value = scopes[place].value(of: hash) { return value }
    }
    throw unknown(names[name], among: scopes.flatMap(\.names))
  }

  private func unknown(_ mark: Mark, among known: [String]) -> TemplateError {
    let list = Set(known).sorted().joined(separator: ", ")
    return error(mark, "nothing is called \"\(mark)\" here; there are \(list)")
  }

  private func error(_ mark: Mark, _ what: String) -> TemplateError {
    TemplateError("\(mark.file):\(mark.line): \(what)")
  }
}

/// A template does not make sense, or asks for something that does not exist.
package struct TemplateError: Error, CustomStringConvertible {
  package let description: String

  package init(_ description: String) { self.description = description }
}

/// Cuts a template into pieces.
private struct TemplateParser {
  private var rest: Substring
  /// Whether `rest` begins at the start of a line.
  private var startsLine = true
  /// The line on which `rest` begins, from 1.
  private var line = 1
  private let file: String
  private let path: (String) -> String
  private let find: (String) -> String?
  /// The templates that stand around this one, itself included.
  private let within: [String]

  init(
    text: String, name: String, path: @escaping (String) -> String,
    find: @escaping (String) -> String?, within: [String]
  ) {
    // Together they are one character, which is no "\n"; a page of ours has none.
    rest = text.replacingBytes("\r\n", with: "\n")[...]
    file = path(name)
    self.path = path
    self.find = find
    self.within = within
  }

  /// - Parameter section: what has to be closed, with the mark that opened it.
  mutating func pieces(until section: Template.Mark?) throws(TemplateError) -> [Template.Piece] {
    var pieces: [Template.Piece] = []
    while let open = Self.opening(in: rest) {
      var before = rest[..<open]
      line += before.lineEnds
      rest = rest[open...].dropFirst(2)
      guard let close = rest.firstRange(of: "}}") else {
        throw error("a place to fill is never closed")
      }
      let mark = rest[..<close.lowerBound].trimmed
      let start = line
      line += rest[..<close.upperBound].lineEnds
      rest = rest[close.upperBound...]
      if "#^/>".contains(mark.first ?? " ") { takeOwnLine(&before) } else { startsLine = false }
      pieces.append(.text(before))
      let field = String(mark.dropFirst().trimmed)
      switch mark.first {
      case "/":
        guard field == section?.description else {
          throw error("{{/\(field)}} closes what was not opened", line: start)
        }
        return pieces
      case "#", "^":
        let opened = Template.Mark(description: field, file: file, line: start)
        pieces.append(
          .section(opened, isInverted: mark.first == "^", try self.pieces(until: opened)))
      case ">": pieces += try included(field, line: start)
      default: pieces.append(.place(.init(description: String(mark), file: file, line: start)))
      }
    }
    if let section { throw error("{{#\(section)}} is never closed", line: section.line) }
    return pieces + [.text(rest)]
  }

  private func included(_ name: String, line: Int) throws(TemplateError) -> [Template.Piece] {
    guard !within.contains(name) else { throw error("\(name) would contain itself", line: line) }
    guard let text = find(name) else {
      throw error("there is no template \"\(name)\"", line: line)
    }
    var parser = TemplateParser(
      text: text, name: name, path: path, find: find, within: within + [name])
    return try parser.pieces(until: nil)
  }

  private func error(_ what: String, line: Int? = nil) -> TemplateError {
    TemplateError("\(file):\(line ?? self.line): \(what)")
  }

  /// Where a mark begins: of three braces, the first is the text's own.
  private static func opening(in text: Substring) -> Substring.Index? {
    guard var open = text.firstRange(of: "{{")?.lowerBound else { return nil }
    while text[open...].hasPrefix("{{{") { open = text.index(after: open) }
    return open
  }

  /// Takes the white space and the line end round a mark that has a line to itself.
  private mutating func takeOwnLine(_ before: inout Substring) {
    let line = before.reversed().prefix { $0 != "\n" }
    let after = rest.prefix { $0 != "\n" }
    startsLine =
      (startsLine || line.count < before.count) && line.allSatisfy { $0 == " " }
      && after.allSatisfy { $0 == " " }
    guard startsLine else { return }
    before = before.dropLast(line.count)
    rest = rest.dropFirst(after.count + 1)
    self.line += 1
  }
}

extension Substring {
  fileprivate var lineEnds: Int { utf8.count { $0 == 10 } }

  /// Without blanks at either end.
  fileprivate var trimmed: Substring {
    let start = drop { $0 == " " }
    return start.dropLast(start.reversed().prefix { $0 == " " }.count)
  }

  /// The first place where `needle` stands.
  fileprivate func firstRange(of needle: String) -> Range<Index>? {
    var start = startIndex
    while let found = self[start...].firstIndex(of: needle[needle.startIndex]) {
      if self[found...].hasPrefix(needle) { return found..<index(found, offsetBy: needle.count) }
      start = index(after: found)
    }
    return nil
  }
}
