"""Fitting models: scikit-learn and NumPy where they do it, exact fractions where a step is asked."""

import math
import statistics
from fractions import Fraction as Q

import numpy as np
import scipy.stats
import sympy
import torch
from sklearn.linear_model import Perceptron
from sklearn.metrics import pairwise
from sklearn.naive_bayes import MultinomialNB
from sklearn.preprocessing import PolynomialFeatures

from engine.registry import family, fractions, grad, tensor

@family("ml.logistic-step")
def logistic_step(p):
    k, lr, y = Q(p["expz"]), Q(p["lr"]), p["y"]
    x, w = p["x"], p["w"]
    prob = k / (1 + k)
    error = prob - y
    times = lambda c: [c * v for v in x]
    g = times(error)
    mistakes = {
        "label-sign": ("gradW", times(y - prob)),
        "mse-slope": ("gradW", times(error * prob * (1 - prob))),
        "no-input": ("gradW", [error] * len(x)), "prediction-not-error": ("gradW", times(prob)),
        "ascent": ("w1", [a + lr * b for a, b in zip(w, g)]),
        "lr-forgotten": ("w1", [a - b for a, b in zip(w, g)]),
        "odds-for-probability": ("p", k),
        "thresholded": ("gradW", times((1 if prob >= Q(1, 2) else 0) - y)),
    }
    return {"p": prob, "gradW": g, "w1": [a - lr * b for a, b in zip(w, g)]}, mistakes


@family("ml.linreg-closed-form")
def linear_regression(p):
    x, y, at = p["x"], p["y"], p["at"]
    fit = statistics.linear_regression(*([Q(v) for v in values] for values in (x, y)))
    w, b = fit.slope, fit.intercept
    mx, my = statistics.mean(fractions(x)), statistics.mean(fractions(y))
    spread = lambda u, mu, v, mv: sum((a - mu) * (c - mv) for a, c in zip(u, v))
    sxy, sxx, syy = spread(x, mx, y, my), spread(x, mx, x, mx), spread(y, my, y, my)
    ends = Q(y[-1] - y[0], x[-1] - x[0])
    mistakes = {
        "not-centred": ("slope", Q(sum(a * c for a, c in zip(x, y)), sum(a * a for a in x))),
        "x-on-y": ("slope", sxy / syy), "inverse": ("slope", sxx / sxy),
        "endpoints": ("slope", ends), "intercept-sign": ("intercept", my + w * mx),
        "intercept-mean": ("intercept", my),
    }
    return {"slope": w, "intercept": b, "pred": w * at + b}, mistakes


@family("ml.linreg-gd-step")
def regression_step(p):
    x, y, w, b, lr = tensor(p["x"]), tensor(p["y"]), p["w"], p["b"], float(Q(p["lr"]))
    loss = lambda a, c: torch.nn.functional.mse_loss(a * x + c, y)
    gw, gb = (g.item() for g in grad(loss, float(w), float(b)))
    w1 = w - lr * gw
    mistakes = {
        "no-factor-2": ("gradW", gw / 2), "not-averaged": ("gradW", gw * len(x)),
        "sign": ("gradW", -gw), "no-input": ("gradW", gb), "ascent": ("w1", w + lr * gw),
        "lr-forgotten": ("w1", w - gw),
        "sequential": ("b1", b - lr * grad(loss, w1, float(b))[1].item()),
    }
    return {"gradW": gw, "gradB": gb, "w1": w1, "b1": b - lr * gb}, mistakes


@family("ml.ridge-1d")
def ridge(p):
    x, y, penalty = p["x"], p["y"], Q(p["lambda"])
    # The penalty is one more point: at √λ the line should be 0.
    rows = np.array([*x, math.sqrt(penalty)], float)[:, None]
    w = np.linalg.lstsq(rows, np.array([*y, 0], float))[0][0]
    sxy, sxx = sum(a * b for a, b in zip(x, y)), sum(a * a for a in x)
    mistakes = {
        "no-penalty": ("w", Q(sxy, sxx)), "halved": ("w", sxy / (sxx + penalty / 2)),
        "penalty-subtracted": ("w", sxy / (sxx - penalty) if sxx != penalty else None),
        "penalty-times-n": ("w", sxy / (sxx + penalty * len(x))),
        "shrunk-afterwards": ("w", Q(sxy, sxx) / (1 + penalty)),
        "lasso-shift": ("w", (sxy - penalty) / sxx),
    }
    return {"w": w}, mistakes


