"""Makes pairs of expressions and has SymPy and 60-digit arithmetic say whether they are equal.

    expression_pairs.py FILE

Writes one pair a line: two expressions in plain syntax, and `equal` or `different`. Nothing here
shares code with Gradus. A pair is kept only where the verdict is certain:

- different: at some point both are real and differ by more than 10⁻⁴⁰, or one is real and the other
  is not, in 60 digits;
- equal: made so by an identity, agreeing to 50 digits at forty points, and `simplify(a − b)` is 0,
  or is not found out by SymPy in ten seconds and follows from the identity alone.
"""

import random
import sys

import mpmath
import sympy

mpmath.mp.dps = 60
NAMES = ["x", "y", "w", "u"]
SYMBOLS = {name: sympy.Symbol(name, real=True) for name in NAMES}


class Undefined(Exception):
    pass


def real(value):
    if isinstance(value, mpmath.mpc) or not mpmath.isfinite(value):
        raise Undefined
    return value


def logarithm(x):
    if x <= 0:
        raise Undefined
    return mpmath.log(x)


def root(x):
    if x < 0:
        raise Undefined
    return mpmath.sqrt(x)


def power(x, n):
    if n == int(n):
        if x == 0 and n < 0:
            raise Undefined
        return x ** int(n)
    if x < 0 or (x == 0 and n < 0):
        raise Undefined
    return x**n


FUNCTIONS = {
    "exp": mpmath.exp,
    "ln": logarithm,
    "sqrt": root,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "tanh": mpmath.tanh,
    "sinh": mpmath.sinh,
    "cosh": mpmath.cosh,
    "sech": mpmath.sech,
    "relu": lambda x: x if x > 0 else mpmath.mpf(0),
    "softplus": lambda x: mpmath.log1p(mpmath.exp(x)) if x < 100 else x + mpmath.log1p(mpmath.exp(-x)),
    "abs": abs,
    "sin": mpmath.sin,
    "cos": mpmath.cos,
    "tan": mpmath.tan,
}

SYMPY = {
    "exp": sympy.exp,
    "ln": sympy.log,
    "sqrt": sympy.sqrt,
    "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
    "tanh": sympy.tanh,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "sech": sympy.sech,
    "relu": lambda x: sympy.Max(x, 0),
    "softplus": lambda x: sympy.log(1 + sympy.exp(x)),
    "abs": sympy.Abs,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
}


class Number:
    """A number that keeps decimals exact."""

    def __init__(self, text):
        self.value = sympy.Rational(str(text))


def python(text):
    """Plain syntax as Python, with every number wrapped."""
    import re

    text = re.sub(r"(?<![A-Za-z_0-9.])(\d+(?:\.\d+)?)", r"N('\1')", text.replace("^", "**"))
    return text


def at(text, point):
    """The value at a point; raises Undefined."""

    class Real:
        def __init__(self, v):
            self.v = real(v)

        def __add__(self, o): return Real(self.v + o.v)
        def __sub__(self, o): return Real(self.v - o.v)
        def __mul__(self, o): return Real(self.v * o.v)

        def __truediv__(self, o):
            if o.v == 0:
                raise Undefined
            return Real(self.v / o.v)

        def __pow__(self, o): return Real(power(self.v, o.v))
        def __neg__(self): return Real(-self.v)

    def number(s):
        r = sympy.Rational(s)
        return Real(mpmath.mpf(r.p) / r.q)

    scope = {name: (lambda f: lambda x: Real(f(x.v)))(f) for name, f in FUNCTIONS.items()}
    scope |= {name: Real(mpmath.mpf(v)) for name, v in point.items()}
    scope |= {"N": number, "pi": Real(mpmath.pi)}
    return eval(python(text), {"__builtins__": {}}, scope).v


def symbolic(text):
    scope = dict(SYMPY) | SYMBOLS | {"N": sympy.Rational, "pi": sympy.pi}
    return eval(python(text), {"__builtins__": {}}, scope)


def points(dice):
    """Forty points of plain, positive and larger numbers."""
    for index in range(40):
        low, high = [(-1.5, 1.5), (0.2, 2), (0.01, 0.99), (-4, 4), (-12, 12)][index % 5]
        yield {name: round(dice.uniform(low, high), 6) for name in NAMES}


def compare(a, b, dice):
    """`different` where a point proves it, else how many points agree; None for what is defined nowhere."""
    agreed, differs, defined = 0, False, [False, False]
    for point in points(dice):
        values = []
        for text in (a, b):
            try:
                values.append(at(text, point))
            except (Undefined, OverflowError, ZeroDivisionError):
                values.append(None)
        defined = [was or value is not None for was, value in zip(defined, values)]
        if None in values:
            differs |= values != [None, None]
            continue
        scale = max(1, abs(values[0]))
        if abs(values[0] - values[1]) > scale * mpmath.mpf(10) ** -40:
            differs = True
        elif abs(values[0] - values[1]) > scale * mpmath.mpf(10) ** -50:
            return None
        agreed += 1
    if not all(defined):
        return None
    return "different" if differs else agreed if agreed >= 8 else None


