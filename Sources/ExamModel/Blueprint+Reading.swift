extension Blueprint {
  /// Reads a blueprint in JSON5.
  ///
  /// - Throws: `SourceError` that names the key, its line and column, and what is allowed there.
  ///   Whether the families exist is for the catalogue to say.
  package init(parsing text: String, file: String) throws(SourceError) {
    let root = try LocatedJSON(parsing: text, file: file)
    var reader = try MemberReader(root, file: file, noun: "a blueprint")
    let id = try reader.string("id")
    guard id.utf8.allSatisfy(Self.isPlain) else {
      throw SourceError(
        file: file, line: root.line, column: root.column,
        "\"id\" is made of small letters, digits and hyphens, such as \"mock-logic-2026\"")
    }
    self.id = TestID(id)
    title = try reader.string("title")
    minutes = try reader.optionalInteger("minutes", in: 1...1440) ?? 60
    var sections: [Section] = []
    for item in try reader.list("sections") {
      sections.append(try Section(item, file: file))
    }
    self.sections = sections
    marking =
      try reader.optional("marking").map { value throws(SourceError) in
        try MarkingPolicy(value, file: file)
      } ?? MarkingPolicy()
    corrections = []
    if reader.optional("corrections") != nil {
      for item in try reader.list("corrections") {
        corrections.append(try Correction(item, file: file))
      }
    }
    try reader.finish()
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == 45
  }
}

extension Blueprint.Section {
  fileprivate init(_ value: LocatedJSON, file: String) throws(SourceError) {
    var reader = try MemberReader(value, file: file, noun: "a section")
    title = try reader.string("title")
    entries = []
    for item in try reader.list("questions") {
      var entry = try Blueprint.Entry(item, file: file)
      // The second entry of one family gets a name of its own: seeds come from names.
      let alike = entries.filter { $0.name == entry.name || $0.name.hasPrefix(entry.name + "#") }
      if !alike.isEmpty { entry.name += "#\(alike.count + 1)" }
      entries.append(entry)
    }
    if let shuffle = reader.optional("shuffle") {
      guard case .bool(let isShuffled) = shuffle.content else {
        throw reader.error(at: shuffle, "\"shuffle\" is true or false")
      }
      self.isShuffled = isShuffled
    }
    try reader.finish()
  }
}

extension Blueprint.Entry {
  fileprivate init(_ value: LocatedJSON, file: String) throws(SourceError) {
    var reader = try MemberReader(value, file: file, noun: "a question")
    let name = try reader.optionalString("name")
    let family = try reader.optionalString("family")
    let topic = try reader.optionalString("topic")
    let difficulty = reader.optional("difficulty")
    switch (family, topic) {
    case (let family?, nil):
      let pieces = family.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
      let version = pieces.count == 2 ? Int(pieces[1]) : nil
      guard pieces.count == 1 || (pieces.count == 2 && version != nil), !pieces[0].isEmpty else {
        throw reader.error(
          at: value, "\"family\" is a name such as \"matdim.product\" or \"matdim.product@1\"")
      }
      if let difficulty {
        throw reader.error(
          at: difficulty, "\"difficulty\" goes with \"topic\", not with \"family\"")
      }
      source = .family(FamilyID(pieces[0]), version: version)
      self.name = name ?? pieces[0]
    case (nil, let topic?):
      source = .topic(topic, difficulty: try Self.range(difficulty, reader: reader))
      self.name = name ?? topic
    case (nil, nil):
      // Names a mistyped key, where there is one, before it asks for what is missing.
      _ = (reader.optional("count"), reader.optional("marks"), reader.optional("decimals"))
      _ = reader.optional("parts")
      try reader.finish()
      throw reader.error(at: value, "a question needs a \"family\" or a \"topic\"")
    default:
      throw reader.error(at: value, "a question has a \"family\" or a \"topic\", not both")
    }
    count = try reader.optionalInteger("count", in: 1...200) ?? 1
    marks = Points(try reader.optionalNumber("marks", in: 0.01...1000) ?? 1)
    decimals = try reader.optionalInteger("decimals", in: 0...9)
    if reader.optional("parts") != nil {
      var parts: [PartID] = []
      for item in try reader.list("parts") {
        guard case .string(let part) = item.content else {
          throw reader.error(at: item, "\"parts\" is a list of part names in quotes")
        }
        parts.append(PartID(part))
      }
      self.parts = parts
    }
    line = value.line
    try reader.finish()
  }

  private static func range(
    _ value: LocatedJSON?, reader: MemberReader
  ) throws(SourceError) -> ClosedRange<Int> {
    guard let value else { return 1...5 }
    if case .number(let x) = value.content, let n = Int(exactly: x), (1...5).contains(n) {
      return n...n
    }
    if case .string(let text) = value.content {
      let ends = text.split(separator: "-").compactMap { Int($0) }
      if let low = ends.first, let high = ends.last, ends.count <= 2, low <= high,
        (1...5).contains(low), (1...5).contains(high)
      {
        return low...high
      }
    }
    throw reader.error(at: value, "\"difficulty\" is 1 to 5, or a range such as \"2-4\"")
  }
}
