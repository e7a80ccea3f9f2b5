import ExamModel
import Marking
import TestKit

/// Answers as people may type them: the rows of the table in other spellings, right ones and wrong.
///
/// What they are worth is not written down: one marking is compared with another.
enum TypedVariants {
  private typealias Change = @Sendable (String) -> String

  private static func around(_ before: String, _ after: String) -> Change {
    { before + $0 + after }
  }

  private static func swapped(_ old: String, _ new: String) -> Change {
    { $0.replacing(old, with: new) }
  }

  private static let changes: [Change] = [
    around("(", ")"), around("[", "]"), around("{", "}"), around("<", ">"), around("\"", "\""),
    around("'", "'"), around("`", "`"), around("$", "$"), around("", "."), around("", ";"),
    around("", ","), around(",", ""), around("", "!"), around("", "?"), around("= ", ""),
    around("answer: ", ""), around("x = ", ""), around("about ", ""), around("-", ""),
    around("−", ""), around("+", ""), around("0", ""), around("", "0"), around("1/", ""),
    around("", "/2"), around("", "%"), around("1/2", "%"), around("", " percent"),
    around("1+", "%"), around("(", ")%"), around("", " bits"), around("", " m"), around("", "k"),
    around("", "^T"), around("", "'"), around("2*", ""), around("", "^2"), around("sqrt(", ")"),
    around("cos(", ")"), around("relu(", ")"), around("", " + 1e-12"), around("[[", "]]"),
    around("the ", ""), around("1. ", ""),
    { $0.uppercased() }, { $0.lowercased() }, { String($0.reversed()) }, { $0 + " " + $0 },
    { $0 + ", " + $0 }, { $0 + "-" + $0 }, { $0 + " = " + $0 },
    swapped(", ", ","), swapped(",", ", "), swapped(", ", " -> "), swapped(", ", " → "),
    swapped(", ", " > "), swapped(", ", ">"), swapped(", ", " and "), swapped(", ", " then "),
    swapped(", ", " | "), swapped(", ", " & "), swapped(", ", "/"), swapped(", ", "-"),
    swapped(", ", "\n"), swapped(", ", "; "), swapped(", ", " "), swapped(", ", ""),
    swapped(" ", ""), swapped(".", ","), swapped(".", " ."), swapped("-", "–"), swapped("-", "- "),
    swapped("*", " "), swapped("*", "×"), swapped("^", "**"), swapped("/", " / "),
    swapped("(", "["), swapped("1", "１"), swapped("2", "٢"), swapped("0.5", "½"),
  ]

  /// - Parameter share: one in so many of all that could be made, evenly.
  static func rows(oneIn share: Int) -> [TypedAnswer] {
    let table = TypedAnswer.all + more
    var made = more
    for (place, change) in changes.enumerated() {
      for index in stride(from: place % share, to: table.count, by: share) {
        var row = table[index]
        row.typed = change(row.typed)
        if row.typed != table[index].typed { made.append(row) }
      }
    }
    // Two at once.
    for index in stride(from: 0, to: table.count, by: 1 + share / 8) {
      for first in stride(from: index % 7, to: changes.count, by: 7 * (1 + share / 8)) {
        var row = table[index]
        row.typed = changes[(first * 5 + index) % changes.count](changes[first](row.typed))
        made.append(row)
      }
    }
    return made
  }

