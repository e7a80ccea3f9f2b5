"""Costs of large models."""

import math
from fractions import Fraction as Q

from engine.registry import family


@family("scale.train-compute")
def train_compute(p):
    if p["mode"] == "chinchilla":
        C, k = p["C"], p["k"]
        N = math.sqrt(C / (6 * k))
        mistakes = {
            "no-root": ("Nopt", C / (6 * k)), "ratio-inverted": ("Nopt", math.sqrt(C * k / 6)),
            "forgot-6": ("Nopt", math.sqrt(C / k)), "ratio-forgotten": ("Nopt", math.sqrt(C / 6)),
            "forward-only": ("Nopt", math.sqrt(C / (2 * k))),
            "equal-split": ("Dopt", math.sqrt(C / 6)),
        }
        return {"Nopt": N, "Dopt": k * N}, mistakes
    N, D, g, peak, u = (p[n] for n in ("N", "D", "gpus", "peak", "mfu"))
    C = 6 * N * D
    days = C / (g * peak * u) / 86400
    mistakes = {
        "forward-only": ("C", 2 * N * D), "four-n-d": ("C", 4 * N * D),
        "with-recompute": ("C", 8 * N * D), "per-token": ("C", 6 * N), "no-mfu": ("days", days * u),
        "mfu-multiplied": ("days", days * u * u), "one-gpu": ("days", days * g),
        "hours": ("days", days * 24), "forward-only-time": ("days", days / 3),
        "ratio-inverted": ("ratio", N / D),
    }
    return {"C": C, "days": days, "ratio": D / N}, mistakes


@family("scale.kv-cache")
def kv_cache(p):
    L, h, g, dh, T, B, size = (p[n] for n in ("L", "h", "kv", "dh", "T", "B", "bytes"))
    window = p.get("window")
    token = sum(size for _ in range(2) for _ in range(L)) * g * dh
    kept = min(T, window) if window else T
    total = token * kept * B
    mistakes = {
        "one-2-missing": ("perToken", token // 2) if size == 2 else None,
        "no-factor-2": ("perToken", token // 2) if size != 2 else None,
        "no-dtype": ("perToken", token // 4) if size == 4 else None,
        "query-heads": ("perToken", token // g * h), "one-layer": ("perToken", token // L),
        "bits": ("perToken", token * 8), "head-dim-forgotten": ("perToken", token // dh),
        "batch-forgotten": ("total", token * kept),
        "window-ignored": ("total", token * T * B) if window else None,
        "GB-for-GiB": ("GiB", total / 1e9), "ratio-inverted": ("ratio", Q(g, h)),
    }
    return {"perToken": token, "total": total, "GiB": total / 2 ** 30, "ratio": Q(h, g)}, mistakes


@family("scale.transformer-params")
def transformer_params(p):
    L, d, V = p["L"], p["d"], p["V"]
    linear = lambda i, o, bias: i * o + (o if bias else 0)
    if p["kind"] == "gpt":
        T = p["T"]
        attention = 4 * linear(d, d, True)
        layer = attention + linear(d, 4 * d, True) + linear(4 * d, d, True) + 2 * 2 * d
        total = V * d + T * d + L * layer + 2 * d
        mistakes = {
            "eight-d-squared": ("perLayer", 8 * d * d + 9 * d), "no-biases": ("perLayer", 12 * d * d),
            "times-heads": ("perLayer", (p["h"] - 1) * 4 * d * d + layer),
            "untied": ("total", total + V * d), "positions-forgotten": ("total", total - T * d),
            "embeddings-forgotten": [
                ("total", total - V * d - T * d), ("total", total - V * d), ("total", L * layer)],
            "one-layer": ("total", total - (L - 1) * layer),
        }
        mistakes["times-heads"] = [
            mistakes["times-heads"], ("perLayer", p["h"] * 4 * d * d + 8 * d * d + 13 * d)]
        mistakes["no-biases"] = [("perLayer", 12 * d * d), ("perLayer", 12 * d * d + 4 * d),
                                 ("perLayer", 12 * d * d + 2 * d)]
        return {"perLayer": layer, "total": total, "attnShare": Q(4 * d * d, 12 * d * d)}, mistakes
    h, g, F = p["h"], p["kv"], p["F"]
    dh = d // h
    attention = 2 * linear(d, d, False) + 2 * linear(d, g * dh, False)
    layer = attention + 3 * linear(d, F, False) + 2 * d
    total = 2 * V * d + L * layer + d
    mistakes = {
        "gate-forgotten": ("perLayer", layer - d * F),
        "gqa-ignored": ("perLayer", 4 * d * d + 3 * d * F + 2 * d),
        "no-attention": ("perLayer", 3 * d * F + 2 * d),
        "norms-forgotten": ("perLayer", layer - 2 * d), "tied": ("total", total - V * d),
        "one-layer": ("total", total - (L - 1) * layer),
        "embeddings-forgotten": [("total", total - 2 * V * d), ("total", L * layer)],
    }
    return {"perLayer": layer, "total": total}, mistakes


@family("scale.train-memory")
def train_memory(p):
    # Bytes of weights, gradients, master weights and the optimiser's moments.
    weights, gradients, master, moments = {
        "mixed": (2, 2, 4, (4, 4)), "fp32": (4, 4, 0, (4, 4)), "bf16-fp32-grad": (2, 4, 4, (4, 4)),
        "sgd-momentum-fp32": (4, 4, 0, (4,)),
    }[p["recipe"]]
    n = p["paramsBillion"]
    per = weights + gradients + master + sum(moments)
    mistakes = {
        "weights-only": ("GB", n * weights), "no-optimizer": [
            ("GB", n * (weights + gradients)), ("GB", n * (weights + gradients + master))],
        "no-master": ("GB", n * (per - master)) if master else None,
        "one-moment": (
            [("GB", n * (per - 4)), ("bytesPer", per - 4)] if len(moments) == 2 else None),
        "no-gradients": ("GB", n * (per - gradients)), "GiB-for-GB": ("GB", n * per * 1e9 / 2 ** 30),
    }
    return {"bytesPer": per, "GB": n * per}, mistakes
