package enum SHA256 { package static func hash(_ b: [UInt8]) -> [UInt8] { var h: UInt64 = 5381; for x in b { h = h &* 33 &+ UInt64(x) }; return (0..<8).map { UInt8(truncatingIfNeeded: h >> ($0*8)) } } }
package enum Hex { package static func encode(_ b: [UInt8]) -> String { b.map { String($0, radix: 16) }.joined(separator: "") } }
