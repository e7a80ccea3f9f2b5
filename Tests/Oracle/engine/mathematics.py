"""Linear algebra, analysis and chance."""

import math
import statistics
from collections import Counter
from fractions import Fraction as Q

import numpy as np
import sympy
from sympy.functions.combinatorial.numbers import nC, nP

from engine.registry import family, grad


@family("math.bayes")
def bayes(p):
    a, s, f = (Q(p[n]) for n in ("prior", "sensitivity", "falsePositive"))
    evidence = a * s + (1 - a) * f
    mistakes = {
        "base-rate-ignored": ("posterior", s), "prior-not-normalised": ("posterior", a * s),
        "complement-of-fp": ("posterior", 1 - f), "equal-priors": ("posterior", s / (s + f)),
        "false-positive-as-complement": ("posterior", a * s / (a * s + (1 - a) * (1 - f))),
        "one-minus-sensitivity": ("posterior", a * s / (a * s + (1 - a) * (1 - s))),
        "prior-in-both": ("evidence", a * s + a * f),
    }
    return {"posterior": a * s / evidence, "evidence": evidence}, mistakes


def numbers(values):
    """SymPy's numbers as Python's: fractions where they are rational."""
    if isinstance(values, sympy.MatrixBase):
        rows = [[numbers(v) for v in row] for row in values.tolist()]
        return [row[0] for row in rows] if values.shape[1] == 1 else rows
    return Q(str(values)) if values.is_Rational else float(values)


@family("math.derivative")
def derivative(p):
    x = sympy.Symbol("x")
    a, b, n = p["a"], p["b"], p["n"]
    e, u = sympy.exp, a * x ** 2 + b
    f = {"powerExp": x ** n * e(a * x), "expSquare": e(a * x ** 2), "powerSquare": u ** n,
         "logSquare": sympy.log(u), "quotient": x ** n / (x + b)}[p["kind"]]
    inner, top = sympy.diff(u, x), sympy.diff(x ** n, x)
    wrong = {
        "powerExp": lambda: {
            "product-of-derivatives": top * sympy.diff(e(a * x), x), "one-term": top * e(a * x),
            "inner-forgotten": top * e(a * x) + x ** n * e(a * x)},
        "expSquare": lambda: {
            "inner-forgotten": f, "power-rule-on-exp": a * x ** 2 * e(a * x ** 2 - 1),
            "inner-derivative-in-exponent": e(2 * a * x)},
        "powerSquare": lambda: {
            "inner-forgotten": n * u ** (n - 1), "power-not-lowered": n * u ** n * inner,
            "outer-forgotten": inner ** n},
        "logSquare": lambda: {
            "inner-forgotten": 1 / u, "inner-inverted": u / inner, "log-kept": f * inner},
        "quotient": lambda: {
            "product-of-derivatives": top, "denominator-not-squared": sympy.diff(f, x) * (x + b),
            "terms-swapped": -sympy.diff(f, x), "plus": (top * (x + b) + x ** n) / (x + b) ** 2},
    }[p["kind"]]()
    return {"d": (sympy.diff(f, x), {})}, {name: ("d", (w, {})) for name, w in wrong.items()}


@family("math.gradient-hessian")
def gradient_hessian(p):
    x, y = sympy.symbols("x y")
    a, b, c, d, e, (u, v) = (p[n] for n in ("a", "b", "c", "d", "e", "at"))
    f = a * x ** 3 + b * x * y + c * y ** 2 + d * x + e * y
    put = lambda m, at=u: m.subs({x: at, y: v})
    hessian = sympy.hessian(f, (x, y))
    grad = numbers(put(sympy.Matrix([f.diff(x), f.diff(y)])))
    hess = numbers(put(hessian))
    mixed = lambda value: [[hess[0][0], value], [value, hess[1][1]]]
    mistakes = {
        "swapped": ("grad", grad[::-1]), "diagonal-only": ("hess", mixed(0)),
        "cross-term-own-variable": ("grad", [grad[0] - b * v + b * u, grad[1] - b * u + b * v]),
        "cross-term-dropped": ("grad", [grad[0] - b * v, grad[1] - b * u]),
        "cross-term-halved": ("hess", mixed(Q(b, 2))),
        "x-not-inserted": ("hess", numbers(put(hessian, 1))),
    }
    return {"grad": grad, "hess": hess}, mistakes


