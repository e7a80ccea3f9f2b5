package import ExamModel
import FoundationEssentials
package import Typesetting

/// A drawn question of any family: the model behind its key, its text and its mistakes.
package protocol Question: Sendable {
  var family: any QuestionFamily.Type { get }
  /// The family's parts with the tolerances that hold here.
  var parts: [Part] { get }
  /// Which of the family's parts are asked, by index; parts that this draw lacks are left out.
  var asked: [Int] { get }
  var key: AnswerKey { get }
  /// The mistakes that can be told apart in this draw.
  var mistakes: [Mistake] { get }
  /// What can be chosen or put in order here, in this paper's order; the first has letter A.
  var options: [PartID: [String]] { get }
  var names: NamedQuantities { get }
  /// Asked parts that have one key by the question's algebra.
  var twins: [Set<PartID>] { get }
  /// All parts that a part rests on, directly or not, by index, earlier ones first.
  func ancestors(of part: Int) -> [Int]
  /// How often the dice were thrown until the draw was accepted; 1 is the first throw.
  var throwsNeeded: Int { get }
  func accepts(_ answer: AnswerValue, for part: PartID) -> Bool
  /// Whether the other question asks the same of the same numbers.
  func isSame(as other: any Question) -> Bool
  func key(carrying own: OwnAnswers) -> AnswerKey
  /// The key by the family's second way; nil where it has none.
  func secondKey() -> AnswerKey?
  func exact() -> [PartID: String]
  func prompt() -> Prompt
  func solution() -> Document
  func parametersJSON() -> JSON
}

/// A family with its numbers.
package final class DrawnQuestion<Family: QuestionFamily>: Question {
  package let parameters: Family.Parameters
  private let styled: StyledFamily<Family>
  package let asked: [Int]
  package let key: AnswerKey
  package let mistakes: [Mistake]
  package let options: [PartID: [String]]
  package let throwsNeeded: Int

  package var family: any QuestionFamily.Type { Family.self }
  package var parts: [Part] { styled.parts }

  /// Throws the dice until the draw earns its certificate of separation.
  ///
  /// Every throw has dice of its own, seeded by one number of `dice`: how a refused one was thrown
  /// does not change the next. Nil where none of many did: the style asks for too few decimals.
  convenience init?(throwing dice: inout Dice, as styled: StyledFamily<Family>) {
    for count in 1...Self.mostThrows {
      var thrown = Dice(seed: dice.next())
      guard let parameters = Family.draw(from: &thrown), Family.objection(to: parameters) == nil
      else { continue }
      let key = Family.key(parameters, carrying: .none)
      guard styled.separation.standsAlone(key, twins: Family.twins(parameters)) else { continue }
      let certificate = styled.separation.certify(
        Family.mistakes(parameters), key: key, names: Family.names(parameters), onlySound: true)
      guard certificate.isSound else { continue }
      let options = Family.options(parameters)
      self.init(
        parameters: parameters, key: key, mistakes: certificate.live, styled: styled,
        options: Self.ordered(options, by: &thrown), throwsNeeded: count)
      return
    }
    return nil
  }

  /// Asks the question with numbers from outside, as long as they make sense.
  convenience init(
    parameters: Family.Parameters, as styled: StyledFamily<Family>
  ) throws(SourceError) {
    if let objection = Family.objection(to: parameters) {
      throw SourceError(file: "--parameters", "\(Family.id): \(objection)")
    }
    let key = Family.key(parameters, carrying: .none)
    let certificate = styled.separation.certify(
      Family.mistakes(parameters), key: key, names: Family.names(parameters))
    self.init(
      parameters: parameters, key: key, mistakes: certificate.live, styled: styled,
      options: Family.options(parameters).mapValues(\.texts), throwsNeeded: 1)
  }

  /// The options in this paper's order; the parts' own order settles who throws first.
  private static func ordered(
    _ options: [PartID: Options], by dice: inout Dice
  ) -> [PartID: [String]] {
    if options.isEmpty { return [:] }
    var ordered: [PartID: [String]] = [:]
    for part in Family.parts {
      guard let offered = options[part.id] else { continue }
      ordered[part.id] = offered.isShuffled ? dice.shuffled(offered.texts) : offered.texts
    }
    return ordered
  }

  private init(
    parameters: Family.Parameters, key: AnswerKey, mistakes: [Mistake],
    styled: StyledFamily<Family>, options: [PartID: [String]], throwsNeeded: Int
  ) {
    self.parameters = parameters
    self.styled = styled
    self.key = key
    self.mistakes = mistakes
    self.options = options
    self.throwsNeeded = throwsNeeded
    asked =
      key.values.contains { $0 == nil }
      ? styled.asked.filter { key.values[$0] != nil } : styled.asked
  }

  /// Families accept one draw in four or more; this many refusals in a row do not happen by chance.
  private static var mostThrows: Int { 1000 }

  package func key(carrying own: OwnAnswers) -> AnswerKey { Family.key(parameters, carrying: own) }
  package func ancestors(of part: Int) -> [Int] { styled.ancestors[part] }
  package var names: NamedQuantities { Family.names(parameters) }
  package var twins: [Set<PartID>] { Family.twins(parameters) }
  package func accepts(_ answer: AnswerValue, for part: PartID) -> Bool {
    Family.accepts(answer, for: part, parameters)
  }
  package func isSame(as other: any Question) -> Bool {
    (other as? DrawnQuestion)?.parameters == parameters
  }
  package func secondKey() -> AnswerKey? { Family.secondKey(parameters) }
  package func exact() -> [PartID: String] { Family.exact(parameters) }
  package func prompt() -> Prompt {
    Family.pose(parameters).stating(parts, asked: asked, usual: Family.parts)
  }
  package func solution() -> Document { Family.solve(parameters) }

  package func parametersJSON() -> JSON {
    guard let json = try? ParameterEncoder.json(of: parameters) else {
      preconditionFailure("\(Family.id): parameters are numbers, words and lists of them")
    }
    return json
  }
}

