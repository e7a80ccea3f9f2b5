"""Shapes, broadcasting and counts of layers."""

import math

import numpy as np
import torch
from numpy.linalg import det, inv

from engine.registry import family, judged, product


@family("matdim.product")
def matrix_product(p):
    (m, n), (k, q) = p["A"], p["B"]

    def shape(a, b):
        try:
            return list((np.ones(a) @ np.ones(b)).shape)
        except ValueError:
            return "undefined"

    parts = {"AB": shape(p["A"], p["B"]), "BA": shape(p["B"], p["A"]), "mults": m * n * q}
    mistakes = {
        "inner-kept": ("AB", [n, k]), "swapped": ("AB", [q, m]), "first-shape": ("AB", [m, n]),
        "needs-equal-shapes": ("AB", "undefined"), "outer-anyway": ("AB", [m, q]),
        "rule-backwards": ("AB", [n, k]), "outputs-only": ("mults", m * q),
        "added": ("mults", m * n + n * q), "flops": ("mults", 2 * m * n * q),
    }
    return parts, mistakes


@family("matdim.chain")
def chain(p):
    stored, transposed = p["stored"], p["transposed"]
    x = [np.ones(s).T if t else np.ones(s) for s, t in zip(stored, transposed)]
    (a, b), c, d = x[0].shape, x[1].shape[1], x[2].shape[1]
    left, right = a * b * c + a * c * d, b * c * d + a * b * d
    parts = {
        "shape": list((x[0] @ x[1] @ x[2]).shape), "costLeft": left, "costRight": right,
        "cheaper": "left" if left < right else "right",
    }
    mistakes = {
        "ignored-transposes": ("shape", [stored[0][0], stored[2][1]]),
        "reversed": ("shape", [d, a]), "first-product-only": ("costLeft", a * b * c),
        "product-of-all": ("costLeft", a * b * c * d), "other-order": ("costLeft", right),
        "outputs-only": ("costLeft", a * c + a * d),
    }
    return parts, mistakes


@family("matdim.broadcast")
def broadcast(p):
    a, b = p["a"], p["b"]
    try:
        shape = list(np.broadcast_shapes(tuple(a), tuple(b)))
    except ValueError:
        shape = "undefined"
    rank = max(len(a), len(b))
    right = [[1] * (rank - len(s)) + s for s in (a, b)]
    left = [s + [1] * (rank - len(s)) for s in (a, b)]

    def joined(pair):
        sizes = []
        for x, y in zip(*pair):
            if x != y and 1 not in (x, y):
                return "undefined"
            sizes.append(max(x, y))
        return sizes

    mistakes = {
        "left-aligned": ("shape", joined(left)),
        "ranks-must-match": ("shape", "undefined") if len(a) != len(b) else None,
        "stretch-anything": ("shape", [max(x, y) for x, y in zip(*right)]),
        "ones-win": ("shape", [min(x, y) for x, y in zip(*right)]),
        "larger-operand": [
            ("shape", s) for s in (a, b) if product(s) == max(product(a), product(b))],
        "count-sum": ("count", product(a) + product(b)),
    }
    parts = {"shape": shape}
    if shape != "undefined":
        parts["count"] = product(shape)
    return parts, mistakes


@family("matdim.einsum")
def einsum(p):
    spec, dims = p["spec"], p["dims"]
    inputs, output = spec.split("->")
    operands = inputs.split(",")
    arrays = [np.ones([dims[c] for c in o]) for o in operands]
    letters = sorted(set(inputs) - {","})
    summed = [c for c in letters if c not in output]
    factor = 2 if summed else 1
    everything = product(dims[c] for c in letters)
    appearance = [c for c in dict.fromkeys(inputs) if c in output]
    parts = {
        "shape": list(np.einsum(spec, *arrays).shape), "flops": factor * everything,
        "summed": "".join(summed) or "none",
    }
    mistakes = {
        "alphabetical": ("shape", [dims[c] for c in sorted(output)]),
        "appearance-order": ("shape", [dims[c] for c in appearance]),
        "kept-summed": [
            ("shape", [dims[c] for c in order]) for order in (letters, dict.fromkeys(
                inputs.replace(",", "")))
        ],
        "no-factor-2": ("flops", everything) if summed else None,
        "always-factor-2": ("flops", 2 * everything) if not summed else None,
        "both-operand-sizes": ("flops", factor * product(a.size for a in arrays)),
        "outputs-only": ("flops", product(dims[c] for c in output)),
    }
    return parts, mistakes