@family("math.determinant")
def determinant(p):
    A = sympy.Matrix(p["matrix"])
    n, det = A.shape[0], numbers(A.det())
    diagonal = math.prod(p["matrix"][i][i] for i in range(n))
    plus = sum(A[0, j] * A.minor(0, j) for j in range(n))
    mistakes = {
        "plus-sign": ("det", numbers(plus)) if n == 2 else None,
        "no-checkerboard": ("det", numbers(plus)) if n == 3 else None,
        "diagonal-product": ("det", diagonal), "trace": ("det", numbers(A.trace())),
        "sign": ("det", -det),
    }
    return {"det": det}, mistakes


@family("math.eigen-2x2")
def eigenvalues(p):
    A = sympy.Matrix(p["matrix"])
    (a, b), (c, d) = p["matrix"]
    descending = lambda values: sorted(values, reverse=True)
    values = descending(numbers(v) for v, times in A.eigenvals().items() for _ in range(times))
    mistakes = {
        "trace-anti": ("trace", b + c), "det-plus": ("det", a * d + b * c),
        "diagonal-entries": ("eig", descending([a, d])),
        "trace-sign": ("eig", descending(-v for v in values)),
    }
    return {"trace": numbers(A.trace()), "det": numbers(A.det()), "eig": values}, mistakes


@family("math.inverse-2x2")
def inverse_matrix(p):
    A, rhs = sympy.Matrix(p["matrix"]), sympy.Matrix(p["rhs"])
    (a, b), (c, d) = p["matrix"]
    det = numbers(A.det())
    over = lambda rows: [[Q(v) / det for v in row] for row in rows]
    inverse = numbers(A.inv())
    mistakes = {
        "determinant-forgotten": ("inv", [[d, -b], [-c, a]]),
        "signs-forgotten": ("inv", over([[d, b], [c, a]])),
        "diagonal-not-swapped": ("inv", over([[a, -b], [-c, d]])),
        "transposed": ("inv", numbers(A.inv().T)), "multiplied-instead": ("x", numbers(A * rhs)),
        "elementwise": ("inv", [[1 / Q(v) for v in row] for row in p["matrix"]])
        if all((a, b, c, d)) else None,
    }
    return {"inv": inverse, "x": numbers(A.LUsolve(rhs))}, mistakes


@family("math.expectation-variance")
def expectation_variance(p):
    x, weights, a, b = p["x"], p["weights"], p["a"], p["b"]
    # A list with each value as often as its weight says.
    drawn = [Q(v) for v, w in zip(x, weights) for _ in range(w)]
    moved = [a * v + b for v in drawn]
    mean, var = statistics.mean(drawn), statistics.pvariance(drawn)
    square = statistics.mean(v * v for v in drawn)
    mistakes = {
        "uniform-weights": ("E", Q(sum(x), len(x))), "square-not-subtracted": ("Var", square),
        "mean-not-squared": ("Var", square - mean),
        "sample-variance": ("Var", statistics.variance(drawn)),
        "a-not-squared": ("VarY", a * var), "b-added": ("VarY", a * a * var + b),
        "a-ignored": ("VarY", var),
    }
    parts = {"E": mean, "Var": var, "EY": statistics.mean(moved),
             "VarY": statistics.pvariance(moved)}
    return parts, mistakes


@family("math.combinatorics")
def counting(p):
    kind, n, k = p["kind"], p["n"], p["m"]
    repeated = {"multiset": nC, "sequences": nP}
    if kind == "letters":
        count, repeats = nP(p["word"], n), [c for c in Counter(p["word"]).values() if c > 1]
        wrong = {"repeats-ignored": nP(n, n), "divided-by-count": Q(int(nP(n, n)), math.prod(repeats)),
                 "distinct-letters": nP(len(set(p["word"])))}
    elif kind == "committee":
        groups = [(n, k), (p["l"], p["k"])]
        count = math.prod(nC(*g) for g in groups)
        wrong = {"order-wrong": math.prod(nP(*g) for g in groups), "added": sum(nC(*g) for g in groups),
                 "anyone": nC(sum(of for of, _ in groups), sum(chosen for _, chosen in groups))}
    else:
        count = {"choose": nC, "arrange": nP}.get(kind, nC)(n, k)
        if kind in repeated:
            count = repeated[kind](n, k, replacement=True)
        ordered, again = kind in ("arrange", "sequences"), kind in repeated
        wrong = {
            "order-wrong": (nC if ordered else nP)(n, k, replacement=again),
            "with-repetition": (nP if ordered else nC)(n, k, replacement=True),
            "no-repetition": (nP if ordered else nC)(n, k), "product": n * k,
            "base-swapped": k ** n, "bars-off-by-one": nC(n + 1, k, replacement=True),
        }
    return {"n": count}, {name: ("n", value) for name, value in wrong.items()}


