"""Formulas, puzzles and sequences."""

import itertools
import re
from fractions import Fraction as Q

import sympy

from engine.registry import family


def parsed(text):
    """A formula with every connective in brackets, as nested tuples."""
    words = text.replace("(", " ( ").replace(")", " ) ").split()

    def item():
        word = words.pop(0)
        if word == "not":
            return ("not", item())
        if word != "(":
            return word
        left = item()
        if words[0] == ")":
            words.pop(0)
            return left
        op = words.pop(0)
        right = item()
        words.pop(0)
        return (op, left, right)

    left = item()
    if words:
        op = words.pop(0)
        return (op, left, item())
    return left


def truth(tree, row, **broken):
    if isinstance(tree, str):
        return row[tree]
    if tree[0] == "not":
        return not truth(tree[1], row, **broken)
    a, b = truth(tree[1], row, **broken), truth(tree[2], row, **broken)
    op = broken.get(tree[0], tree[0])
    return {"and": a and b, "or": a or b, "xor": a != b, "<->": a == b, "->": not a or b,
            "<-": not b or a}[op]


@family("logic.truth-table")
def truth_table(p):
    tree = parsed(p["formula"])
    names = sorted(set(p["formula"].replace("(", " ").replace(")", " ").split())
                   - {"and", "or", "xor", "not", "->", "<->"})
    rows = [dict(zip(names, bits)) for bits in itertools.product([True, False], repeat=len(names))]
    count = lambda **broken: sum(truth(tree, row, **broken) for row in rows)
    right = count()
    kind = "tautology" if right == len(rows) else "contradiction" if right == 0 else "contingent"
    mistakes = {
        "complement": ("rows", len(rows) - right), "converse": ("rows", count(**{"->": "<-"})),
        "implies-as-and": ("rows", count(**{"->": "and"})),
        "implies-as-iff": ("rows", count(**{"->": "<->"})),
        "exclusive-or": ("rows", count(**{"or": "xor"})),
        "inclusive-or": ("rows", count(xor="or")),
    }
    value = "T" if truth(tree, p["assignment"]) else "F"
    return {"rows": right, "kind": kind, "value": value}, mistakes


@family("logic.implication", whole=True)
def implication(question):
    """The sentence that is stated is taken apart, and the options by what they make of its clauses."""
    text = " ".join(question["prompt"]["text"].split()).removesuffix(".").split("states: ")[1]
    patterns = {
        "ifThen": "if (?P<p>.*), then (?P<q>.*)", "onlyIf": "(?P<p>.*) only if (?P<q>.*)",
        "unless": "(?P<q>.*), unless (?P<no_p>.*)",
        "necessary": "it is necessary that (?P<q>.*) in order that (?P<p>.*)",
        "sufficient": "that (?P<p>.*) is sufficient for this: (?P<q>.*)",
    }
    said = re.fullmatch(patterns[question["parameters"]["wording"]], text).groupdict()
    options = [o["text"] for o in question["parts"][0]["options"]]
    pairs = {re.fullmatch("if (.*), then (.*)", o).groups(): o for o in options}
    clauses = {clause for pair in pairs for clause in pair}
    q = said["q"]
    if "p" in said:
        p = said["p"]
        # Of what is left one denies p and one q; only "if p, then not q" begins with p.
        no_q = next(b for a, b in pairs if a == p and b != q)
        no_p = next(c for c in clauses if c not in (p, q, no_q))
    else:
        # Only the converse, "if q, then p", begins with q.
        no_p = said["no_p"]
        p = next(b for a, b in pairs if a == q)
        no_q = next(c for c in clauses if c not in (p, q, no_p))
    mistakes = {"converse": (q, p), "inverse": (no_p, no_q), "negated-conclusion": (p, no_q)}
    return {"equivalent": pairs[no_q, no_p]}, {
        name: ("equivalent", pairs[pair]) for name, pair in mistakes.items()}