extension QuestionFamily {
  /// A question with numbers from the dice; for many of one style, ask `source(of:)`.
  ///
  /// The style is one that `canBeAsked` accepts.
  package static func question(from dice: inout Dice, style: QuestionStyle) -> any Question {
    source(of: style).question(from: &dice)
  }

  /// Where questions of one style are drawn.
  package static func source(of style: QuestionStyle) -> any QuestionSource {
    StyledFamily<Self>(style)
  }

  /// Whether answers to so few decimals can still be told from one another and from mistakes.
  package static func canBeAsked(_ style: QuestionStyle) -> Bool {
    let styled = StyledFamily<Self>(style)
    return (1...3 as ClosedRange<UInt64>).allSatisfy { seed in
      var dice = Dice(seed: seed)
      return DrawnQuestion<Self>(throwing: &dice, as: styled) != nil
    }
  }

  /// A question with the given numbers.
  ///
  /// - Throws: `SourceError` that names the parameter which is missing, unknown, of the wrong type
  ///   or makes no sense.
  package static func question(
    with json: JSON, style: QuestionStyle
  ) throws(SourceError) -> any Question {
    let parameters: Parameters
    do {
      parameters = try JSONDecoder().decode(Parameters.self, from: Data(json.text.utf8))
    } catch let error as DecodingError {
      throw SourceError(file: "--parameters", "\(id): \(error.advice)")
    } catch {
      throw SourceError(file: "--parameters", "\(id): they cannot be read")
    }
    let question = try DrawnQuestion<Self>(parameters: parameters, as: StyledFamily(style))
    let known = question.parametersJSON().members?.map(\.key) ?? []
    if let stranger = json.members?.first(where: {
      !known.contains($0.key) && $0.value != .null
    }) {
      throw SourceError(
        file: "--parameters",
        "\(id): unknown parameter \"\(stranger.key)\"; allowed here: "
          + known.joined(separator: ", "))
    }
    return question
  }
}

extension DecodingError {
  /// Which parameter is wrong, and what it should be.
  fileprivate var advice: String {
    switch self {
    case .keyNotFound(let key, _): "parameter \"\(key.stringValue)\" is missing"
    case .typeMismatch(let type, let context), .valueNotFound(let type, let context):
      context.codingPath.isEmpty
        ? "parameters are an object: {\"name\": value}"
        : "parameter \"\(context.place)\" should be \(Self.words(for: type))"
    case .dataCorrupted(let context):
      "parameter \"\(context.place)\" has a value that is not allowed"
    @unknown default: "the parameters cannot be read"
    }
  }

  /// What JSON calls a type.
  private static func words(for type: any Any.Type) -> String {
    switch type {
    case is any FixedWidthInteger.Type: "a whole number"
    case is any BinaryFloatingPoint.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a text"
    case is any RangeReplaceableCollection.Type: "a list"
    default: "an object"
    }
  }
}

extension DecodingError.Context {
  fileprivate var place: String {
    codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined()
  }
}
