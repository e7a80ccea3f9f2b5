import ExamModel

/// Encodes parameters as JSON values, the members of objects sorted by name.
///
/// Foundation's encoder would write text, which would have to be read again.
struct ParameterEncoder: Encoder {
  private let value: Value
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  static func json(of parameters: some Encodable) throws -> JSON {
    let value = Value()
    try value.take(parameters)
    return value.json
  }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    value.kind = .members
    return KeyedEncodingContainer(Members(value: value))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    value.kind = .items
    return Items(value: value)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { Single(value: value) }

  /// A value that may not be whole yet.
  fileprivate final class Value {
    enum Kind { case plain(JSON), items, members }
    var kind = Kind.plain(.null)
    var items: [Value] = []
    var members: [(key: String, value: Value)] = []

    var json: JSON {
      switch kind {
      case .plain(let json): json
      case .items: .array(items.map(\.json))
      case .members:
        .object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
      }
    }

    func take<T: Encodable>(_ new: T) throws {
      if !takePlain(new) { try new.encode(to: ParameterEncoder(value: self)) }
    }

    func takePlain<T: Encodable>(_ new: T) -> Bool {
      if T.self == Int.self, let number = new as? Int {
        kind = .plain(.integer(number))
      } else if T.self == Double.self, let number = new as? Double {
        // A whole number is one, however it is kept.
        let whole = number.magnitude < 1e15 ? Int(exactly: number) : nil
        kind = .plain(whole.map(JSON.integer) ?? .number(number))
      } else if T.self == String.self, let text = new as? String {
        kind = .plain(.string(text))
      } else if T.self == Bool.self, let flag = new as? Bool {
        kind = .plain(.bool(flag))
      } else {
        return false
      }
      return true
    }

    func newItem() -> Value {
      items.append(Value())
      return items[items.count - 1]
    }

    func newMember(_ key: some CodingKey) -> Value {
      members.append((key.stringValue, Value()))
      return members[members.count - 1].value
    }
  }

  private struct Members<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let value: Value
    var codingPath: [any CodingKey] { [] }
    func encodeNil(forKey key: Key) { _ = value.newMember(key) }
    func encode<T: Encodable>(_ new: T, forKey key: Key) throws {
      try value.newMember(key).take(new)
    }
    func nestedContainer<Other: CodingKey>(
      keyedBy type: Other.Type, forKey key: Key
    ) -> KeyedEncodingContainer<Other> {
      ParameterEncoder(value: value.newMember(key)).container(keyedBy: type)
    }
    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
      ParameterEncoder(value: value.newMember(key)).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { ParameterEncoder(value: Value()) }
    func superEncoder(forKey key: Key) -> any Encoder {
      ParameterEncoder(value: value.newMember(key))
    }
  }

  private struct Items: UnkeyedEncodingContainer {
    let value: Value
    var codingPath: [any CodingKey] { [] }
    var count: Int { value.items.count }
    func encodeNil() { _ = value.newItem() }
    func encode<T: Encodable>(_ new: T) throws { try value.newItem().take(new) }
    func nestedContainer<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
      ParameterEncoder(value: value.newItem()).container(keyedBy: type)
    }
    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
      ParameterEncoder(value: value.newItem()).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { ParameterEncoder(value: value.newItem()) }
  }

  private struct Single: SingleValueEncodingContainer {
    let value: Value
    var codingPath: [any CodingKey] { [] }
    func encodeNil() { value.kind = .plain(.null) }
    func encode<T: Encodable>(_ new: T) throws {
      guard !value.takePlain(new) else { return }
      let isNumber = new is any Numeric
      precondition(!isNumber, "the numbers of parameters are Int or Double, not \(T.self)")
      try value.take(new)
    }
  }
}