@family("matdim.mlp-params")
def mlp(p):
    d, n, j = p["dims"], p["batch"], p["layer"]
    layers = [torch.nn.Linear(a, b) for a, b in zip(d, d[1:])]
    x = torch.zeros(n, d[0])
    for layer in layers[:j]:
        x = layer(x)
    count = sum(t.numel() for layer in layers for t in layer.parameters())
    weights = sum(layer.weight.numel() for layer in layers)
    mistakes = {
        "in-by-out": ("weightShape", [d[j - 1], d[j]]), "with-batch": ("weightShape", [n, d[j]]),
        "features-first": ("outShape", [d[j], n]), "batch-times-in": ("outShape", [n, d[j - 1]]),
        "no-biases": ("params", weights), "bias-per-input": ("params", weights + sum(d[:-1])),
        "one-bias-per-layer": ("params", weights + len(layers)),
        "times-batch": ("params", n * count),
        "forgot-last-layer": ("params", sum(
            t.numel() for layer in layers[:-1] for t in layer.parameters())),
    }
    parts = {
        "weightShape": list(layers[j - 1].weight.shape), "outShape": list(x.shape),
        "params": count,
    }
    return parts, mistakes


@family("matdim.conv2d")
def conv2d(p):
    n, cin, cout, h, k, s, pad, d = (p[x] for x in ("N", "Cin", "Cout", "H", "K", "S", "P", "D"))
    layer = torch.nn.Conv2d(cin, cout, k, stride=s, padding=pad, dilation=d)
    shape = list(layer(torch.zeros(n, cin, h, h)).shape)

    def height(stride=s, padding=2 * pad, dilation=d, up=False):
        room = h + padding - dilation * (k - 1) - 1
        return (-(-room // stride) if up else room // stride) + 1

    out = shape[2]
    weights = layer.weight.numel()
    mistakes = {
        "no-plus-1": ("H", height() - 1), "pad-once": ("H", height(padding=pad)),
        "ceil": ("H", height(up=True)), "no-stride": ("H", height(stride=1)),
        "no-dilation": ("H", height(dilation=1)), "no-padding": ("H", height(padding=0)),
        "channels-kept": ("shape", [n, cin, out, out]),
        "channels-last": ("shape", [n, out, out, cout]),
        "no-input-channels": ("params", cout * (k * k + 1)), "no-bias": ("params", weights),
        "one-bias": ("params", weights + 1), "one-filter": ("params", cin * k * k + 1),
    }
    parts = {"H": out, "shape": shape, "params": sum(t.numel() for t in layer.parameters())}
    return parts, mistakes


RULES = {
    "(AB)^T = B^T A^T": lambda a, b: ((a @ b).T, b.T @ a.T),
    "(AB)^T = A^T B^T": lambda a, b: ((a @ b).T, a.T @ b.T),
    "tr(AB) = tr(BA)": lambda a, b: (np.trace(a @ b), np.trace(b @ a)),
    "AB = BA": lambda a, b: (a @ b, b @ a),
    "A A^T is symmetric": lambda a, b: (a @ a.T, (a @ a.T).T),
    "det(AB) = det(A) det(B)": lambda a, b: (det(a @ b), det(a) * det(b)),
    "(AB)^-1 = A^-1 B^-1": lambda a, b: (inv(a @ b), inv(a) @ inv(b)),
    "(A+B)^2 = A^2 + 2AB + B^2": lambda a, b: ((a + b) @ (a + b), a @ a + 2 * a @ b + b @ b),
    "det(A+B) = det(A) + det(B)": lambda a, b: (det(a + b), det(a) + det(b)),
    "tr(A+B) = tr(A) + tr(B)": lambda a, b: (np.trace(a + b), np.trace(a) + np.trace(b)),
    "det(2A) = 2 det(A)": lambda a, b: (det(2 * a), 2 * det(a)),
}
MISREAD = {
    "commutes": ["AB = BA", "(A+B)^2 = A^2 + 2AB + B^2"],
    "sum-of-determinants": ["det(A+B) = det(A) + det(B)"],
    "order-kept": ["(AB)^T = A^T B^T", "(AB)^-1 = A^-1 B^-1"],
    "scalar-once": ["det(2A) = 2 det(A)"],
}


@family("matdim.transpose-rules")
def transpose_rules(p):
    dice = np.random.default_rng(1)
    pairs = [(dice.normal(size=(n, n)), dice.normal(size=(n, n))) for n in (2, 3, 4)]
    return judged(p["statements"], lambda s: all(np.allclose(*RULES[s](*ab)) for ab in pairs),
                  MISREAD)


@family("matdim.embedding")
def embedding(p):
    b, t, v, d = p["batch"], p["length"], p["vocabulary"], p["width"]
    with torch.device("meta"):
        table, head = torch.nn.Embedding(v, d), torch.nn.Linear(d, v, bias=False)
        out = table(torch.zeros(b, t, dtype=torch.long))
        logits = head(out)
    if p["tied"]:
        head.weight = table.weight
    weights = {id(w): w.numel() for w in (table.weight, head.weight)}
    mistakes = {
        "one-hot-width": ("out", [b, t, v]), "flattened": ("out", [b * t, d]),
        "times-length": ("params", t * d), "length-and-vocab": ("params", v * d * t),
        "tying-ignored": ("paramsWithHead", (2 if p["tied"] else 1) * v * d),
        "last-only": ("logits", [b, v]),
    }
    parts = {"out": list(out.shape), "params": table.weight.numel(),
             "logits": list(logits.shape), "paramsWithHead": sum(weights.values())}
    return parts, mistakes


@family("matdim.reshape-index")
def reshape_index(p):
    m, n, i, j = p["m"], p["n"], p["i"], p["j"]
    x = torch.arange(m * n).view(m, n)
    turned, cut = x.T[i, j].item(), x.reshape(n, m)[i, j].item()
    mistakes = {
        "transpose-as-reshape": ("transposed", cut), "reshape-as-transpose": ("reshaped", turned),
        "not-transposed": ("transposed", i * n + j), "column-major": ("reshaped", i + j * n),
    }
    return {"transposed": turned, "reshaped": cut}, mistakes


@family("matdim.rnn-params")
def rnn_params(p):
    size = lambda kind, bias=True: sum(t.numel() for t in getattr(torch.nn, kind)(
        p["input"], p["hidden"], bias=bias, device="meta").parameters())
    kind, h = p["kind"], p["hidden"]
    gates = {"RNN": 1, "GRU": 3, "LSTM": 4}[kind]
    mistakes = {
        "single-bias": ("params", size(kind) - gates * h),
        "no-recurrent": ("params", size(kind) - gates * h * h),
        "no-bias": ("params", size(kind, bias=False)),
        "wrong-gates": ("params", size({"RNN": "LSTM", "LSTM": "GRU", "GRU": "LSTM"}[kind])),
    }
    return {"params": size(kind)}, mistakes


@family("matdim.batched-matmul")
def batched_matmul(p):
    a, b = p["left"], p["right"]
    try:
        shape = list(torch.matmul(
            torch.zeros(a, device="meta"), torch.zeros(b, device="meta")).shape)
    except RuntimeError:
        return {"shape": "undefined"}, {"vector-per-entry": ("shape", a[:-1])}
    mistakes = {
        # np.dot pairs every matrix of the one batch with every one of the other.
        "batch-added": ("shape", list(np.dot(np.zeros(a), np.zeros(b)).shape)),
        "ranks-must-match": ("shape", "undefined") if len(a) != len(b) else None,
        "no-inner": ("mults", product(shape)),
    }
    return {"shape": shape, "mults": product(shape) * a[-1]}, mistakes


@family("matdim.receptive-field")
def receptive_field(p):
    kernels, strides = p["kernels"], p["strides"]
    x = torch.zeros(1, 1, 2000, requires_grad=True)
    y = x
    for k, s in zip(kernels, strides):
        y = torch.nn.functional.conv1d(y, torch.ones(1, 1, k), stride=s)
    seen = [torch.autograd.grad(y[0, 0, i], x, retain_graph=True)[0][0, 0].nonzero()
            for i in (0, 1)]
    r, jump = len(seen[0]), (seen[1][0] - seen[0][0]).item()
    before = [product(strides[:i]) for i in range(len(strides))]
    mistakes = {
        "strides-ignored": ("r", 1 + sum(k - 1 for k in kernels)),
        "kernels-summed": ("r", sum(kernels)), "no-plus-1": ("r", r - 1),
        "own-stride-too": ("r", 1 + sum(
            (k - 1) * b * s for k, b, s in zip(kernels, before, strides))),
        "product": ("r", product(kernels)),
    }
    return {"r": r, "jump": jump}, mistakes


@family("matdim.pool-upsample")
def pool_upsample(p):
    h, k, s = p["height"], p["poolKernel"], p["poolStride"]
    K, S, P = p["upKernel"], p["upStride"], p["upPadding"]
    x = torch.zeros(1, 1, h, h)
    pool = lambda **more: torch.nn.functional.max_pool2d(x, k, **more).shape[2]
    up = torch.nn.functional.conv_transpose2d(x, torch.ones(1, 1, K, K), stride=S, padding=P)
    mistakes = {
        "ceil": ("pool", math.ceil((h - k) / s) + 1), "divide-only": ("pool", h // s),
        "stride-is-kernel": ("pool", pool()), "conv-formula": ("up", (h + 2 * P - K) // S + 1),
        "no-minus-1": ("up", h * S - 2 * P + K), "pad-added": ("up", (h - 1) * S + 2 * P + K),
    }
    return {"pool": pool(stride=s), "up": up.shape[2]}, mistakes


@family("matdim.reduction")
def reduction(p):
    sizes, axis, keep = p["shape"], p["axis"], p["keepdim"]
    x = np.ones(sizes)
    shape = list(x.sum(axis, keepdims=keep).shape)
    width = sizes[axis]
    before = list(x.sum((axis - 1) % len(sizes), keepdims=keep).shape)
    mistakes = {
        "kept-axis-only": ("shape", [width]),
        "keepdim-ignored": ("shape", list(x.sum(axis).shape)) if keep else None,
        "kept-as-1": ("shape", list(x.sum(axis, keepdims=True).shape)) if not keep else None,
        "one-based-axis": ("shape", before), "no-minus-1": ("adds", x.size),
    }
    return {"shape": shape, "adds": x.size // width * (width - 1)}, mistakes
