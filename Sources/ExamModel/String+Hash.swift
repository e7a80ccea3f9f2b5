extension String {
  /// FNV-1a in 64 bits (Fowler, Noll, Vo): the same in every run and on every machine, and no
  /// secret may hang on it.
  package var stableHash: UInt64 {
    utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
  }
}
