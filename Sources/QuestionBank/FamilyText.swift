import Calculus
import Typesetting

/// A number as a factor or summand: negative ones in parentheses.
func factor(_ x: Double) -> String { signed(plainNumber(x)) }

/// A number's text in parentheses where it begins with a minus sign.
func signed(_ text: String) -> String { text.hasPrefix("-") ? "(\(text))" : text }

/// `(1, -2, 3)`.
func tuple(_ xs: some Sequence<Double>, decimals: Int? = nil) -> String {
  "(" + xs.map { plainNumber($0, decimals: decimals) }.joined(separator: ", ") + ")"
}

/// The nodes whose value a candidate's own answer replaces.
func replaced(_ pairs: some Sequence<(Node, Double?)>) -> [(node: Node, value: Double)] {
  pairs.compactMap { node, value in value.map { (node, $0) } }
}