# MARK: Identities: each says the same twice, for any expressions in place of A, B and C.

EVERYWHERE = [
    ("(A+B)^2", "A^2+2*A*B+B^2"), ("(A-B)*(A+B)", "A^2-B^2"), ("A*(B+C)", "A*B+A*C"),
    ("(A+B)^3", "A^3+3*A^2*B+3*A*B^2+B^3"), ("A-(B-C)", "A-B+C"), ("A/2+A/3", "5*A/6"),
    ("exp(A)*exp(B)", "exp(A+B)"), ("exp(A)/exp(B)", "exp(A-B)"), ("exp(A)^2", "exp(2*A)"),
    ("exp(-A)", "1/exp(A)"), ("exp(A/2)^2", "exp(A)"), ("sqrt(exp(A))", "exp(A/2)"),
    ("1/(1+exp(-A))", "exp(A)/(1+exp(A))"), ("sigmoid(A)", "1/(1+exp(-A))"),
    ("1-sigmoid(A)", "sigmoid(-A)"), ("sigmoid(A)*(1-sigmoid(A))", "exp(A)/(1+exp(A))^2"),
    ("sigmoid(A)*(1-sigmoid(A))", "sigmoid(A)-sigmoid(A)^2"),
    ("exp(-A)/(1+exp(-A))^2", "exp(A)/(1+exp(A))^2"),
    ("tanh(A)", "(exp(A)-exp(-A))/(exp(A)+exp(-A))"), ("tanh(A)", "2*sigmoid(2*A)-1"),
    ("tanh(A)", "(exp(2*A)-1)/(exp(2*A)+1)"), ("1-tanh(A)^2", "sech(A)^2"),
    ("1-tanh(A)^2", "1/cosh(A)^2"), ("tanh(-A)", "-tanh(A)"), ("sinh(A)/cosh(A)", "tanh(A)"),
    ("cosh(A)^2-sinh(A)^2", "1"), ("sinh(2*A)", "2*sinh(A)*cosh(A)"), ("cosh(-A)", "cosh(A)"),
    ("ln(exp(A))", "A"), ("softplus(A)", "ln(1+exp(A))"), ("softplus(A)", "A+softplus(-A)"),
    ("softplus(A)-softplus(-A)", "A"), ("-ln(sigmoid(A))", "ln(1+exp(-A))"),
    ("ln(sigmoid(A))", "A-softplus(A)"), ("ln(1-sigmoid(A))", "-softplus(A)"),
    ("ln(1-sigmoid(A))", "-A+ln(sigmoid(A))"), ("ln(exp(A)/(exp(A)+exp(B)))", "A-ln(exp(A)+exp(B))"),
    ("ln(exp(A)+exp(B))", "A+ln(1+exp(B-A))"), ("-ln(exp(A)/(exp(A)+exp(B)))", "softplus(B-A)"),
    ("exp(A)/(exp(A)+exp(B))", "sigmoid(A-B)"), ("exp(A)/(exp(A)+exp(B))", "1/(1+exp(B-A))"),
    ("exp(softplus(A))", "1+exp(A)"), ("exp(-ln(1+exp(A)))", "1/(1+exp(A))"),
    ("sqrt(A^2)", "abs(A)"), ("abs(A)^2", "A^2"), ("abs(-A)", "abs(A)"), ("abs(A*B)", "abs(A)*abs(B)"),
    ("relu(A)", "(A+abs(A))/2"), ("relu(A)-relu(-A)", "A"), ("relu(A)+relu(-A)", "abs(A)"),
    ("relu(A)^2", "A*relu(A)"), ("relu(A)*relu(-A)", "0"), ("relu(2*A)", "2*relu(A)"),
    ("A+relu(B-A)", "B+relu(A-B)"), ("relu(exp(A))", "exp(A)"), ("abs(A^2+1)", "A^2+1"),
    ("abs(A-B)", "abs(B-A)"), ("sin(A)^2+cos(A)^2", "1"), ("sin(2*A)", "2*sin(A)*cos(A)"),
    ("cos(2*A)", "1-2*sin(A)^2"), ("cos(2*A)", "cos(A)^2-sin(A)^2"), ("sin(-A)", "-sin(A)"),
    ("sin(A+B)", "sin(A)*cos(B)+cos(A)*sin(B)"), ("cos(A-B)", "cos(A)*cos(B)+sin(A)*sin(B)"),
    ("ln(A^2+1)/ln(2)*ln(2)", "ln(A^2+1)"), ("ln(4*exp(A))", "2*ln(2)+A"),
    ("sqrt(A^2+1)^2", "A^2+1"), ("ln(sqrt(A^2+1))", "ln(A^2+1)/2"), ("0.5*A", "A/2"),
    ("0.125*A*B", "A*B/8"), ("(A-B)^2", "(B-A)^2"), ("A*B-B*A", "0"), ("-(A-B)", "B-A"),
]
# Only where A is positive.
PARTIAL = [
    ("ln(A^2)", "2*ln(abs(A))"), ("ln(1/A)", "-ln(A)"), ("ln(2*A)", "ln(2)+ln(A)"),
    ("ln(A^3)", "3*ln(A)"), ("sqrt(A)^2", "sqrt(A)*sqrt(A)"), ("ln(sqrt(A))", "ln(A)/2"),
    ("sqrt(4*A)", "2*sqrt(A)"), ("A^0.5", "sqrt(A)"), ("A^1.5", "A*sqrt(A)"),
    ("1/sqrt(A)", "sqrt(A)/A"), ("ln(A*exp(B))", "ln(A)+B"), ("exp(ln(A)*2)", "A^2+0*ln(A)"),
    ("A^2/A", "A"), ("(A^2-1)/(A-1)", "A+1"), ("1/(1/A)", "A"), ("A/B*B/A", "1"),
    ("ln(8)/ln(2)", "3"), ("ln(A)/ln(10)*ln(10)", "ln(A)"), ("sqrt(A^3)", "A*sqrt(A)"),
]
# Near misses of all kinds, with numbers where a whole pair is meant.
MISSES = [
    ("abs(A)", "A"), ("sqrt(A^2)", "A"), ("ln(A^2)", "2*ln(A)"), ("sqrt(A)^2", "A"),
    ("sqrt(A)*sqrt(B)", "sqrt(A*B)"), ("ln(A)+ln(B)", "ln(A*B)"), ("ln(A)-ln(B)", "ln(A/B)"),
    ("exp(ln(A))", "A"), ("relu(A)", "A"), ("relu(A)", "abs(A)"), ("sin(pi*A)", "0"),
    ("sin(pi*A)^2", "0"), ("cos(2*pi*A)", "1"), ("cos(pi*A)^2", "1"), ("A^2", "A"),
    ("A^3-3*A^2+2*A", "0"), ("(A-1)*(A-2)*(A+1)*A", "0"), ("exp(A)", "1+A+A^2/2+A^3/6+A^4/24"),
    ("tanh(A)", "A-A^3/3"), ("softplus(A)", "relu(A)"), ("sigmoid(A)", "1/2+A/4"),
    ("tanh(A)", "sigmoid(A)"), ("1-tanh(A)^2", "sech(A)"), ("sigmoid(A)*(1-sigmoid(A))", "sigmoid(A)*(1+sigmoid(A))"),
    ("exp(A)*exp(B)", "exp(A*B)"), ("exp(A+B)", "exp(A)+exp(B)"), ("ln(A^2+1)", "2*ln(abs(A)+1)"),
    ("A/3", "0.333333333333333*A"), ("exp(A)/3", "0.333333333333333*exp(A)"),
    ("2*exp(A)/3", "0.666666666666667*exp(A)"), ("A+exp(B)", "A+1.000000000001*exp(B)"),
    ("A", "1.000000000001*A"), ("A", "A+0.000000000001"), ("exp(A)", "exp(1.000000000001*A)"),
    ("exp(A)", "exp(A)+0.000000000000001"), ("tanh(A)", "tanh(A+0.000000000001)"),
    ("sqrt(A^2+0.000000000001)", "abs(A)"), ("sin(A)", "sin(A+0.00000000000001)"),
    ("pi*A", "3.141592653589793*A"), ("exp(1)*A", "2.718281828459045*A"), ("sqrt(2)*A", "1.414213562373095*A"),
    ("ln(2)*A", "0.693147180559945*A"), ("(A+B)^2", "A^2+B^2"), ("(A+B)^2", "A^2+A*B+B^2"),
    ("1/(A+B)", "1/A+1/B"), ("sqrt(A^2+B^2)", "abs(A)+abs(B)"), ("abs(A+B)", "abs(A)+abs(B)"),
    ("relu(A+B)", "relu(A)+relu(B)"), ("relu(A-1)", "relu(A)-1"), ("sin(A)*cos(A)", "sin(2*A)"),
    ("ln(1-sigmoid(A))", "-softplus(-A)"), ("exp(-A)/(1+exp(-A))^2", "-exp(A)/(1+exp(A))^2"),
]


