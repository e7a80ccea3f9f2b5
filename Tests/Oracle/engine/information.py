"""Entropies and losses made of logarithms."""

import math
from fractions import Fraction as Q

import numpy as np

from engine.registry import family


def entropy(p, q, base=2):
    return sum(-a * math.log(b, base) for a, b in zip(p, q) if a) if all(
        b for a, b in zip(p, q) if a) else math.inf


@family("info.cross-entropy")
def cross_entropy(p):
    a, b = [float(Q(x)) for x in p["p"]], [float(Q(x)) for x in p["q"]]
    h, own = entropy(a, b), entropy(a, a)
    mistakes = {
        "swapped": ("Hpq", entropy(b, a)), "unweighted": ("Hpq", -sum(math.log2(x) for x in b)),
        "no-minus": ("Hpq", -h), "nats": ("Hpq", h * math.log(2)),
        "log10": ("Hpq", h * math.log10(2)), "mean-of-classes": ("Hpq", h / len(a)),
        "entropy-of-q": ("Hpq", entropy(b, b)), "entropy-of-p": ("Hpq", own),
        "kl-is-cross-entropy": ("KL", h), "kl-sign": ("KL", own - h),
        "kl-reversed": ("KL", entropy(b, a) - entropy(b, b)),
    }
    parts = {"Hpq": h, "Hp": own, "KL": h - own, "KLrev": entropy(b, a) - entropy(b, b)}
    return parts, mistakes


@family("info.perplexity")
def perplexity(p):
    e = p["exponents"]
    probs = np.array([2.0 ** -x for x in e])
    bits = -np.log2(probs).mean()
    ppl = math.exp(-np.log(probs).mean())
    nats = bits * math.log(2)
    mistakes = {
        "nats-for-bits": ("bits", nats), "summed-not-averaged": ("bits", sum(e)),
        "mean-of-inverses": ("ppl", (1 / probs).mean()),
        "inverse-of-mean": ("ppl", 1 / probs.mean()), "no-root": ("ppl", 2.0 ** sum(e)),
        "e-to-bits": ("ppl", math.exp(bits)), "2-to-nats": ("ppl", 2 ** nats),
        "inverse": ("ppl", 1 / ppl),
    }
    return {"seqprob": probs.prod(), "bits": bits, "nats": nats, "ppl": ppl}, mistakes