@family("ml.knn")
def nearest_neighbours(p):
    def order(metric):
        distances = pairwise.pairwise_distances([p["query"]], p["points"], metric=metric)[0]
        # Only by the other metric two points may be equally far: the first one comes first.
        return distances.argsort(kind="stable").tolist()

    k, ranked = p["k"], order(p["metric"])
    labels = [p["labels"][i] for i in ranked]
    other = {"euclidean": "manhattan", "manhattan": "euclidean"}[p["metric"]]
    mistakes = {
        "one-neighbour": ("label", labels[0]), "whole-set": ("label", statistics.mode(labels)),
        "farthest": ("order", ranked[::-1][:k]), "other-metric": ("order", order(other)[:k]),
    }
    return {"order": ranked[:k], "label": statistics.mode(labels[:k])}, mistakes


@family("ml.kmeans-step")
def cluster_step(p):
    points, old = np.array(p["points"], float), np.array(p["centres"], float)
    distances = np.linalg.norm(points[:, None] - old, axis=2)
    near = distances.argmin(1)
    best = distances.min(1)
    groups = [points[near == c] for c in (0, 1)]
    each = lambda centre: [centre(g).tolist() for g in groups]
    mistakes = {
        "divided-by-k": ("centres", each(lambda g: g.sum(0) / len(old))),
        "median": ("centres", each(lambda g: np.median(g, 0))),
        "overall-mean": ("centres", each(lambda g: points.mean(0))),
        "unrooted-inertia": ("inertia", best.sum()), "swapped": ("assign", (1 - near).tolist()),
    }
    parts = {"assign": near.tolist(), "centres": each(lambda g: g.mean(0)),
             "inertia": round((best ** 2).sum())}
    return parts, mistakes


IMPURITIES = {
    "gini": lambda shares: 1 - sum(s * s for s in shares),
    "entropy": lambda shares: scipy.stats.entropy([float(s) for s in shares], base=2),
    "error": lambda shares: 1 - max(shares),
}


@family("ml.tree-gain")
def tree_gain(p):
    children = [p["left"], p["right"]]
    both = [sum(c) for c in zip(*children)]
    shares = lambda counts: [Q(c, sum(counts)) for c in counts]

    def values(kind):
        impurity = IMPURITIES[kind]
        each = [impurity(shares(c)) for c in children]
        weighted = sum(sum(c) / sum(both) * i for c, i in zip(children, each))
        return impurity(shares(both)), weighted, each

    parent, weighted, each = values(p["kind"])
    gain = lambda kind: values(kind)[0] - values(kind)[1]
    other = {"gini": "entropy", "entropy": "gini"}[p["kind"]]
    mistakes = {
        "unweighted-children": ("gain", parent - sum(each) / 2),
        "children-summed": ("gain", parent - sum(each)), "other-impurity": ("gain", gain(other)),
        "misclassification": ("gain", gain("error")),
        "nats": ("gain", gain("entropy") * math.log(2)) if p["kind"] == "entropy" else None,
    }
    return {"parent": parent, "children": weighted, "gain": parent - weighted}, mistakes


@family("ml.naive-bayes")
def naive_bayes(p):
    counts, docs = [p["countsA"], p["countsB"]], [p["docsA"], p["docsB"]]
    document = np.bincount(p["doc"], minlength=len(counts[0]))
    model = MultinomialNB(alpha=1, class_prior=[d / sum(docs) for d in docs]).fit(counts, [0, 1])
    posterior = model.predict_proba([document])[0][0]

    def likelihood(row, numerator=1, denominator=None):
        denominator = len(row) if denominator is None else denominator
        return math.prod(Q(row[i] + numerator, sum(row) + denominator) for i in p["doc"])

    a, b = (likelihood(row) for row in counts)
    prior = Q(docs[0], sum(docs))
    assert math.isclose(a, math.exp(model.feature_log_prob_[0] @ document))
    mistakes = {
        "no-prior": ("posterior", a / (a + b)), "not-normalised": ("posterior", prior * a),
        "no-smoothing": ("likelihoodA", likelihood(counts[0], 0, 0)),
        "denominator-not-smoothed": ("likelihoodA", likelihood(counts[0], 1, 0)),
        "plus-1-only": ("likelihoodA", likelihood(counts[0], 1, 1)),
        "added": ("likelihoodA", sum(
            Q(counts[0][i] + 1, sum(counts[0]) + len(counts[0])) for i in p["doc"])),
    }
    return {"likelihoodA": a, "posterior": posterior}, mistakes