  /// What a page and a program may easily read in two ways.
  private static let more: [TypedAnswer] = [
    rows(
      .ordering, "[1,0]",
      [
        "1 -> 0", "1->0", "1 => 0", "1 → 0", "1, 0.", "{1, 0}", "<1, 0>", "1 0", "1 and 0",
        "1 then 0", "0, 1",
      ]),
    rows(
      .ordering, ###"["under","##p","in"]"###,
      [
        "UNDER, ##P, in", "under, ##p, in", "under ##p in", "[\"under\", '##p', `in`]",
        "in, under, ##p", "under/##p/in",
      ]),
    rows(
      .ordering, #"["bb","cc","bbcc"]"#,
      [
        "Bb, cc, bbcc", "bb > cc > bbcc", "bb cc bbcc", "‹bb, cc, bbcc›", "bb-cc-bbcc",
        "cc, bb, bbcc",
      ]),
    rows(.text, #""KKK""#, ["K-K-K", "k, k, k", "K→K→K", "KK", "K.K.K", "KKKK"]),
    rows(
      .text, #""X-Y-V-W""#, ["X-Y-V-W", "xyvw", "X Y V W", "(X, Y, V, W)", "X → Y → V → W", "XYWV"]),
    rows(
      .number, "0.005",
      ["1/2 %", "1/2%", "(1/2)%", "½%", "0.5 %", "1/2\\%", "-1/2%", "+1/2 %", "1/2 percent"],
      ["significant 3"]),
    rows(.number, "50", ["1/2 %", "1/2%", "100/2%", "1/(2%)"], ["significant 3"]),
    rows(
      .number, "0.0075", ["3/4%", "3/4 %", "3/400", "0,75 %"], ["significant 3"]),
    rows(.number, "0.0125", ["5/4%", "(5/4)%", "5%/4"], ["significant 3"]),
    rows(.number, "125", ["5/4%"], ["significant 3"]),
    rows(.number, "0.00667", ["2/3 %"], ["significant 3"]),
    rows(.number, "0.03", ["1+2%", "1%+2%"], ["significant 3"]),
    rows(.number, "1.02", ["1+2%"], ["significant 3"]),
    rows(.number, "0.04", ["2^2%", "(2^2)%", "2*2%"], ["significant 3"]),
    rows(.number, "0.0141421", ["sqrt(2)%", "sqrt(2) %", "√2 %", "sqrt 2%"], ["significant 3"]),
    rows(.number, "2", ["50%/25%", "1/50%", "100/50%"], ["significant 3"]),
    rows(.number, "9.95", ["10 - 5%", "995%"], ["significant 3"]),
    rows(.number, "0.5", ["1-50%", "100%-50%", "50% of 1", "50%"], ["significant 3"]),
    rows(.number, "-0.1", ["0.5-0.6", "0.5 - 0.6", "-.1", "−0.1", "0.4-0.5"], ["decimals 3"]),
    rows(
      .number, "1", ["cos(0)", "exp(0)", "relu(1)", "1.", "e^0", "sin(pi/2)", "3-2"], ["decimals 3"]
    ),
    rows(.number, "0", ["relu(-1)", "sin(0)", "tanh(0)", "-0"], ["decimals 3"]),
    rows(.vector, "[0.5,-1,2]", ["[,0.5,-1,2]", "[0.5,,-1,2]", "[0.5,-1,2]^T"], ["decimals 3"]),
    rows(
      .matrix, "[[1,2],[3,4]]",
      ["[[1,2],[3,4]]^T", "[[1,2],[3,4]]'", "[[1,3],[2,4]]^T", "[[1,2],[3,4]]"], ["decimals 3"]),
    rows(.shape, "[3,4]", ["(03,4)", "(3,04)", "3x4", "(3.0, 4)", "(+3, 4)", "3, 4,"]),
    rows(
      .choices, #"["momentum","early stopping"]"#,
      ["Dad", "dad", "AD", "DA", "a>d", "A->D", "A, D, A", "a d"],
      [#"options ["momentum","dropout","weight decay","early stopping"]"#]),
    rows(
      .choice, #""dropout""#, ["b", "B)", "a>b", "2", "A, B", "b or c"],
      [#"options ["momentum","dropout","weight decay","early stopping"]"#]),
    rows(
      .ordering, #"["z","f","b"]"#, ["BCA", "b>c>a", "bca", "B C A", "B-C-A", "2 3 1", "b, c, b"],
      [#"options ["b","z","f"]"#]),
    rows(
      .expression, #""2*x*exp(3*x)+x^2""#,
      [
        "2 x^1 exp(3 x)+x^2", "2 x exp(3x) + x²", "2x e^(3x) + x*x", "2*x*exp(3*x)+x^2+1e-12",
        "2*x*exp(3*x)+x^2+0.000001^2", "2*x*exp(3*x)+x^2+1/1000000000000", "x(2exp(3x)+x)",
        "2*x*exp(3*x)+1.0000001*x^2", "2*X*exp(3*X)+X^2", "y = 2*x*exp(3*x)+x^2",
        "2·x·e^{3x}+x^{2}", "2*x*exp(3*x)+x2", "2*x*exp(3*x)+x^2.", "2 x exp 3x + x^2",
        "[2*x*exp(3*x)+x^2]", "2*x*exp(3*x)+|x|^2", "x^1 x^1 + 2x exp(3x)", "2 x^2/2 + 2x exp(3 x)",
      ]),
  ].flatMap(\.self)

  private static func rows(
    _ kind: AnswerKind, _ key: String, _ typed: [String], _ given: [String] = []
  ) -> [TypedAnswer] {
    typed.map { TypedAnswer($0, kind, key: key, given: given) }
  }
}
