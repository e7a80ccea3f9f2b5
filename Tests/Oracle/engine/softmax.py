"""Softmax and its relatives."""

import itertools
import math
from fractions import Fraction as Q

import numpy as np
import torch

from engine.registry import family, judged, softmax, tensor


@family("softmax.values")
def softmax_values(p):
    if p["mode"] == "matrix":
        e = torch.tensor(p["n"], dtype=torch.float64)
        return {"P": torch.softmax(e.log(), 1).tolist()}, {
            "wrong-axis": ("P", torch.softmax(e.log(), 0).tolist()),
            "whole-matrix": ("P", (e / e.sum()).tolist()),
        }
    logs = p["mode"] == "log"
    z = np.log(p["n"]) if logs else np.array(p["z"], float)
    e = np.exp(z)
    part = "pExact" if logs else "p"
    shares = lambda x: (x / x.sum()).tolist()
    mistakes = {
        "linear": (part, shares(z)), "not-normalised": (part, e.tolist()),
        "max-normalised": (part, np.exp(z - z.max()).tolist()),
        "sigmoid-each": (part, (1 / (1 + np.exp(-z))).tolist()),
        "negated-exponent": (part, shares(np.exp(-z))),
        "squared": (part, shares(e ** 2)) if logs else None,
        "base-2": (part, shares(2 ** z)) if not logs else None,
    }
    parts = {part: softmax(z.tolist())}
    if not logs:
        parts["ratio"] = math.exp(z[0] - z[1])
    return parts, mistakes


@family("softmax.jacobian")
def softmax_jacobian(p):
    z = torch.tensor(p["n"], dtype=torch.float64).log()
    J = torch.autograd.functional.jacobian(lambda v: torch.softmax(v, 0), z)
    s = torch.softmax(z, 0)
    g = torch.tensor(p["g"], dtype=torch.float64)
    i, j = p["i"], p["j"]
    a, b = s[i].item(), s[j].item()
    parts = {"diag": J[i, i].item(), "off": J[i, j].item(), "J": J.tolist(), "vjp": (g @ J).tolist()}
    mistakes = {
        "off-sign": ("off", a * b), "delta-everywhere": ("off", a * (1 - b)),
        "off-zero": ("off", 0),
        "difference": ("off", a - b), "diag-is-p": ("diag", a), "diag-squared": ("diag", a * a),
        "diag-sign": ("diag", -a * (1 - a)), "diagonal-only": ("vjp", (s * (1 - s) * g).tolist()),
        "no-centring": ("vjp", (s * g).tolist()),
    }
    return parts, mistakes


@family("softmax.logsumexp")
def logsumexp(p):
    z, k = p["z"], p["ask"]
    m, n = max(z), len(z)
    lse = torch.logsumexp(torch.tensor(z, dtype=torch.float64), 0).item()
    rest = lse - m
    naive = torch.log(torch.exp(torch.tensor(z, dtype=getattr(torch, p["dtype"]))).sum()).item()
    parts = {"m": m, "lse": lse, "logp": z[k] - lse,
             "naive": "finite" if math.isfinite(naive) else "inf" if naive > 0 else "-inf"}
    mistakes = {
        "max-not-added-back": ("lse", rest), "max-subtracted": ("lse", -m + rest),
        "max-only": ("lse", m), "sum-first": ("lse", sum(z)),
        "log-of-mean": ("lse", lse - math.log(n)),
        "log10": ("lse", m + rest / math.log(10)), "sign": ("logp", lse - z[k]),
        "ratio": ("logp", z[k] / lse), "shifted-logit-only": ("logp", z[k] - m),
    }
    return parts, mistakes


@family("softmax.temperature")
def temperature(p):
    n, t = np.array(p["n"], float), float(Q(p["T"]))
    z = np.log(n)
    shares = lambda x: (x / x.sum()).tolist()
    mistakes = {
        "multiplied-by-T": ("p", shares(n ** t)), "temperature-ignored": ("p", shares(n)),
        "after-softmax": ("p", (n / n.sum() / t).tolist()), "flat": ("p", [1 / len(n)] * len(n)),
    }
    return {"p": softmax((z / t).tolist())}, mistakes


