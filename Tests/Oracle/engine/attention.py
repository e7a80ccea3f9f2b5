"""Attention: weights, shapes and counts."""

import math

import torch

from engine.registry import family


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
        "mask-with-zero": ("row", zeroed[row].tolist()), "future-only": ("row", future[row].tolist()),
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