# Each kind of statement about two classes, as the pairs of (in the first, in the second) that make
# it true or false, by being there.
QUANTIFIERS = {
    "all": lambda there: (True, False) not in there, "no": lambda there: (True, True) not in there,
    "some": lambda there: (True, True) in there, "some-not": lambda there: (True, False) in there,
}
CONCLUSIONS = {
    "all A are C": ("all", 0, 2), "all C are A": ("all", 2, 0), "no A are C": ("no", 0, 2),
    "some A are C": ("some", 0, 2), "some A are not C": ("some-not", 0, 2),
    "some C are not A": ("some-not", 2, 0),
}


@family("logic.syllogism")
def syllogism(p):
    regions = list(itertools.product([True, False], repeat=3))
    worlds = [w for size in range(len(regions) + 1) for w in itertools.combinations(regions, size)
              if all(any(region[i] for region in w) for i in range(3))]
    holds = lambda world, kind, i, j: QUANTIFIERS[kind]({(r[i], r[j]) for r in world})
    premises = [(kind.lower(), "ABC".index(a), "ABC".index(b))
                for kind, a, b in (text.split() for text in p["premises"])]
    left = [w for w in worlds if all(holds(w, *premise) for premise in premises)]
    follows = [text for text, claim in CONCLUSIONS.items() if all(holds(w, *claim) for w in left)]
    same = next(text for text, claim in CONCLUSIONS.items() if claim == (premises[0][0], 0, 2))
    mistakes = {"nothing-follows": ("follows", []), "same-quantifier": ("follows", [same])}
    return {"follows": follows}, mistakes


@family("logic.sequence")
def number_sequence(p):
    s, kind = p["shown"], p["kind"]
    n, x = sympy.symbols("n x")
    if kind == "quadratic":
        rule = sympy.interpolate(list(enumerate(s)), n)
        assert sympy.degree(rule, n) == 2
        after = lambda terms: int(rule.subs(n, len(terms)))
    elif kind in ("geometric", "affine"):
        q, c = sympy.symbols("q c")
        found = sympy.solve([q * a + c - b for a, b in zip(s, s[1:])], (q, c))
        after = lambda terms: int(found[q] * terms[-1] + found[c])
    else:
        after = {
            "fibonacci": lambda terms: terms[-1] + terms[-2],
            "interleaved": lambda terms: 2 * terms[-2] - terms[-4],
            "alternating": lambda terms: terms[-1] + terms[-2] - terms[-3],
        }[kind]
    following = after(s)
    then = after([*s, following])
    mistakes = {
        "last-difference": ("next", 2 * s[-1] - s[-2]),
        "first-difference": ("next", s[-1] + s[1] - s[0]),
        "last-ratio": ("next", Q(s[-1] ** 2, s[-2])) if s[-2] else None, "repeat": ("next", s[-1]),
        "skipped-one": ("next", then),
    }
    return {"next": following, "after": then}, mistakes


@family("logic.sat-count")
def clause_counting(p):
    clauses, n = p["clauses"], p["n"]
    rows = list(itertools.product([True, False], repeat=n))
    true = lambda row, literal: row[abs(literal) - 1] == (literal > 0)
    count = lambda outer, inner: sum(
        outer(inner(true(row, literal) for literal in clause) for clause in clauses) for row in rows)
    models = count(all, any)
    mistakes = {
        "unsatisfied-counted": ("models", len(rows) - models),
        "clauses-or-ed": ("models", count(any, any)),
        "disjoint-subtraction": ("models", 2 ** n - sum(2 ** (n - len(c)) for c in clauses)),
        "literals-and-ed": ("models", count(all, all)),
    }
    return {"models": models, "satisfiable": "yes" if models else "no"}, mistakes