@family("ml.pca-2x2")
def principal_components(p):
    C = np.array(p["covariance"], float)
    values, vectors = np.linalg.eigh(C)
    small, large = values
    # The sign is free: the first entry is taken positive.
    pointed = lambda v: v * (np.sign(v[0]) or np.sign(v[1]))
    first, second = pointed(vectors[:, 1]), pointed(vectors[:, 0])
    whole = first / np.abs(first[np.abs(first) > 1e-9]).min()
    mistakes = {
        "smaller-eigenvector": ("pc1", second.tolist()),
        "diagonal-as-eigenvalues": ("eig", sorted(np.diag(C).tolist(), reverse=True)),
        "largest-over-smallest": ("ratio", large / small), "not-unit": ("pc1", whole.tolist()),
        "std-ratio": ("ratio", math.sqrt(large) / (math.sqrt(large) + math.sqrt(small))),
    }
    return {"eig": [large, small], "ratio": large / values.sum(), "pc1": first.tolist()}, mistakes


@family("ml.l1-soft-threshold")
def soft_threshold(p):
    w, penalty = [Q(v) for v in p["w"]], Q(p["lambda"])
    shrink = lambda by: torch.nn.functional.softshrink(tensor([float(v) for v in w]), float(by))
    x = shrink(penalty)
    mistakes = {
        "ridge-shrinkage": ("x", [v / (1 + penalty) for v in w]),
        "hard-threshold": ("x", [v if abs(v) > penalty else 0 for v in w]),
        "sign-lost": ("x", x.abs().tolist()),
        "no-zeroing": ("x", [v - penalty if v > 0 else v + penalty for v in w]),
        "halved-threshold": ("x", shrink(penalty / 2).tolist()),
    }
    return {"x": x.tolist()}, mistakes


@family("ml.kernel-values")
def kernel_values(p):
    x, z, c, gamma, n, degree = (p[k] for k in ("x", "z", "c", "gamma", "n", "degree"))
    dot, squared = float(np.dot(x, z)), float(np.sum(np.subtract(x, z) ** 2))
    mistakes = {
        "constant-forgotten": ("poly", dot ** 2), "not-squared": ("poly", dot + c),
        "squared-termwise": ("poly", dot ** 2 + c ** 2),
        "distance-not-squared": ("rbf", math.exp(-gamma * math.sqrt(squared))),
        "sign": ("rbf", math.exp(gamma * squared)),
        "gamma-as-sigma": ("rbf", math.exp(-squared / (2 * gamma ** 2))),
        "homogeneous": ("dim", math.comb(n + degree - 1, degree)), "power": ("dim", n ** degree),
    }
    parts = {"poly": pairwise.polynomial_kernel([x], [z], degree=2, gamma=1, coef0=c)[0, 0],
             "rbf": pairwise.rbf_kernel([x], [z], gamma=gamma)[0, 0],
             "dim": PolynomialFeatures(degree).fit(np.zeros((1, n))).n_output_features_}
    return parts, mistakes


@family("ml.svm-margin")
def svm_margin(p):
    w, b, x, y = p["w"], p["b"], p["x"], p["y"]
    value, norm = float(np.dot(w, x)) + b, float(np.linalg.norm(w))
    mistakes = {
        "half-margin": ("margin", 1 / norm), "norm-squared": ("margin", 2 / norm ** 2),
        "norm-not-inverse": ("margin", 2 * norm), "not-normalised": ("dist", abs(value)),
        "bias-forgotten": ("dist", abs(value - b) / norm),
        "label-ignored": ("hinge", max(0, 1 - value)),
        "no-max": ("hinge", 1 - y * value),
    }
    hinge = torch.clamp(1 - y * tensor(value), min=0).item()
    return {"margin": 2 / norm, "dist": abs(value) / norm, "hinge": hinge}, mistakes