def raised(z):
    """The logits with the last one raised, and the probabilities of the others before and after."""
    step = torch.zeros_like(z)
    step[-1] = 0.7
    return torch.softmax(z, 0)[:-1], torch.softmax(z + step, 0)[:-1]


def share_of(z, i, j):
    probs = torch.softmax(z, 0)
    return probs[i] / probs[j]


def same_values(a, b):
    return bool(torch.allclose(a, b, rtol=1e-9))


INVARIANCES = {
    "softmax(z + c) = softmax(z)": lambda z: same_values(
        torch.softmax(z + 1.3, 0), torch.softmax(z, 0)),
    "softmax(2z) = softmax(z)": lambda z: same_values(torch.softmax(2 * z, 0), torch.softmax(z, 0)),
    "softmax(-z) reverses the ranking": lambda z: torch.equal(
        torch.softmax(-z, 0).argsort(), torch.softmax(z, 0).argsort().flip(0)),
    "the ratio p_i/p_j depends only on z_i - z_j": lambda z: same_values(
        share_of(z, 0, 1), torch.exp(z[0] - z[1])),
    "raising one logit leaves the other probabilities unchanged": lambda z: same_values(*raised(z)),
    "raising one logit lowers every other probability": lambda z: bool(
        (raised(z)[1] < raised(z)[0]).all()),
    "raising one logit keeps the ratios of the others": lambda z: same_values(
        *(x / x[0] for x in raised(z))),
    "softmax(softmax(z)) = softmax(z)": lambda z: same_values(
        torch.softmax(torch.softmax(z, 0), 0), torch.softmax(z, 0)),
    "all probabilities lie strictly between 0 and 1": lambda z: bool(
        ((torch.softmax(z, 0) > 0) & (torch.softmax(z, 0) < 1)).all()),
}
MISREAD = {
    "scales": ["softmax(2z) = softmax(z)"], "idempotent": ["softmax(softmax(z)) = softmax(z)"],
    "independent": ["raising one logit leaves the other probabilities unchanged"],
}


@family("softmax.invariance")
def invariance(p):
    dice = torch.Generator().manual_seed(1)
    vectors = [torch.randn(n, generator=dice) for n in (2, 3, 5)]
    return judged(p["statements"], lambda s: all(INVARIANCES[s](z) for z in vectors), MISREAD)


@family("softmax.binary-sigmoid")
def binary_sigmoid(p):
    a, b = p["n"]
    z = tensor([a, b]).log()
    first, second = torch.softmax(z, 0).tolist()
    mistakes = {
        "linear": ("p1", (z[0] / z.sum()).item()),
        "sum-for-difference": ("p1", torch.sigmoid(z.sum()).item()),
        "second-ignored": ("p1", torch.sigmoid(z[0]).item()), "other-class": ("p1", second),
        "probability-gap": ("gap", first - second),
    }
    return {"p1": first, "gap": torch.logit(tensor(first)).item()}, mistakes


@family("softmax.sampling-filter")
def sampling_filter(p):
    w, k, bound = p["w"], p["k"], Q(p["p"])
    probs = [Q(x, sum(w)) for x in w]
    ranked = sorted(range(len(w)), key=lambda i: -w[i])
    sums = list(itertools.accumulate(probs[i] for i in ranked))
    kept = next(n for n, total in enumerate(sums, 1) if total >= bound)

    def cut(count, scale=True):
        left = [probs[i] if i in ranked[:count] else Q(0) for i in range(len(w))]
        return [x / sum(left) for x in left] if scale and count else left

    mistakes = {
        "crossing-token-dropped": ("topp", cut(kept - 1)),
        "not-renormalised": ("topp", cut(kept, scale=False)),
        "single-token-threshold": ("kept", sum(x >= bound for x in probs)),
        "topk-not-renormalised": ("topk", cut(k, scale=False)),
    }
    return {"topk": cut(k), "topp": cut(kept), "kept": kept}, mistakes