def leaf(dice):
    return dice.choice(["x", "y", "w", "u", "x", "u", "2", "3"])


def tree(dice, depth, total=True):
    """An expression of small numbers; `total` ones are defined everywhere."""
    if depth == 0:
        return leaf(dice)
    a, b = tree(dice, depth - 1, total), tree(dice, dice.randint(0, depth - 1), total)
    kind = dice.randint(0, 9)
    if kind <= 2:
        return f"({a}+{b})"
    if kind == 3:
        return f"({a}-{b})"
    if kind <= 5:
        return f"{a}*{b}"
    if kind == 6:
        return f"({a})^2"
    if kind == 7:
        return f"{a}/(({b})^2+1)" if total else f"{a}/({b})"
    return f"{dice.choice(['exp', 'tanh', 'sigmoid', 'sin'])}({leaf(dice)}/2)"


def fill(pattern, parts):
    import re

    return re.sub(r"\b[ABC]\b", lambda m: f"({parts[m.group()]})", pattern)


def wrapped(pair, dice):
    """The pair inside the same surroundings."""
    around = dice.choice(["{}", "{}", "{}*u", "w+{}", "({})^2*x", "{}/(u^2+1)", "-({})", "exp(u)+{}", "3*({})-y"])
    return tuple(around.format(f"({text})") for text in pair)


