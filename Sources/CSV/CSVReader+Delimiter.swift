extension CSVReader {
  package static let delimiters: [UInt8] = [
    UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"),
  ]

  /// How much of a file is looked at for its delimiter.
  package static let delimiterBytes = 65536

  /// The delimiter that cuts the first records most evenly: comma, semicolon or tab.
  ///
  /// A delimiter counts the records that it cuts into as many fields as the first one; of equals the
  /// one with more fields is taken, and the comma where none cuts anything.
  package static func delimiter(of bytes: [UInt8]) -> UInt8 {
    let scores = delimiters.map { delimiter in
      var reader = CSVReader(Array(bytes.prefix(delimiterBytes)), delimiter: delimiter)
      guard reader.advance(), reader.fieldCount > 1 else { return (even: 0, fields: 0) }
      let fields = reader.fieldCount
      var even = 1
      while even < 50, reader.advance() { even += reader.fieldCount == fields ? 1 : 0 }
      return (even, fields)
    }
    let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
    return scores[best].fields == 0 ? delimiters[0] : delimiters[best]
  }
}
