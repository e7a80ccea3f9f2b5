"""Attention: weights, shapes and counts."""

import cmath
import math
from fractions import Fraction as Q

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from engine.registry import family, tensor


@family("attention.single-query")
def single_query(p):
    q, K, V = (torch.tensor(p[n], dtype=torch.float64) for n in ("q", "K", "V"))
    exact = p["mode"] == "exact"
    unit = math.log(2) if exact else 1.0
    s = K @ q
    out = torch.nn.functional.scaled_dot_product_attention(
        q[None, None], (K * unit)[None], V[None])[0, 0]
    w = lambda scores: torch.softmax(scores * unit, 0)
    root, n = math.sqrt(len(p["q"])), len(p["K"])
    right = w(s / root)
    weights, output = ("weightsExact", "outputExact") if exact else ("weights", "output")
    width = V.shape[1]
    mistakes = {
        "unscaled": (weights, w(s).tolist()), "divided-by-dk": (weights, w(s / root ** 2).tolist()),
        "scaled-by-sqrt-n": (weights, w(s / math.sqrt(n)).tolist()),
        "no-softmax": (weights, (s / s.sum()).tolist()),
        "keys-as-values": (output, (right @ K[:, :width]).tolist()),
        "unscaled-output": (output, (w(s) @ V).tolist()),
        "hard-argmax": (output, V[s.argmax()].tolist()),
        "plain-average": (output, V.mean(0).tolist()),
        "raw-scores-mix": (output, (s @ V).tolist()),
    }
    parts = {"scores": s.tolist(), "scaled": (s / root).tolist(), weights: right.tolist(),
             output: out.tolist()}
    return parts, mistakes