@family("ml.perceptron-update")
def perceptron(p):
    points, labels = p["points"], p["y"]

    def run(updates=math.inf, sign=1, always=False):
        w, b, wrong = np.zeros(len(points[0])), 0, 0
        for x, y in zip(points, labels):
            if (always or y * (w @ x + b) <= 0) and wrong < updates:
                w, b, wrong = w + sign * y * np.array(x), b + sign * y, wrong + 1
        return w.tolist(), b, wrong

    w, b, wrong = run()
    if len(set(labels)) == 2:
        model = Perceptron(max_iter=1, tol=None, shuffle=False).fit(points, labels)
        assert [*model.coef_[0], model.intercept_[0]] == [*w, b]
    mistakes = {
        "always-updates": ("w", run(always=True)[0]), "wrong-direction": ("w", run(sign=-1)[0]),
        "bias-fixed": ("b", 0), "first-mistake-only": ("w", run(updates=1)[0]),
    }
    return {"w": w, "b": b, "mistakes": wrong}, mistakes


@family("ml.adaboost-weights")
def adaboost(p):
    n, wrong = p["n"], p["wrong"]
    eps = Q(wrong, n)
    odds = (1 - eps) / eps
    alpha = math.log(odds) / 2
    raw = np.exp(np.where(np.arange(n) < wrong, alpha, -alpha)) / n
    new = raw / raw.sum()
    mistakes = {
        "no-half": ("alpha", math.log(odds)), "log-inverted": ("alpha", -alpha),
        "log2": ("alpha", math.log2(odds) / 2), "not-normalised": ("wWrong", raw[0]),
        "unchanged": ("wWrong", Q(1, n)), "signs-swapped": ("wWrong", new[-1]),
    }
    return {"eps": eps, "alpha": alpha, "wWrong": new[0], "wRight": new[-1]}, mistakes


@family("ml.gmm-responsibility")
def mixture_responsibility(p):
    prior, ratio = Q(p["pi1"]), Q(p["densityRatio"])
    share = lambda first, second: first / (first + second)
    right = share(prior * ratio, 1 - prior)
    # k-means knows no weights: the nearer centre, with the larger density, takes the point.
    mistakes = {
        "no-prior": ("r1", share(ratio, 1)), "prior-only": ("r1", prior),
        "priors-swapped": ("r1", share((1 - prior) * ratio, prior)),
        "not-normalised": ("r1", prior * ratio), "hard-assignment": ("r1", int(ratio > 1)),
    }
    return {"r1": right}, mistakes


@family("ml.mle")
def maximum_likelihood(p):
    x, kind = p["x"], p["kind"]
    t, mean = sympy.Symbol("t", positive=True), statistics.mean(fractions(x))
    likelihoods = {
        "bernoulli": lambda v: v * sympy.log(t) + (1 - v) * sympy.log(1 - t),
        "poisson": lambda v: v * sympy.log(t) - t, "exponential": lambda v: sympy.log(t) - t * v,
        "geometric": lambda v: sympy.log(t) + (v - 1) * sympy.log(1 - t),
        "gaussian": lambda v: -sympy.log(t) / 2 - (v - sympy.Rational(mean)) ** 2 / (2 * t),
    }
    if kind == "uniform":
        # The density 1/t of every observation falls with t, as long as t covers them all.
        estimate = max(x)
    else:
        slope = sum(likelihoods[kind](v) for v in x).diff(t)
        estimate = Q(str(sympy.solve(sympy.together(slope), t)[0]))
    other = {
        "bernoulli": Q(sum(x) + 1, len(x) + 2), "poisson": 1 / mean if mean else None,
        "exponential": mean, "geometric": mean, "gaussian": statistics.variance(fractions(x)),
        "uniform": 2 * mean,
    }[kind]
    mistakes = {"inverse-or-unbiased": ("est", other), "sum": ("est", sum(x)),
                "median": ("est", statistics.median(x))}
    return {"est": estimate}, mistakes