@family("math.at-least-one")
def at_least_once(p):
    chance, n = Q(p["p"]), p["n"]
    exactly = lambda k: math.comb(n, k) * chance ** k * (1 - chance) ** (n - k)
    mistakes = {
        "n-times-p": ("p", n * chance), "all-succeed": ("p", exactly(n)), "none": ("p", exactly(0)),
        "complement-of-all": ("p", 1 - exactly(n)), "exactly-one": ("p", exactly(1)),
    }
    return {"p": sum(exactly(k) for k in range(1, n + 1))}, mistakes


@family("math.convexity")
def convexity(p):
    a, b, c = p["a"], p["b"], p["c"]
    x, y, k = sympy.symbols("x y k")
    hessian = sympy.hessian(a * x ** 2 + b * x * y + c * y ** 2, (x, y))
    general = sympy.hessian(a * x ** 2 + k * x * y + c * y ** 2, (x, y))
    kmin = numbers(max(sympy.solve(general.det(), k)))
    name = lambda holds: "convex" if holds else "not convex"
    mistakes = {
        "diagonal-only": ("psd", name(a >= 0 and c >= 0)),
        "boundary-sign": ("kmin", math.sqrt(a * c)),
        "squared": ("kmin", 4 * a * c), "no-root": ("kmin", a * c),
    }
    return {"psd": name(hessian.is_positive_semidefinite), "kmin": kmin}, mistakes


@family("math.rank-nullity")
def rank_nullity(p):
    A = sympy.Matrix(p["matrix"])
    rows, columns = A.shape
    rank, nullity = A.rank(), len(A.nullspace())
    mistakes = {
        "rows-as-rank": ("rank", rows),
        "nonzero-rows": ("rank", sum(any(row) for row in p["matrix"])),
        "full": ("rank", min(rows, columns)), "rows-minus-rank": ("nullity", rows - rank),
        "nullity-is-rank": ("nullity", rank),
    }
    return {"rank": rank, "nullity": nullity}, mistakes


@family("math.directional-derivative")
def directional_derivative(p):
    a, b, c, at, u = (p[n] for n in ("a", "b", "c", "at", "u"))
    f = lambda v: a * v[0] ** 2 + b * v[0] * v[1] + c * v[1] ** 2
    g = grad(f, [float(v) for v in at])[0].numpy()
    norm = float(np.linalg.norm(u))
    mistakes = {
        "not-normalised": ("D", g @ u), "norm-squared": ("D", g @ u / norm ** 2),
        "sum-of-partials": ("D", g.sum()), "max-squared": ("max", g @ g),
        "max-as-sum": [("max", np.abs(g).sum()), ("max", abs(g.sum())), ("max", g.sum())],
    }
    return {"D": g @ u / norm, "max": np.linalg.norm(g)}, mistakes


@family("math.gaussian-linear")
def linear_combination(p):
    w, cov = np.array([p["a"], p["b"]]), p["cov"]
    sigma = np.array([p["s1"], p["s2"]])
    mean = w @ [p["m1"], p["m2"]]
    var = w @ np.array([[sigma[0] ** 2, cov], [cov, sigma[1] ** 2]]) @ w
    cross = 2 * w[0] * w[1] * cov
    both = lambda x, y: x[0] * y[0] + x[1] * y[1] + cross
    mistakes = {
        "std-added": ("var", (w @ sigma) ** 2),
        "coefficient-not-squared": ("var", both(w, sigma ** 2)),
        "minus-variance": ("var", (w[0] * sigma[0]) ** 2 - (w[1] * sigma[1]) ** 2 + cross),
        "std-for-variance": ("var", both(w ** 2, sigma)),
        "covariance-forgotten": ("var", var - cross),
        "covariance-once": ("var", var - cross / 2),
    }
    return {"mean": mean, "var": var}, mistakes


@family("math.gd-convergence")
def descent_convergence(p):
    slope, eta, k, x0 = p["lambda"], Q(p["eta"]), p["k"], p["x0"]

    def after(steps, rate=eta, factor=1):
        x = Q(x0)
        for _ in range(steps):
            x -= rate * factor * slope * x
        return x

    mistakes = {
        "half-limit": ("limit", Q(1, slope)), "sign": ("xk", after(k, -eta)),
        "gradient-doubled": ("xk", after(k, factor=2)), "one-step": ("xk", after(1)),
        "linear": ("xk", x0 - k * eta * slope * x0), "best-is-limit": ("best", Q(2, slope)),
    }
    return {"xk": after(k), "limit": Q(2, slope), "best": Q(1, slope)}, mistakes