def broken(text, dice):
    """One thing in an expression changed: a sign, a factor, a name, a power, a function."""
    import re

    changes = [
        (r"\+", "-"), (r"(?<=[\w)])-", "+"), (r"\*", "+"), (r"\bx\b", "y"), (r"\bu\b", "w"), (r"\by\b", "x"),
        (r"\^2", ""), (r"\^2", "^3"), (r"(?<![\w.])2(?![\w.])", "3"), (r"(?<![\w.])2(?![\w.])", "1.999999999999"), (r"\bexp\(", "(1+"),
        (r"\btanh\(", "sin("), (r"\bsigmoid\(", "tanh("), (r"\bcosh\(", "sinh("), (r"\babs\(", "("),
        (r"\brelu\(", "abs("), (r"(?<![\w.])1(?![\w.])", "1.000000000000001"), (r"(?<![\w.])1(?![\w.])", "2"),
    ]
    dice.shuffle(changes)
    for pattern, replacement in changes:
        places = list(re.finditer(pattern, text))
        if places:
            place = dice.choice(places)
            return text[: place.start()] + replacement + text[place.end() :]
    return f"2*({text})"


def is_proved(a, b):
    """Whether SymPy finds the difference to be 0; None where it does not find out."""
    import signal

    def stop(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, stop)
    signal.setitimer(signal.ITIMER_REAL, 10)
    try:
        return sympy.simplify(symbolic(a) - symbolic(b)) == 0 or None
    except Exception:
        return None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main():
    dice = random.Random(20261)
    pairs, proved = {}, 0

    def keep(a, b, meant):
        if (a, b) in pairs or a == b or len(a) + len(b) > 400:
            return
        found = compare(a, b, dice)
        if found is None or (meant and found == "different") or (not meant and found != "different"):
            if meant and found == "different":
                print(f"no identity: {a} and {b}", file=sys.stderr)
            return
        pairs[a, b] = "equal" if meant else "different"

    for identities, total, rounds in ((EVERYWHERE, True, 14), (PARTIAL, False, 10)):
        for pattern in identities:
            for round_ in range(rounds):
                depth = 0 if round_ < 2 else dice.randint(0, 2)
                parts = {n: tree(dice, depth, True) for n in "ABC"}
                if not total:
                    parts["A"] = dice.choice(["x", "u", "w*x", "x+y", "x^2+1", "3*y"])
                a, b = wrapped((fill(pattern[0], parts), fill(pattern[1], parts)), dice)
                if dice.random() < 0.5:
                    a, b = b, a
                keep(a, b, True)
                keep(a, broken(b, dice), False)
    for pattern in MISSES:
        for round_ in range(6):
            parts = {n: dice.choice(["x", "u", "w*x", "x-y", "2*u", "y"]) for n in "ABC"}
            keep(*wrapped((fill(pattern[0], parts), fill(pattern[1], parts)), dice), False)

    equal = sum(v == "equal" for v in pairs.values())
    if "--simplify" in sys.argv:
        proved = sum(bool(is_proved(a, b)) for (a, b), v in pairs.items() if v == "equal")
        print(f"SymPy proves {proved} of {equal} equal pairs", file=sys.stderr)
    with open(sys.argv[1], "w", encoding="utf-8") as out:
        out.write("one\tother\tverdict\n")
        for (a, b), verdict in pairs.items():
            out.write(f"{a}\t{b}\t{verdict}\n")
    print(f"{len(pairs)} pairs, {equal} of them equal", file=sys.stderr)


main()