@family("attention.causal-weights")
def causal(p):
    n = torch.tensor(p["n"], dtype=torch.float64)
    t, i = p["T"], p["row"]
    mask = torch.tril(torch.ones(t, t, dtype=torch.bool))
    s = n.log()
    W = torch.softmax(s.masked_fill(~mask, -math.inf), 1)
    v = torch.tensor(p["v"], dtype=torch.float64)
    row = i
    plain = torch.softmax(s, 1)
    zeroed = torch.softmax(s * mask, 1)
    future = torch.softmax(s.masked_fill(torch.tril(mask, -1), -math.inf), 1)
    past = torch.softmax(s.masked_fill(~torch.tril(mask, -1), -math.inf), 1)
    uniform = mask.double() / mask.double().sum(1, keepdim=True)
    columns = torch.softmax(s.masked_fill(~mask, -math.inf), 0)
    unmasked_columns = torch.softmax(s, 0)
    mistakes = {
        "no-mask": ("row", plain[row].tolist()),
        "mask-after-softmax": ("row", (plain * mask)[row].tolist()),
        "mask-with-zero": ("row", zeroed[row].tolist()),
        "future-only": ("row", future[row].tolist()),
        "strictly-past": ("row", past[row].tolist()),
        "uniform-over-past": ("row", uniform[row].tolist()),
        "wrong-axis": [("row", columns[row].tolist()), ("row", unmasked_columns[row].tolist())],
        "all-pairs": ("allowed", t * t), "strict-pairs": ("allowed", t * (t - 1) // 2),
    }
    parts = {"row": W[row].tolist(), "W": W.tolist(), "allowed": int(mask.sum()),
             "out": (W @ v).tolist()}
    return parts, mistakes


@family("attention.mha-shapes")
def mha(p):
    B, T, d, h, g, bias = (p[n] for n in ("B", "T", "d", "h", "kv", "bias"))
    dh = d // h
    x = torch.zeros(B, T, d)
    layer = lambda out: torch.nn.Linear(d, out, bias=bias)
    layers = [layer(h * dh), layer(g * dh), layer(g * dh), torch.nn.Linear(h * dh, d, bias=bias)]
    split = lambda y, heads: y.view(B, T, heads, dh).transpose(1, 2)
    q = split(layers[0](x), h)
    k = split(layers[1](x), g).repeat_interleave(h // g, 1)
    scores = q @ k.transpose(2, 3)
    out = layers[3]((scores @ k).transpose(1, 2).reshape(B, T, d))
    size = lambda ls: sum(t.numel() for one in ls for t in one.parameters())
    b = 1 if bias else 0
    flops = 2 * scores.numel() * dh
    parts = {
        "dh": dh, "q": list(q.shape), "scores": list(scores.shape), "out": list(out.shape),
        "params": size(layers), "kvParams": size(layers[1:3]), "flopsQK": flops,
    }
    mistakes = {
        "head-is-model": ("q", [B, h, T, d]), "heads-last": ("q", [B, T, h, dh]),
        "heads-forgotten": ("scores", [B, T, T]), "scores-dh": ("scores", [B, h, dh, dh]),
        "not-merged": ("out", [B, T, dh]),
        "forgot-output-projection": ("params", size(layers[:3])),
        "times-heads": ("params", 4 * h * d * d),
        "no-bias": ("params", sum(one.weight.numel() for one in layers)),
        "ignored-gqa": ("params", 4 * d * d + 4 * d * b),
        "kv-one-matrix": ("kvParams", size(layers[1:2])),
        "kv-per-query-head": ("kvParams", 2 * d * d + 2 * d * b),
        "flops-no-2": ("flopsQK", flops // 2),
        "flops-full-width-per-head": ("flopsQK", 2 * B * h * T * T * d),
        "flops-one-head": ("flopsQK", 2 * B * T * T * dh),
    }
    return parts, mistakes


@family("attention.flops")
def attention_flops(p):
    B, T, d, h = p["batch"], p["length"], p["width"], p["heads"]

    def counted(run):
        with FlopCounterMode(display=False) as counter:
            run()
        return counter.get_total_flops()

    with torch.device("meta"):
        x, weight = torch.zeros(B * T, d), torch.zeros(d, d)
        q = torch.zeros(B * h, T, d // h)
    projections = counted(lambda: [x @ weight for _ in range(4)])
    products = counted(lambda: q @ q.transpose(1, 2) @ q)
    mistakes = {
        "half": ("scoresAndMix", products // 2), "quarter": ("scoresAndMix", products // 4),
        "full-width-per-head": ("scoresAndMix", products * h),
        "linear-in-T": ("scoresAndMix", products // T),
        "three-projections": ("projections", projections * 3 // 4),
        "equal-at-d": ("equalT", d), "equal-at-4d": ("equalT", 4 * d),
    }
    # The one grows with T², the other with T: they meet where T has grown by the ratio.
    parts = {"scoresAndMix": products, "projections": projections,
             "equalT": Q(projections, products) * T}
    return parts, mistakes


@family("attention.gqa")
def grouped_queries(p):
    h, g, i, d = p["heads"], p["kvHeads"], p["queryHead"], p["width"]
    shared = torch.arange(g).repeat_interleave(h // g)
    size = d // h
    mistakes = {
        "modulo": ("kvHead", i % g), "divide-by-kv": ("kvHead", i // g),
        "ratio-inverted": ("cacheRatio", Q(h, g)), "kv-full-width": ("wk", [d, d]),
        "group-is-kv": ("group", g),
    }
    wk = torch.nn.Linear(d, g * size, bias=False, device="meta").weight
    parts = {"group": int((shared == 0).sum()), "kvHead": shared[i].item(),
             "cacheRatio": Q(g, h), "wk": list(wk.shape)}
    return parts, mistakes


@family("attention.rope")
def rotary(p):
    theta, m, n = math.pi / p["divisor"], p["m"], p["n"]
    q, k = complex(*p["q"]), complex(*p["k"])
    turn = lambda x, by: x * cmath.exp(1j * by * theta)
    pair = lambda x: [x.real, x.imag]
    dot = lambda a, b: (a.conjugate() * b).real
    mistakes = {
        "minus-angle": ("rot", pair(turn(q, -m))), "position-ignored": ("rot", pair(turn(q, 1))),
        "added": ("rot", pair(q + turn(1, m))), "sum-of-positions": ("dot", dot(q, turn(k, m + n))),
        "not-rotated": ("dot", dot(q, k)), "reversed-offset": ("dot", dot(q, turn(k, m - n))),
    }
    return {"rot": pair(turn(q, m)), "dot": dot(turn(q, m), turn(k, n))}, mistakes


@family("attention.sliding-window")
def sliding_window(p):
    t, w = p["length"], p["window"]
    places = torch.arange(t)
    back = places[:, None] - places
    count = lambda mask: int(mask.sum())
    allowed = (back >= 0) & (back < w)
    mistakes = {
        "full-band": ("pairs", t * w), "full-causal": ("pairs", count(back >= 0)),
        "both-sides": ("pairs", count(back.abs() < w)),
        "window-excludes-self": ("pairs", count((back >= 0) & (back <= w))),
        "square": ("pairs", w * w), "all-tokens-cached": ("cache", t),
    }
    return {"pairs": count(allowed), "cache": int(allowed.sum(1).max())}, mistakes


@family("attention.score-variance")
def score_variance(p):
    d, q, k = p["d"], p["sigmaQ"], p["sigmaK"]
    # Every combination of ±σ for one product; d independent ones add their variances.
    one = int(np.var([a * b for a in (q, -q) for b in (k, -k)]))
    var = d * one
    mistakes = {
        "dimension-squared": ("var", d * var), "not-multiplied": ("var", one),
        "variances-added": ("var", d * (q * q + k * k)), "sigma-not-squared": ("var", d * q * k),
        "scaled-by-dk": ("scaledVar", Q(var, d * d)), "std-times-d": ("std", d * q * k),
    }
    return {"var": var, "scaledVar": Q(var, d), "std": math.sqrt(var)}, mistakes


@family("attention.cross-shapes")
def cross_shapes(p):
    B, h, tq, tk, d = p["batch"], p["heads"], p["queries"], p["keys"], p["width"]
    size = d // h
    with torch.device("meta"):
        split = lambda x: x.unflatten(2, (h, size)).transpose(1, 2)
        q, k = split(torch.zeros(B, tq, d)), split(torch.zeros(B, tk, d))
        scores = q @ k.transpose(2, 3)
        out = (scores @ k).transpose(1, 2).flatten(2)
    mistakes = {
        "swapped": ("scores", [B, h, tk, tq]), "self-length": ("scores", [B, h, tq, tq]),
        "out-key-length": ("out", [B, tk, d]), "k-query-length": ("kShape", list(q.shape)),
    }
    return {"scores": list(scores.shape), "out": list(out.shape), "kShape": list(k.shape)}, mistakes


@family("attention.sinusoidal")
def sinusoidal(p):
    d, t = p["d"], p["pos"]
    angles = t / 10000 ** (np.arange(0, d, 2) / d)
    woven = lambda a, b: np.stack([a, b], 1).ravel().tolist()
    own = t / 10000 ** (np.arange(d) / d)
    radians = np.radians(angles)
    mistakes = {
        "exponent-i-over-d": ("pe", woven(np.sin(own[::2]), np.cos(own[1::2]))),
        "sin-cos-swapped": ("pe", woven(np.cos(angles), np.sin(angles))),
        "degrees": ("pe", woven(np.sin(radians), np.cos(radians))),
        "blocks-not-interleaved": ("pe", [*np.sin(angles), *np.cos(angles)]),
    }
    return {"pe": woven(np.sin(angles), np.cos(angles))}, mistakes


@family("attention.online-softmax")
def online_softmax(p):
    chunks = list(zip(p["exponents"], p["values"]))
    tops = [max(e) for e, _ in chunks]
    sums = [sum(Q(2) ** (x - m) for x in e) for (e, _), m in zip(chunks, tops)]
    outputs = [sum(Q(2) ** (x - m) * v for x, v in zip(e, values)) / l
               for (e, values), m, l in zip(chunks, tops, sums)]
    exponents = [x for e in p["exponents"] for x in e]
    values = [v for row in p["values"] for v in row]
    top = max(exponents)
    share = torch.softmax(tensor(exponents) * math.log(2), 0)
    total = lambda reference: sum(Q(2) ** (x - reference) for x in exponents)
    mistakes = {
        "sums-added": ("l", sum(sums)), "outputs-averaged": ("o", sum(outputs) / len(outputs)),
        "unweighted-by-max": ("o", sum(l * o for l, o in zip(sums, outputs)) / sum(sums)),
        "scaled-to-min": ("l", total(min(tops))), "maxima-added": ("m", sum(tops)),
    }
    return {"m": top, "l": total(top), "o": (share @ tensor(values)).item()}, mistakes


@family("attention.self-2x2")
def self_attention(p):
    x, wq, wk, wv = (tensor(p[n]) for n in ("x", "wq", "wk", "wv"))
    q, k, v = x @ wq, x @ wk, x @ wv
    S, root = q @ k.T, math.sqrt(k.shape[1])
    mix = lambda scores, values=v, dim=1: (torch.softmax(scores, dim) @ values).tolist()
    mistakes = {
        "key-not-transposed": ("S", (q @ k).tolist()), "wrong-axis": ("O", mix(S / root, dim=0)),
        "unscaled": ("O", mix(S)), "divided-by-dk": ("O", mix(S / root ** 2)),
        "projection-forgotten": ("O", mix(S / root, x)),
    }
    out = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]
    return {"S": S.tolist(), "O": out.tolist()}, mistakes