@family("math.norms-cosine")
def norms_cosine(p):
    a, b = np.array(p["a"]), np.array(p["b"])
    norm = np.linalg.norm
    mistakes = {
        "cos-not-normalised": ("cos", a @ b),
        "cos-squared-norms": ("cos", a @ b / ((a @ a) * (b @ b))),
        "cos-one-norm": [("cos", a @ b / norm(a)), ("cos", a @ b / norm(b))],
        "l2-squared": ("l2", a @ a), "l1-signed": ("l1", a.sum()), "linf-signed": ("linf", a.max()),
        "distance-for-cos": ("cos", norm(a - b)),
    }
    parts = {"l1": norm(a, 1), "l2": norm(a), "linf": norm(a, np.inf),
             "cos": a @ b / (norm(a) * norm(b))}
    return parts, mistakes


@family("math.markov-stationary")
def stationary_distribution(p):
    a, b = Q(p["leave0"]), Q(p["leave1"])
    P = sympy.Matrix([[1 - a, a], [b, 1 - b]])
    still = (P.T - sympy.eye(2)).nullspace()[0]
    pi = numbers(still / sum(still))
    shares = lambda x, y: [x / (x + y), y / (x + y)]
    mistakes = {
        "rates-not-crossed": ("pi", shares(a, b)), "uniform": ("pi", [Q(1, 2), Q(1, 2)]),
        "stay-normalised": ("pi", shares(1 - a, 1 - b)), "row": ("pi", numbers(P)[0]),
        "squared-entries": ("two", [(1 - a) ** 2, a ** 2]),
        "columns-used": ("two", numbers((P ** 2).T)[0]),
    }
    return {"pi": pi, "two": numbers(P ** 2)[0]}, mistakes


@family("math.lagrange")
def nearest_on_line(p):
    a, b, c = p["a"], p["b"], p["c"]
    x, y, m = sympy.symbols("x y m")
    lagrangian = x ** 2 + y ** 2 - m * (a * x + b * y - c)
    found = sympy.solve([lagrangian.diff(v) for v in (x, y, m)], (x, y, m))
    best = [numbers(found[x]), numbers(found[y])]
    square, scaled = a * a + b * b, lambda by: [a * by, b * by]
    least = sum(v * v for v in best)
    mistakes = {
        "unnormalised": ("x", scaled(c)), "sign": ("x", [-v for v in best]),
        "equal-split": ("x", [Q(c, a + b)] * 2 if a + b else None),
        "norm-not-squared": ("x", scaled(c / math.sqrt(square))),
        "distance-for-square": ("min", math.sqrt(least)),
    }
    return {"x": best, "min": least}, mistakes


@family("math.taylor")
def taylor_polynomial(p):
    x, h = sympy.Symbol("x"), sympy.Rational(p["h"])
    f = {"exp": sympy.exp(x), "log1p": sympy.log(1 + x), "sqrt1p": sympy.sqrt(1 + x),
         "inv1p": 1 / (1 + x), "sigmoid": 1 / (1 + sympy.exp(-x))}[p["f"]]
    polynomial = sympy.series(f, x, 0, 3).removeO()
    c0, c1, c2 = (polynomial.coeff(x, n) for n in range(3))
    value = lambda *c: ("T2", numbers(c[0] + c[1] * h + c[2] * h ** 2))
    mistakes = {
        "no-half": value(c0, c1, 2 * c2), "first-order": value(c0, c1, 0),
        "second-sign": value(c0, c1, -c2), "sign": value(c0, -c1, c2),
        "constant-forgotten": value(0, c1, c2),
    }
    return {"T2": value(c0, c1, c2)[1]}, mistakes


@family("math.projection")
def projection(p):
    a, b = sympy.Matrix(p["a"]), sympy.Matrix(p["b"])
    onto = b.project(a)
    dot, square = numbers(a.dot(b)), numbers(a.dot(a))
    mistakes = {
        "onto-b": ("proj", numbers(a.project(b))), "residual": ("proj", numbers(b - onto)),
        "norm-not-squared": ("proj", [v * dot / math.sqrt(square) for v in p["a"]]),
        "not-normalised": ("proj", [v * dot for v in p["a"]]),
    }
    return {"coef": dot / square, "proj": numbers(onto)}, mistakes
