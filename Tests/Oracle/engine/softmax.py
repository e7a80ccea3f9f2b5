"""Softmax and its relatives."""

import math
from fractions import Fraction as Q

import numpy as np
import torch

from engine.registry import family, softmax


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
        "off-sign": ("off", a * b), "delta-everywhere": ("off", a * (1 - b)), "off-zero": ("off", 0),
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
