import ExamModel
import Foundation
import QuestionBank
import Testing

/// Keys by a second way: where the family sweeps a tape, closed forms or differences here.
@Suite("A second way to every key") struct SecondKeyTests {
  @Test("matdim.product by multiplying matrices of ones and counting")
  func matrixProduct() throws {
    try forEachDraw(of: "matdim.product") { p, key, seed in
      let (a, b) = (p["A"]?.doubles ?? [], p["B"]?.doubles ?? [])
      func product(_ a: [Double], _ b: [Double]) -> (AnswerValue, Int) {
        guard a[1] == b[0] else { return (.undefined, 0) }
        var count = 0
        for _ in 0..<Int(a[0]) { for _ in 0..<Int(b[1]) { for _ in 0..<Int(a[1]) { count += 1 } } }
        return (.shape([Int(a[0]), Int(b[1])]), count)
      }
      #expect(key["AB"] == product(a, b).0 && key["BA"] == product(b, a).0, "seed \(seed)")
      if let count = key["mults"] { #expect(count == .integer(product(a, b).1), "seed \(seed)") }
    }
  }

  @Test("backprop.sigmoid-neuron by central differences")
  func sigmoidNeuron() throws {
    try forEachDraw(of: "backprop.sigmoid-neuron") { p, key, seed in
      let at = ["w0", "x0", "w1", "x1", "w2"].map { p[$0]?.double ?? .nan }
      let s = p["s"]?.double ?? .nan
      func output(_ v: [Double]) -> Double { 1 / (1 + exp(s * (v[0] * v[1] + v[2] * v[3] + v[4]))) }
      #expect((output(at) - number(key, "L")).magnitude < 1e-12, "seed \(seed)")
      for (place, part) in ["dL/dw0", "dL/dx0", "dL/dw1", "dL/dx1", "dL/dw2"].enumerated() {
        var (up, down) = (at, at)
        up[place] += 1e-5
        down[place] -= 1e-5
        let slope = (output(up) - output(down)) / 2e-5
        #expect((slope - number(key, PartID(part))).magnitude < 1e-8, "seed \(seed) \(part)")
      }
    }
  }

  @Test("backprop.skip-weighted by exact differences of the squared error")
  func weightedSkip() throws {
    let slopes = [
      "dbb": "bb", "dwb": "wb", "dwc": "wc", "dwe": "we", "dwd": "wd", "dwd2": "wd2", "dbd": "bd",
      "dwa": "wa", "dx0": "x0",
    ]
    try forEachDraw(of: "backprop.skip-weighted") { p, key, seed in
      func loss(_ name: String, _ step: Int) -> Int {
        func v(_ n: String) -> Int { (p[n]?.int ?? 0) + (n == name ? step : 0) }
        let xa = v("wa") * v("x0") + v("ba")
        let xb = v("wb") * xa + v("bb")
        let xc = v("wc") * xb + v("bc")
        let xd = v("wd") * xc + v("bd") + v("wd2") * xb + v("bd2")
        let residual = v("we") * xd + v("be") - v("t")
        return residual * residual
      }
      #expect(loss("", 0) == Int(number(key, "loss")), "seed \(seed)")
      // The loss is a parabola in each variable, so a central difference is its exact slope.
      for (part, variable) in slopes {
        let slope = (loss(variable, 1) - loss(variable, -1)) / 2
        #expect(Double(slope) == number(key, PartID(part)), "seed \(seed) \(part)")
      }
      #expect(key["dxb"] == key["dbb"], "seed \(seed)")
    }
  }

  @Test("softmax.values by the C library's exponential")
  func softmax() throws {
    try forEachDraw(of: "softmax.values") { p, key, seed in
      func softmax(_ z: [Double]) -> [Double] {
        let sum = z.reduce(0) { $0 + exp($1) }
        return z.map { exp($0) / sum }
      }
      let expected: [Double]
      let part: PartID
      if let z = p["z"]?.doubles {
        (expected, part) = (softmax(z), "p")
        #expect((exp(z[0] - z[1]) - number(key, "ratio")).magnitude < 1e-9, "seed \(seed)")
      } else if let n = p["n"]?.doubles {
        (expected, part) = (softmax(n.map { log($0) }), "pExact")
      } else {
        let rows = p["n"]?.array?.compactMap(\.doubles) ?? []
        (expected, part) = (rows.flatMap { softmax($0.map { log($0) }) }, "P")
      }
      let entries = key[part]?.entries ?? []
      #expect(entries.count == expected.count, "seed \(seed)")
      #expect(zip(entries, expected).allSatisfy { ($0 - $1).magnitude < 1e-12 }, "seed \(seed)")
    }
  }

  @Test("attention.single-query by the definition, unshifted")
  func attention() throws {
    try forEachDraw(of: "attention.single-query") { p, key, seed in
      let q = p["q"]?.doubles ?? []
      let keys = p["K"]?.array?.compactMap(\.doubles) ?? []
      let values = p["V"]?.array?.compactMap(\.doubles) ?? []
      let isExact = p["mode"]?.string == "exact"
      let scores = keys.map { zip(q, $0).reduce(0) { $0 + $1.0 * $1.1 } }
      let scaled = scores.map { $0 / (p["dk"]?.double ?? 0).squareRoot() }
      let powers = scaled.map { isExact ? pow(2, $0) : exp($0) }
      let weights = powers.map { $0 / powers.reduce(0, +) }
      let output = values[0].indices.map { column in
        zip(weights, values).reduce(0) { $0 + $1.0 * $1.1[column] }
      }
      for (part, expected) in [
        ("scores", scores), ("scaled", scaled), (isExact ? "weightsExact" : "weights", weights),
        (isExact ? "outputExact" : "output", output),
      ] {
        let entries = key[PartID(part)]?.entries ?? []
        #expect(entries.count == expected.count, "seed \(seed) \(part)")
        #expect(
          zip(entries, expected).allSatisfy { ($0 - $1).magnitude < 1e-11 }, "seed \(seed) \(part)")
      }
    }
  }

  @Test(
    "the skip's weights keep their core mistakes apart in 79 of 216 cases, of which 6 hide a step")
  func separatedWeights() {
    var seen: Set<String> = []
    for seed in 0..<4000 as Range<UInt64> {
      var dice = Dice(seed: seed)
      let p = (try? Catalogue.family("backprop.skip-weighted"))?
        .question(from: &dice, style: QuestionStyle()).parametersJSON()
      seen.insert(["wc", "wd", "wd2"].map { "\(p?[$0]?.int ?? 0)" }.joined(separator: " "))
    }
    // Where w_d w_c + w_d2 is 1, ∂x_b equals ∂x_d.
    #expect(seen.count == 73)
  }
}
