import Glibc
import Testing

@testable import Calculus

@Suite("Portable exponentials") struct ElementaryTests {
  @Test(
    "exp has the same bits everywhere",
    arguments: [
      (0, 0x3FF0_0000_0000_0000),
      (1, 0x4005_BF0A_8B14_576A),
      (-1, 0x3FD7_8B56_362C_EF38),
      (0.5, 0x3FFA_6129_8E1E_069C),
      (-0.5, 0x3FE3_68B2_FC6F_960A),
      (2, 0x401D_8E64_B8D4_DDAE),
      (-3, 0x3FA9_7DB0_CCCE_B0AF),
      (10, 0x40D5_829D_CF95_0560),
      (0.1, 0x3FF1_AEC7_B35A_00D4),
      (1e-10, 0x3FF0_0000_0006_DF38),
      (-1e-18, 0x3FF0_0000_0000_0000),
      (20.25, 0x41C2_90D7_6D19_66A9),
      (-30, 0x3D3A_56E0_C2AC_7F75),
      (100, 0x48F3_494A_9B17_1BF5),
      (-100, 0x36EA_8C1F_14E2_AF5D),
      (700, 0x7F0D_945D_F4F8_EC8E),
      (709.78, 0x7FEF_E9CE_5C4C_52B4),
      (-700, 0x00D1_4F2B_0FB9_307F),
      (-708.5, 0x000E_6CF6_D088_97AC),
      (-740, 0x0000_0000_0000_0055),
      (-745, 0x0000_0000_0000_0001),
    ] as [(Double, UInt64)])
  func expBits(x: Double, bits: UInt64) { #expect(Elementary.exp(x).bitPattern == bits) }

  @Test(
    "log has the same bits everywhere",
    arguments: [
      (1, 0x0000_0000_0000_0000),
      (2, 0x3FE6_2E42_FEFA_39EF),
      (3, 0x3FF1_93EA_7AAD_030A),
      (0.5, 0xBFE6_2E42_FEFA_39EF),
      (0.1, 0xC002_6BB1_BBB5_5515),
      (10, 0x4002_6BB1_BBB5_5516),
      (7, 0x3FFF_2272_AE32_5A57),
      (0.75, 0xBFD2_6962_1134_DB92),
      (1.25, 0x3FCC_8FF7_C79A_9A22),
      (1e-5, 0xC027_069E_2AA2_AA5B),
      (1e10, 0x4037_069E_2AA2_AA5B),
      (1e300, 0x4085_9634_47F8_7FB5),
      (1e-300, 0xC085_9634_47F8_7FB5),
      (0x1p-1074, 0xC087_4385_446D_71C3),
      (0x1p-1030, 0xC086_4F88_6378_B146),
      (1.0000000001, 0x3DDB_7CDF_FFFA_18D8),
      (0.9999999999, 0xBDDB_7CE0_0005_E728),
      (0.7071, 0xBFD6_2E6B_3842_A25E),
      (1.4142, 0x3FD6_2E1A_C5B1_D181),
      (123456.789, 0x4027_7281_CAD8_A844),
    ] as [(Double, UInt64)])
  func logBits(x: Double, bits: UInt64) { #expect(Elementary.log(x).bitPattern == bits) }

  @Test(
    "sigmoid has the same bits everywhere",
    arguments: [
      (0, 0x3FE0_0000_0000_0000),
      (1, 0x3FE7_64D4_F5D5_A2BD),
      (-1, 0x3FD1_3656_1454_BA86),
      (0.5, 0x3FE3_EB2F_D4D3_4391),
      (-0.5, 0x3FD8_29A0_5659_78DF),
      (2, 0x3FEC_2F7D_5A8A_79C9),
      (-2, 0x3FBE_8415_2BAC_31AE),
      (3, 0x3FEE_7B7C_BC36_FABD),
      (-3, 0x3FA8_4834_3C90_5446),
      (4, 0x3FEF_6CA8_2F0D_E1EA),
      (-4, 0x3F92_6AFA_1E43_C2C2),
      (10, 0x3FEF_FFA0_CB34_6F89),
      (-10, 0x3F07_CD32_E41D_D95F),
      (0.001, 0x3FE0_020C_49B7_8133),
      (-0.001, 0x3FDF_FBE7_6C90_FD9A),
      (30, 0x3FEF_FFFF_FFFF_FCB6),
      (-30, 0x3D3A_56E0_C2AC_7CC0),
      (-300, 0x24E2_4563_9C3A_49F7),
      (-700, 0x00D1_4F2B_0FB9_307F),
      (-744, 0x0000_0000_0000_0002),
    ] as [(Double, UInt64)])
  func sigmoidBits(x: Double, bits: UInt64) { #expect(Elementary.sigmoid(x).bitPattern == bits) }

  @Test(
    "tanh has the same bits everywhere",
    arguments: [
      (0.1, 0x3FB9_83D7_795F_413B),
      (-0.1, 0xBFB9_83D7_795F_413B),
      (0.2, 0x3FC9_4398_30B3_A590),
      (0.25, 0x3FCF_597E_A69A_1C86),
      (0.5, 0x3FDD_9353_D756_8AF3),
      (-0.5, 0xBFDD_9353_D756_8AF3),
      (0.75, 0x3FE4_5323_E552_F228),
      (1, 0x3FE8_5EFA_B514_F394),
      (-1, 0xBFE8_5EFA_B514_F394),
      (1.5, 0x3FEC_F6F9_786D_F577),
      (2, 0x3FEE_D950_5E1B_C3D4),
      (-2, 0xBFEE_D950_5E1B_C3D4),
      (3, 0x3FEF_D77D_111A_0B00),
      (5, 0x3FEF_FF41_9668_DF11),
      (10, 0x3FEF_FFFF_FDC9_6F35),
      (20, 0x3FF0_0000_0000_0000),
      (21.5, 0x3FF0_0000_0000_0000),
      (1e-3, 0x3F50_624D_7751_6CE3),
      (1e-8, 0x3E45_798E_E230_8C39),
      (1e-20, 0x3BC7_9CA1_0C92_4223),
    ] as [(Double, UInt64)])
  func tanhBits(x: Double, bits: UInt64) { #expect(Elementary.tanh(x).bitPattern == bits) }

  @Test("agrees with the C library within two units in the last place", arguments: 0..<20)
  func agreesWithC(seed: UInt64) {
    var random = Scatter(seed)
    for _ in 0..<2_000 {
      let x = random.double(in: -744...709)
      let small = random.double(in: -3...3)
      let positive = Glibc.exp(random.double(in: -700...700))
      #expect(ulps(Elementary.exp(x), Glibc.exp(x)) <= 2, "exp \(x)")
      #expect(ulps(Elementary.exp(small), Glibc.exp(small)) <= 2, "exp \(small)")
      #expect(ulps(Elementary.log(positive), Glibc.log(positive)) <= 2, "log \(positive)")
      #expect(ulps(Elementary.log(4 + small), Glibc.log(4 + small)) <= 2, "log \(4 + small)")
      #expect(ulps(Elementary.tanh(small), Glibc.tanh(small)) <= 4, "tanh \(small)")
    }
  }

  @Test func exponentialOfExtremes() {
    #expect(Elementary.exp(.infinity) == .infinity)
    #expect(Elementary.exp(-.infinity) == 0)
    #expect(Elementary.exp(.nan).isNaN)
    #expect(Elementary.exp(709.782712893384) == 0x1.fffffffffff2ap1023)
    #expect(Elementary.exp(709.7827128933841) == .infinity)
    #expect(Elementary.exp(-745.1332191019411) == .leastNonzeroMagnitude)
    #expect(Elementary.exp(-745.1332191019412) == 0)
  }

  @Test func logarithmOfExtremes() {
    #expect(Elementary.log(0) == -.infinity)
    #expect(Elementary.log(-0.0) == -.infinity)
    #expect(Elementary.log(-1).isNaN)
    #expect(Elementary.log(-.infinity).isNaN)
    #expect(Elementary.log(.nan).isNaN)
    #expect(Elementary.log(.infinity) == .infinity)
    #expect(Elementary.log(.greatestFiniteMagnitude) == 0x1.62e42fefa39efp9)
  }

  @Test func sigmoidNeverOverflows() {
    #expect(Elementary.sigmoid(-.infinity) == 0)
    #expect(Elementary.sigmoid(.infinity) == 1)
    #expect(Elementary.sigmoid(-1000) == 0)
    #expect(Elementary.sigmoid(1000) == 1)
    #expect(Elementary.sigmoid(.nan).isNaN)
  }

  @Test func tanhIsOddAndSaturates() {
    #expect(Elementary.tanh(.infinity) == 1)
    #expect(Elementary.tanh(-.infinity) == -1)
    #expect(Elementary.tanh(-0.0).sign == .minus)
    #expect(Elementary.tanh(.nan).isNaN)
    for x in stride(from: 0.01, to: 25, by: 0.37) {
      #expect(Elementary.tanh(-x) == -Elementary.tanh(x))
    }
  }

  @Test func softmaxIsShiftedByTheLargestScore() {
    #expect(Elementary.softmax([]) == [])
    #expect(Elementary.softmax([5]) == [1])
    #expect(Elementary.softmax([3, 3]) == [0.5, 0.5])
    #expect(Elementary.softmax([1000, 1000, -1000]) == [0.5, 0.5, 0])
    #expect(Elementary.softmax([0, -.infinity, 0]) == [0.5, 0, 0.5])
    #expect(Elementary.softmax([1, 2]) == Elementary.softmax([101, 102]))
    #expect(ulps(Elementary.softmax([0, 1])[1], Elementary.sigmoid(1)) <= 2)
  }
}

/// The number of doubles from one to the other.
private func ulps(_ a: Double, _ b: Double) -> UInt64 {
  func place(_ x: Double) -> Int64 {
    let bits = Int64(bitPattern: x.bitPattern)
    return bits < 0 ? Int64.min - bits : bits
  }
  return (place(a) - place(b)).magnitude
}