@family("logic.knights-knaves")
def knights_and_knaves(p):
    names = sorted(p["statements"])

    def true(speaker, text, knight):
        if match := re.fullmatch(r"(\w) and I are of the same kind", text):
            return knight[match[1]] == knight[speaker]
        if match := re.fullmatch(r"(\w) is a (knight|knave)", text):
            return knight[match[1]] == (match[2] == "knight")
        how, count = re.fullmatch(r"(at least|exactly) (\d) of us are knights", text).groups()
        knights = sum(knight.values())
        return knights == int(count) if how == "exactly" else knights >= int(count)

    kinds = [dict(zip(names, row)) for row in itertools.product([True, False], repeat=len(names))]
    fits = [k for k in kinds if all(true(n, p["statements"][n], k) == k[n] for n in names)]
    [only] = fits
    types = "".join("K" if only[n] else "N" for n in names)
    mistakes = {
        "all-truthful": ("types", "K" * len(names)), "all-liars": ("types", "N" * len(names)),
        "complement": ("types", types.translate(str.maketrans("KN", "NK"))),
    }
    return {"types": types}, mistakes


CLUES = {
    r"(\w) is at place (\d)": lambda at, x, n: at(x) == int(n) - 1,
    r"(\w) before (\w)": lambda at, x, y: at(x) < at(y),
    r"(\w) directly before (\w)": lambda at, x, y: at(x) + 1 == at(y),
    r"(\w) and (\w) not adjacent": lambda at, x, y: abs(at(x) - at(y)) != 1,
    r"(\w) is not first": lambda at, x: at(x) != 0,
}


@family("logic.ordering-puzzle")
def ordering_puzzle(p):
    items = "VWXYZ"[:p["n"]]

    def holds(order, clue):
        if match := re.fullmatch(r"(\w) is not last", clue):
            return order[-1] != match[1]
        rule, match = next((rule, m) for text, rule in CLUES.items() if (m := re.fullmatch(text, clue)))
        return rule(order.index, *match.groups())

    orders = ["".join(order) for order in itertools.permutations(items)]
    fitting = lambda clues: [o for o in orders if all(holds(o, clue) for clue in clues)]
    [only] = fitting(p["clues"])
    place = only.index("V") + 1
    mistakes = {
        "last-clue-ignored": [("order", o) for o in fitting(p["clues"][:-1]) if o != only],
        "reversed": ("order", only[::-1]), "counted-from-zero": ("position", place - 1),
    }
    return {"order": only, "position": place}, mistakes


@family("logic.venn-count")
def venn_counting(p):
    everybody, a = set(range(p["n"])), set(range(p["a"]))
    b = set(range(p["a"] - p["both"], p["a"] - p["both"] + p["b"]))
    counted = p["a"] + p["b"]
    mistakes = {
        "overlap-not-subtracted": ("union", counted),
        "overlap-subtracted-twice": ("union", counted - 2 * p["both"]),
        "overlap-twice-neither": ("neither", p["n"] - counted),
        "union-for-exactly-one": ("exactlyOne", len(a | b)), "only-a": ("exactlyOne", len(a - b)),
    }
    parts = {"union": len(a | b), "neither": len(everybody - (a | b)), "exactlyOne": len(a ^ b)}
    return parts, mistakes


# What is taken for equal where a negation or a direction is not carried through.
NOT_FLIPPED = {
    "not (p and q)": "not p and not q", "not (p or q)": "not p or not q",
    "not (p -> q)": "not p -> not q", "p -> q": "q -> p",
    "p xor q": "(p -> q) and (q -> p)", "p <-> q": "(p or q) and not (p and q)",
}


@family("logic.equivalence")
def formula_equivalence(p):
    rows = [dict(zip("pq", bits)) for bits in itertools.product([True, False], repeat=2)]
    table = lambda text: [truth(parsed(text), row) for row in rows]
    right = [o for o in p["options"] if table(o) == table(p["target"])]
    more = [[o for o in p["options"] if o in right or o == extra] for extra in p["options"]]
    mistakes = {
        "connective-not-flipped": ("equal", [NOT_FLIPPED[p["target"]]]),
        "one-more": [("equal", taken) for taken in more if taken != right],
    }
    return {"equal": right}, mistakes
