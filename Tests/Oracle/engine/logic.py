"""Formulas, puzzles and sequences."""

import itertools

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
