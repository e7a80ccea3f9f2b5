"""Keys and mistakes of every question family, computed without any code of Gradus.

Each function takes a question's parameters and returns `(parts, mistakes)`: the right answer of each
part, and for each known mistake the part and the value that it gives. Where a library computes the
thing itself (PyTorch's gradients, optimisers, convolutions and losses, NumPy's broadcasting and
einsum, SymPy's derivatives), the library does; else the definition is spelled out in exact fractions.
A mistake that does not exist in a draw is left out or None.
"""

import itertools
import math
from fractions import Fraction as Q

import numpy as np
import sympy
import torch

torch.set_default_dtype(torch.float64)
families = {}


def family(name):
    def register(function):
        families[name] = function
        return function

    return register


def product(numbers):
    return math.prod(numbers)


def fractions(rows):
    return [fractions(r) if isinstance(r, list) else Q(r) for r in rows]


def undefined_or(shape):
    return "undefined" if shape is None else list(shape)


def softmax(z, dim=-1):
    return torch.softmax(torch.tensor(z, dtype=torch.float64), dim).tolist()


def grad(function, *inputs):
    """Gradients of a scalar function with respect to its inputs, by autograd."""
    tensors = [torch.tensor(i, dtype=torch.float64, requires_grad=True) for i in inputs]
    function(*tensors).backward()
    return [t.grad for t in tensors]


# Matrix dimensions


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


# Backpropagation


@family("backprop.sigmoid-neuron")
def sigmoid_neuron(p):
    names = ["w0", "x0", "w1", "x1", "w2"]
    at = [float(p[n]) for n in names]
    s = p["s"]
    u = at[0] * at[1] + at[2] * at[3] + at[4]
    output = 1 / (1 + math.exp(s * u))
    slope = grad(lambda v: 1 / (1 + torch.exp(s * v)), u)[0].item()
    slopes = grad(lambda a, b, c, d, e: 1 / (1 + torch.exp(s * (a * b + c * d + e))), *at)
    parts = {"u": u, "L": output, "dL/du": slope}
    parts |= {f"dL/d{n}": g.item() for n, g in zip(names, slopes)}
    w0, x0, w2, e = at[0], at[1], at[4], math.exp(s * u)
    mistakes = {
        "wrong-sign-exponent": ("L", 1 - output), "sign": ("dL/dw0", -slope * x0),
        "swapped": ("dL/dw0", slope * w0), "stopped-at-u": ("dL/dw0", slope),
        "no-square": ("dL/dw0", -s * e / (1 + e) * x0),
        "no-inner-exp": ("dL/dw0", -s / (1 + e) ** 2 * x0),
        "slope-is-L": ("dL/dw0", -s * output * x0), "bias-constant": ("dL/dw2", 0),
        "bias-times-w2": ("dL/dw2", slope * w2), "sign-x": ("dL/dx0", -slope * w0),
        "swapped-x": ("dL/dx0", slope * x0),
    }
    return parts, mistakes


def skip_network(p, node_d):
    """Values and gradients of the five-node network; `node_d` computes x_d."""
    names = [n for n in p if n != "t"]
    v = {n: torch.tensor(float(p[n]), requires_grad=True) for n in names}
    x = {}

    def keep(name, value):
        value.retain_grad()
        x[name] = value
        return value

    xa = keep("xa", v["wa"] * v["x0"] + v["ba"])
    xb = keep("xb", v["wb"] * xa + v["bb"])
    xc = keep("xc", v["wc"] * xb + v["bc"])
    xd = keep("xd", node_d(v, xb, xc))
    xe = keep("xe", v["we"] * xd + v["be"])
    loss = (xe - p["t"]) ** 2
    loss.backward()
    parts = {n: t.item() for n, t in x.items()} | {"loss": loss.item()}
    parts |= {f"d{n}": t.grad.item() for n, t in (x | v).items()}
    return parts


@family("backprop.skip-weighted")
def skip_weighted(p):
    parts = skip_network(
        p, lambda v, xb, xc: v["wd"] * xc + v["bd"] + v["wd2"] * xb + v["bd2"])
    wc, wd, wd2, we = p["wc"], p["wd"], p["wd2"], p["we"]
    dxd, dxb, xa = parts["dxd"], parts["dxb"], parts["xa"]
    mistakes = {
        "no-skip": ("dxb", dxd * wd * wc), "skip-only": ("dxb", dxd * wd2),
        "identity-skip": ("dxb", dxd * (wc + 1)), "drawn-skip": ("dxb", dxd * (wd * wc + 1)),
        "paths-multiplied": ("dxb", dxd * wd * wc * wd2),
        "skip-inside-wd": ("dxb", dxd * wd * (wc + wd2)), "no-factor-2": ("dxb", dxb / 2),
        "sign": ("dxb", -dxb), "no-we": ("dxb", dxb / we),
        "input-is-x0": ("dwb", dxb * p["x0"]), "own-output": ("dwb", dxb * parts["xb"]),
        "no-input": ("dwb", dxb), "no-skip-dwb": ("dwb", dxd * wd * wc * xa),
        "uses-xc": ("dwd2", dxd * parts["xc"]),
    }
    return parts, mistakes


@family("backprop.skip-identity")
def skip_identity(p):
    parts = skip_network(p, lambda v, xb, xc: xc + xb)
    wc, we = p["wc"], p["we"]
    dxd, dxb, xa = parts["dxd"], parts["dxb"], parts["xa"]
    mistakes = {
        "no-skip": ("dxb", dxd * wc), "skip-only": ("dxb", dxd), "no-factor-2": ("dxb", dxb / 2),
        "sign": ("dxb", -dxb), "no-we": ("dxb", dxb / we),
        "skip-counted-twice": ("dxb", dxd * (wc + 2)),
        "value-not-slope": ("dxb", dxd * (wc + parts["xb"])), "no-input": ("dwb", dxb),
        "input-is-x0": ("dwb", dxb * p["x0"]), "no-skip-dwb": ("dwb", dxd * wc * xa),
    }
    return parts, mistakes


def symbols(names):
    return {n: sympy.Symbol(n) for n in names.split()}


@family("backprop.sigmoid-neuron-symbolic")
def sigmoid_symbolic(p):
    s = symbols("w0 x0 w1 x1 w2 t U")
    kind, k, var = p["kind"], p["k"], p["var"]
    z = s["w0"] * s["x0"] + s["w1"] * s["x1"] + s["w2"]
    u = s["U"]
    sigma = 1 / (1 + sympy.exp(-u))
    outer = {
        "seed": 1 / (1 + sympy.exp(u)), "logistic": sigma, "softplus": sympy.log(1 + sympy.exp(u)),
        "neglogsigmoid": -sympy.log(sigma), "tanh": sympy.tanh(u),
        "squared": (sigma - s["t"]) ** 2,
    }[kind]
    put = lambda e: e.subs(u, k * z)
    inner = sympy.diff(z, s[var])
    key = put(sympy.diff(outer, u)) * k * inner
    swapped = s[var] if var != "w2" else None
    e, m = sympy.exp(u), sympy.exp(-u)
    mistakes = {"sign": -key, "factor-missing": put(sympy.diff(outer, u)) * k,
                "coefficient-lost": key / k}
    if var == "w2":
        mistakes |= {"bias-constant": sympy.Integer(0), "bias-times-itself": key * s["w2"]}
        del mistakes["factor-missing"]
    else:
        mistakes["factor-swapped"] = put(sympy.diff(outer, u)) * k * swapped
    special = {
        "seed": {"no-square": -e / (1 + e), "no-inner-derivative": -1 / (1 + e) ** 2},
        "logistic": {"no-square": m / (1 + m), "no-inner-derivative": -1 / (1 + m) ** 2},
        "softplus": {"no-inner-derivative": 1 / (1 + e)},
        "neglogsigmoid": {"no-inner-derivative": -1 / sigma},
        "tanh": {"no-square": 1 - sympy.tanh(u), "sech": 1 / sympy.cosh(u)},
        "squared": {"no-factor-2": (sigma - s["t"]) * sigma * (1 - sigma),
                    "no-slope": 2 * (sigma - s["t"])},
    }[kind]
    mistakes |= {n: put(x) * k * inner for n, x in special.items()}
    derived = {"u": k * z, "L": put(outer)}
    return {"dv": (key, derived)}, {n: ("dv", (x, derived)) for n, x in mistakes.items()}


@family("backprop.skip-symbolic")
def skip_symbolic(p):
    s = symbols("wa ba wb bb wc bc wd bd wd2 bd2 we be x0 t xa xb xc xd xe")
    mode, var = p["mode"], p["var"]
    half = p["loss"] == "half"
    forward = {"xa": s["wa"] * s["x0"] + s["ba"], "xb": s["wb"] * s["xa"] + s["bb"],
               "xc": s["wc"] * s["xb"] + s["bc"]}
    forward["xd"] = {
        "weighted": s["wd"] * s["xc"] + s["bd"] + s["wd2"] * s["xb"] + s["bd2"],
        "identity": s["xc"] + s["xb"], "drawn": s["wd"] * s["xc"] + s["bd"] + s["xb"],
    }[mode]
    forward["xe"] = s["we"] * s["xd"] + s["be"]
    loss = (s["xe"] - s["t"]) ** 2 / (2 if half else 1)
    # Everything behind the variable is put in, so that it is differentiated through.
    whole = loss
    for name in reversed(forward):
        if name != var:
            whole = whole.subs(s[name], forward[name])
    derived = {}
    for name, value in forward.items():
        derived[name] = value.subs({s[n]: x for n, x in derived.items()})
    key = sympy.diff(whole, s[var])
    head = (1 if half else 2) * (s["xe"] - s["t"]) * s["we"]
    main = s["wd"] if mode != "identity" else 1
    loc = {"weighted": s["wd"] * s["wc"] + s["wd2"], "identity": s["wc"] + 1,
           "drawn": s["wd"] * s["wc"] + 1}[mode]
    skip = {"weighted": s["wd2"], "identity": 1, "drawn": 1}[mode]
    behind = {"xb": 1, "bb": 1, "wb": s["xa"], "xa": s["wb"], "ba": s["wb"],
              "wa": s["wb"] * s["x0"], "x0": s["wb"] * s["wa"]}
    mistakes = {"sign": -key, "loss-factor": key * 2 if half else key / 2}
    if var != "we":
        mistakes["no-we"] = key / s["we"]
    if var in behind:
        for name, wrong in {
            "no-skip": main * s["wc"], "identity-skip": s["wc"] + 1,
            "drawn-skip": s["wd"] * s["wc"] + 1, "paths-multiplied": s["wd"] * s["wc"] * s["wd2"],
            "skip-only": skip, "weighted-skip": s["wd"] * s["wc"] + s["wd2"],
        }.items():
            mistakes[name] = head * wrong * behind[var]
    own = {"wb": ("xb", loc), "wc": ("xc", main), "wd2": ("xc", 1), "we": ("xe", None)}
    if var == "wb":
        mistakes |= {"no-input": head * loc, "own-output": head * loc * s["xb"]}
    if var == "wc":
        mistakes |= {"own-output": head * main * s["xc"], "through-skip-too": head * loc * s["xb"]}
    if var == "wd":
        mistakes |= {"skip-input": head * s["xb"], "own-output": head * s["xd"]}
    if var == "wd2":
        mistakes["own-output"] = head * s["xc"]
    if var == "we":
        mistakes["own-output"] = head / s["we"] * s["xe"]
    del own
    return {"dv": (key, derived)}, {n: ("dv", (x, derived)) for n, x in mistakes.items()}


@family("backprop.scalar-dag")
def scalar_dag(p):
    nodes, leaves = p["nodes"], p["leaves"]

    def run(**broken):
        values, grads = [], [0] * len(nodes)
        for i, node in enumerate(nodes):
            a = [values[j] for j in node.get("in", [])]
            values.append({
                "leaf": lambda: leaves[i], "add": lambda: a[0] + a[1], "sub": lambda: a[0] - a[1],
                "mul": lambda: a[0] * a[1], "square": lambda: a[0] ** 2,
                "relu": lambda: max(a[0], 0), "neg": lambda: -a[0],
            }[node["op"]]())
        grads[-1] = 1
        for i in reversed(range(len(nodes))):
            inputs = nodes[i].get("in", [])
            a = [values[j] for j in inputs]
            op = nodes[i]["op"]
            local = {
                "leaf": [], "add": [1, 1], "sub": [1, 1 if broken.get("minus") else -1],
                "mul": a if broken.get("own") else a[::-1],
                "square": [a[0] if broken.get("square") else 2 * a[0]] if a else [],
                "relu": [1 if broken.get("relu") or (a and a[0] > 0) else 0], "neg": [-1],
            }[op]
            for j, slope in zip(inputs, local):
                if broken.get("overwrite"):
                    grads[j] = grads[i] * slope
                else:
                    grads[j] += grads[i] * slope
        return values, grads

    # The right answer by autograd.
    t = [torch.tensor(float(x), requires_grad=True) for x in leaves]
    values = []
    for i, node in enumerate(nodes):
        a = [values[j] for j in node.get("in", [])]
        values.append({
            "leaf": lambda: t[i], "add": lambda: a[0] + a[1], "sub": lambda: a[0] - a[1],
            "mul": lambda: a[0] * a[1], "square": lambda: a[0] ** 2,
            "relu": lambda: torch.relu(a[0]), "neg": lambda: -a[0],
        }[node["op"]]())
    values[-1].backward()
    parts = {"out": values[-1].item()}
    names = [f"d{chr(97 + i)}" for i in range(len(leaves))]
    parts |= {n: 0.0 if x.grad is None else x.grad.item() for n, x in zip(names, t)}
    part = names[p["ask"]]
    flags = {"overwrote": "overwrite", "product-own-factor": "own", "minus-lost": "minus",
             "square-no-2": "square", "relu-always-open": "relu"}
    mistakes = {m: (part, run(**{f: True})[1][p["ask"]]) for m, f in flags.items()}
    return parts, mistakes


@family("backprop.relu-mlp")
def relu_mlp(p):
    f = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)
    w1, b1, w2, b2, x = (f(p[n]) for n in ("W1", "b1", "w2", "b2", "x"))
    z = w1 @ x + b1
    h = torch.relu(z)
    y = w2 @ h + b2
    for value in (z, h, y):
        value.retain_grad()
    ((y - p["t"]) ** 2).backward()
    parts = {
        "z": z.tolist(), "h": h.tolist(), "y": y.item(), "dy": y.grad.item(),
        "dh": h.grad.tolist(), "dz": z.grad.tolist(), "dW1": w1.grad.tolist(),
        "dx": x.grad.tolist(), "dw2": w2.grad.tolist(),
    }
    dh, dz, W, X = h.grad, z.grad, w1.detach(), x.detach()
    mistakes = {
        "gate-ignored": ("dz", dh.tolist()), "gate-by-gradient-sign": ("dz", dh.clamp(min=0).tolist()),
        "gate-times-z": ("dz", (dh * h).tolist()), "no-factor-2": ("dz", (dz / 2).tolist()),
        "sign": ("dz", (-dz).tolist()), "weight-not-transposed": ("dx", (W @ dz).tolist()),
        "outer-transposed": ("dW1", torch.outer(X, dz).tolist()),
        "gate-ignored-dW1": ("dW1", torch.outer(dh, X).tolist()),
    }
    return parts, mistakes


@family("backprop.linear-layer-matrix")
def linear_layer(p):
    f = lambda x: torch.tensor(x, dtype=torch.float64, requires_grad=True)
    torchlike = p["layout"] == "torch"
    X = f(p["X"])
    # The parameters hold W as in × out; PyTorch stores its transpose.
    W = f(np.array(p["W"]).T.tolist() if torchlike else p["W"])
    G = torch.tensor(p["G"], dtype=torch.float64)
    b = f([0.0] * G.shape[1])
    Y = torch.nn.functional.linear(X, W, b) if torchlike else X @ W + b
    Y.backward(G)
    n = len(p["X"])
    parts = {
        "shapeW": list(W.shape), "shapeX": list(X.shape), "shapeB": list(b.shape),
        "dW": W.grad.tolist(), "dX": X.grad.tolist(), "db": b.grad.tolist(),
    }
    mistakes = {
        "transposed": ("dW", W.grad.T.tolist()), "bias-not-summed": ("db", G.tolist()),
        "bias-mean": ("db", G.mean(0).tolist()), "mean-over-batch": ("dW", (W.grad / n).tolist()),
        "bias-summed-over-features": ("db", G.sum(1).tolist()),
        "upstream-shape": ("shapeW", list(G.shape)),
    }
    if W.shape[0] == W.shape[1]:
        stored = W.detach()
        mistakes["dX-not-transposed"] = ("dX", (G @ (stored.T if torchlike else stored)).tolist())
    return parts, mistakes


@family("backprop.softmax-ce")
def softmax_ce(p):
    n, y, batch = p["n"], [float(Q(x)) for x in p["y"]], p["batch"]
    z = torch.tensor(n, dtype=torch.float64).log().requires_grad_()
    target = torch.tensor(y)
    loss = torch.nn.functional.cross_entropy(z[None], target[None])
    (loss / batch).backward()
    probs = torch.softmax(z.detach(), 0)
    g = z.grad
    one_hot = sorted(y) == [0.0] * (len(y) - 1) + [1.0]
    shifted = torch.roll(target, 1)
    mistakes = {
        "negated": ("grad", (-g).tolist()), "no-subtraction": ("grad", (probs / batch).tolist()),
        "double-slope": ("grad", ((probs - target) * probs * (1 - probs) / batch).tolist()),
        "stopped-at-p": ("grad", (-target / probs / batch).tolist()),
        "target-only": ("grad", (g * target).tolist()) if one_hot else None,
        "wrong-target": ("grad", ((probs - shifted) / batch).tolist()),
        "not-averaged": ("grad", (probs - target).tolist()),
        "log2": ("loss", loss.item() / math.log(2)),
        "loss-of-p": ("loss", (1 - (target * probs).sum()).item()),
    }
    return {"p": probs.tolist(), "loss": loss.item(), "grad": g.tolist()}, mistakes


# Softmax and information


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


# Attention


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


# PyTorch


def train(order):
    """Runs the loop body over three samples; what happens, and the weight after each step."""
    w = torch.tensor(1.0, requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=0.1)
    weights, prediction, loss = [], None, None
    for x, t in ((1.0, 3.0), (2.0, 5.0), (-1.0, 2.0)):
        fresh = {"pred": False, "loss": False}
        for line in order:
            if line == "zero":
                optimizer.zero_grad()
            elif line == "pred":
                prediction, fresh["pred"] = w * x, True
            elif line == "loss":
                if not fresh["pred"]:
                    return "graph-order", weights
                loss, fresh["loss"] = (prediction - t) ** 2, True
            elif line == "back":
                if not fresh["loss"]:
                    return "graph-order", weights
                loss.backward()
            else:
                optimizer.step()
        weights.append(w.item())
    return None, weights


REFERENCE = ["zero", "pred", "loss", "back", "step"]


@family("torch.loop-order")
def loop_order(p):
    order = p["order"]
    if p.get("mode") == "arrange":
        code = {"zero": "optimizer.zero_grad()", "pred": "prediction = model(data)",
                "loss": "loss = criterion(prediction, target)", "back": "loss.backward()",
                "step": "optimizer.step()"}
        lines = lambda words: [code[w] for w in words.split()]
        return {"order": lines("zero pred loss back step")}, {
            "step-first": ("order", lines("zero pred loss step back")),
            "zero-before-step": ("order", lines("pred loss back zero step")),
        }
    fault, weights = train(order)
    right = fault is None and weights == train(REFERENCE)[1]
    place = order.index
    if fault:
        diagnosis = fault
    elif right:
        diagnosis = "ok"
    elif place("step") < place("back"):
        diagnosis = "step-before-backward"
    else:
        diagnosis = "zeroed-before-step"
    runs = {"step-before-backward": "zeroed-before-step",
            "zeroed-before-step": "step-before-backward"}
    mistakes = {
        "looks-plausible": ("valid", "yes") if not right else None,
        "zero-must-come-first": ("valid", "no") if right and order != REFERENCE else None,
        "needs-other-order": ("valid", "no") if order == REFERENCE else None,
        "expects-an-error": ("diagnosis", "graph-order") if diagnosis in runs else None,
        "expects-wiped-gradients": (
            ("diagnosis", "zeroed-before-step") if diagnosis == "step-before-backward" else None),
        "expects-stale-step": (
            ("diagnosis", "step-before-backward") if diagnosis == "zeroed-before-step" else None),
    }
    return {"valid": "yes" if right else "no", "diagnosis": diagnosis}, mistakes


@family("torch.grad-accumulation")
def accumulation(p):
    mode, xs, ts, k = p["mode"], p["x"], p["t"], len(p["x"])
    lr = Q(p["lr"])
    w = torch.tensor(float(p["w"]), requires_grad=True)
    optimizer = torch.optim.SGD([w], lr=float(lr))
    slopes = lambda v: [2 * (v * x - t) * x for x, t in zip(xs, ts)]
    for i, (x, t) in enumerate(zip(xs, ts)):
        if mode in ("every", "stepping") or (mode == "every-m" and i % p["m"] == 0):
            optimizer.zero_grad()
        loss = (w * x - t) ** 2
        if mode == "scaled":
            loss = loss / k
        loss.backward(retain_graph=mode == "twice")
        if mode == "twice":
            loss.backward()
        if mode.startswith("stepping"):
            optimizer.step()
    parts = {"grad": w.grad.item()}
    if mode.startswith("stepping"):
        parts["w"] = w.item()
    first = slopes(p["w"])
    total = sum(first)
    key = parts["grad"]
    stepping = mode.startswith("stepping")

    def simulate(step_sign=-1, steps=k, chain=2, use_input=True, moving=True):
        v, g = Q(p["w"]), Q(0)
        for i, (x, t) in enumerate(zip(xs, ts)):
            if mode in ("every", "stepping") or (mode == "every-m" and i % p["m"] == 0):
                g = Q(0)
            at = v if moving else Q(p["w"])
            c = {"scaled": Q(1, k), "twice": 2}.get(mode, 1)
            g += c * chain * (at * x - t) * (x if use_input else 1)
            if stepping and i < steps:
                v += step_sign * lr * g
        return g, v

    mistakes = {
        "last-only": ("grad", first[-1]), "summed-all": ("grad", total),
        "averaged": ("grad", total / k), "no-chain-2": ("grad", simulate(chain=1)[0]),
        "halved": ("grad", key / 2),
        "no-input-factor": [
            ("grad", simulate(use_input=False)[0]), ("grad", 2 * (p["w"] * xs[-1] - ts[-1])),
            ("grad", sum(2 * (p["w"] * x - t) for x, t in zip(xs, ts)))],
        "cleared-by-step": ("grad", 0), "weights-not-updated": ("grad", simulate(moving=False)[0]),
        "sign-of-step": [
            ("w", simulate(step_sign=1)[1]), ("w", p["w"] + lr * sum(slopes(Q(p["w"]))))],
        "single-step": ("w", simulate(steps=1)[1]),
    }
    if stepping:
        g, v, ws = Q(0), Q(p["w"]), []
        for x, t in zip(xs, ts):
            g = 2 * (v * x - t) * x + (g if mode == "stepping-no-zero" else 0)
            v -= lr * g
            ws.append(g)
        mistakes["no-chain-2"] = [mistakes["no-chain-2"], ("grad", key / 2)]
        mistakes["no-input-factor"].append(("grad", key / xs[-1]))
        mistakes["sign-of-step"].append(("w", p["w"] + lr * sum(ws)))
        mistakes["last-only"] = [("grad", first[-1]), ("grad", replayed_last(p, lr))]
        mistakes["summed-all"] = [
            ("grad", total), ("grad", sum(replayed(p, lr)))]
        mistakes["averaged"] = [("grad", total / k), ("grad", sum(replayed(p, lr)) / k)]
    return parts, mistakes


def replayed(p, lr):
    """The slope of each sample at the weight that held when it was met."""
    v, g, slopes = Q(p["w"]), Q(0), []
    for x, t in zip(p["x"], p["t"]):
        slope = 2 * (v * x - t) * x
        slopes.append(slope)
        g = slope + (g if p["mode"] == "stepping-no-zero" else 0)
        v -= lr * g
    return slopes


def replayed_last(p, lr):
    return replayed(p, lr)[-1]


@family("torch.optimizer-step")
def optimizer_step(p):
    kind, gs, lr = p["kind"], p["g"], p["lr"]
    w = torch.tensor(float(p["w"]), requires_grad=True)
    make = {
        "sgd": lambda: torch.optim.SGD([w], lr),
        "sgd-wd": lambda: torch.optim.SGD([w], lr, weight_decay=p["wd"]),
        "momentum": lambda: torch.optim.SGD([w], lr, momentum=p["mu"]),
        "nesterov": lambda: torch.optim.SGD([w], lr, momentum=p["mu"], nesterov=True),
        "adam": lambda: torch.optim.Adam([w], lr, betas=(p["b1"], p["b2"]), eps=p["eps"]),
        "adamw": lambda: torch.optim.AdamW(
            [w], lr, betas=(p["b1"], p["b2"]), eps=p["eps"], weight_decay=p["wd"]),
        "rmsprop": lambda: torch.optim.RMSprop([w], lr, alpha=p["alpha"], eps=p["eps"]),
    }
    optimizer = make[kind]()
    after = []
    for g in gs:
        w.grad = torch.tensor(float(g))
        optimizer.step()
        after.append(w.item())
    state = next(iter(optimizer.state.values()), {})
    parts = {"w1": after[0], "w2": after[1]}
    if kind in ("momentum", "nesterov"):
        parts["buf"] = state["momentum_buffer"].item()
    if kind.startswith("adam"):
        parts |= {"m2": state["exp_avg"].item(), "v2": state["exp_avg_sq"].item()}
    w0, (g1, g2), mu, wd = p["w"], gs, p["mu"], p["wd"]
    b1, b2, eps, alpha = p["b1"], p["b2"], p["eps"], p["alpha"]

    def adam(correct=(True, True), late=0, root=True, coupled=False, decay=True, square=True):
        m = v = 0.0
        x, seen = w0, []
        for t, g in enumerate(gs, 1):
            if kind == "adamw" and coupled:
                g = g + wd * x
            elif kind == "adamw" and decay:
                x *= 1 - lr * wd
            m = b1 * m + (1 - b1) * g
            v = b2 * v + (1 - b2) * (g * g if square else g)
            mh = m / (1 - b1 ** (t + late)) if correct[0] else m
            vh = v / (1 - b2 ** (t + late)) if correct[1] else v
            x -= lr * mh / ((math.sqrt(vh) if root else vh) + eps) if vh >= 0 else math.nan
            seen.append((x, m, v))
        return seen

    two = lambda buffers: w0 - lr * sum(buffers)
    mistakes = {"ascent": ("w1", 2 * w0 - after[0])}
    if kind == "adamw":
        mistakes["ascent"] = [
            ("w1", 2 * w0 - after[0]), ("w1", w0 + lr * g1),
            ("w1", w0 * (1 - lr * wd) + (w0 * (1 - lr * wd) - after[0]))]
    if kind == "sgd-wd":
        mistakes["ascent"] = [("w1", 2 * w0 - after[0]), ("w1", w0 + lr * g1),
                              ("w1", w0 * (1 - lr * wd) + lr * g1)]
        mistakes |= {
            "no-decay": ("w1", w0 - lr * g1), "decay-without-lr": ("w1", w0 * (1 - wd) - lr * g1),
            "decay-sign": ("w1", w0 - lr * (g1 - wd * w0)), "plain-sgd": ("w1", w0 - lr * g1),
        }
    if kind in ("momentum", "nesterov"):
        damped1 = (1 - mu) * g1
        damped2 = mu * damped1 + (1 - mu) * g2
        pytorch_first = mu * g1 + (1 - mu) * g2
        mistakes |= {
            "averaged-momentum": [
                ("w2", two([damped1, damped2])), ("w2", two([g1, pytorch_first])),
                ("w2", two([g1 + mu * g1, g2 + mu * pytorch_first])),
                ("w2", two([g1 + mu * damped1, g2 + mu * damped2]))],
            "plain-sgd": [("w2", two([g1, g2])), ("w1", w0 - lr * g1)],
            "old-momentum-only": ("w2", after[0] - lr * mu * g1),
            "not-nesterov": ("w2", two([g1, mu * g1 + g2])),
        }
    if kind.startswith("adam"):
        right = adam()
        mistakes |= {
            "no-bias-correction": ("w1", adam(correct=(False, False))[0][0]),
            "no-sqrt": [("w1", adam(root=False)[0][0]), ("w2", adam(root=False)[1][0])],
            "late-counter": ("w1", adam(late=1)[0][0]),
            "gradient-not-squared": ("v2", adam(square=False)[1][2]),
            "plain-sgd": [("w1", w0 - lr * g1), ("w2", two([g1, g2]))],
        }
        assert abs(right[1][0] - after[1]) < 1e-9
        if kind == "adamw":
            mistakes |= {
                "coupled": ("w2", adam(coupled=True)[1][0]),
                "decay-forgotten": ("w1", adam(decay=False)[0][0]),
                "no-decay": ("w1", adam(decay=False)[0][0]),
            }
    if kind == "rmsprop":
        v1 = (1 - alpha) * g1 * g1
        v2 = alpha * v1 + (1 - alpha) * g2 * g2
        first = w0 - lr * g1 / (v1 + eps)
        mistakes |= {
            "no-sqrt": [("w1", first), ("w2", first - lr * g2 / (v2 + eps))],
            "plain-sgd": [("w1", w0 - lr * g1), ("w2", two([g1, g2]))],
            "adam-style-correction": ("w1", w0 - lr * math.copysign(1, g1)),
        }
    return parts, mistakes


# Reinforcement learning


@family("rl.returns")
def returns(p):
    R, y, k = p["R"], Q(p["gamma"]), p["k"]
    tail = R[-1] / (1 - y) if p.get("repeat") else None

    def value(start):
        rest = sum(y ** i * r for i, r in enumerate(R[start:]))
        # From the step after the last listed reward on, it comes again for ever.
        return rest + (y ** (len(R) - start) * tail if tail is not None else 0)

    n = len(R)
    finite = sum(y ** i * r for i, r in enumerate(R))
    parts = {"G0": value(0), "Gk": value(k)}
    if tail is not None:
        parts["tail"] = tail
    mistakes = {
        "discount-from-first": ("G0", y * value(0)), "undiscounted": ("G0", sum(R)),
        "forward-accumulation": ("G0", sum(y ** (n - 1 - i) * r for i, r in enumerate(R))),
        "single-gamma": ("G0", R[0] + y * sum(R[1:])),
        "off-by-one-power": ("G0", R[0] + sum(y ** (i + 1) * R[i] for i in range(1, n))),
        "includes-earlier": ("Gk", value(0)),
        "gk-from-start": [
            ("Gk", sum(y ** i * R[i] for i in range(k, n))), ("Gk", y ** k * value(k))],
        "tail-cut": ("G0", finite) if tail is not None else None,
        "tail-gamma": ("tail", y * R[-1] / (1 - y)), "tail-over-gamma": ("tail", R[-1] / y),
    }
    return parts, mistakes


@family("rl.td-update")
def td_update(p):
    (now, after), a, b, r = p["Q"], p["a"], p["aNext"], p["r"]
    alpha, y, terminal = Q(p["alpha"]), Q(p["gamma"]), p["terminal"]
    old, live = now[a], 0 if terminal else 1
    target = r + live * y * max(after)
    step = lambda goal: old + alpha * (goal - old)
    sarsa = r + live * y * after[b]
    mistakes = {
        "sarsa-for-q": ("Qnew", step(sarsa)), "no-gamma": ("Qnew", step(r + live * max(after))),
        "no-alpha": ("Qnew", target), "old-not-subtracted": ("Qnew", old + alpha * target),
        "minus-delta": ("Qnew", old - alpha * (target - old)),
        "alpha-on-old": ("Qnew", alpha * old + (1 - alpha) * target),
        "max-of-current-state": ("Qnew", step(r + live * y * max(now))),
        "average-of-next": ("Qnew", step(r + live * y * Q(sum(after), len(after)))),
        "gamma-on-all": ("target", y * (r + live * max(after))),
        "max-for-sarsa": ("sarsa", step(target)),
        "terminal-bootstrapped": ("Qnew", step(r + y * max(after))) if terminal else None,
    }
    parts = {"target": target, "delta": target - old, "Qnew": step(target), "sarsa": step(sarsa)}
    return parts, mistakes


@family("rl.value-iteration")
def value_iteration(p):
    P0, R, y = fractions(p["P0"]), p["R"], Q(p["gamma"])
    states, actions = range(len(R)), range(len(R[0]))

    def q(V, s, a, gamma=y):
        return R[s][a] + gamma * (P0[s][a] * V[0] + (1 - P0[s][a]) * V[1])

    V0 = [Q(0), Q(0)]
    sweep = lambda V, gamma=y: [max(q(V, s, a, gamma) for a in actions) for s in states]
    V1 = sweep(V0)
    V2 = sweep(V1)
    mean = lambda V: [sum(q(V, s, a) for a in actions) / len(actions) for s in states]
    in_place = list(V0)
    for _ in range(2):
        for s in states:
            in_place[s] = max(q(in_place, s, a) for a in actions)
    discounted = [max(y * (R[s][a] + P0[s][a] * V1[0] + (1 - P0[s][a]) * V1[1])
                      for a in actions) for s in states]
    on_reward = lambda V: [max(y * R[s][a] + P0[s][a] * V[0] + (1 - P0[s][a]) * V[1]
                               for a in actions) for s in states]
    both = lambda V: [max(y * (R[s][a] + P0[s][a] * V[0] + (1 - P0[s][a]) * V[1])
                          for a in actions) for s in states]
    best = [max(R[s][a] + y * max(V1) for a in actions) for s in states]
    mistakes = {
        "averaged-actions": [("V2", mean(mean(V0))), ("V2", mean(V1))],
        "no-gamma": ("V2", sweep(sweep(V0, 1), 1)), "in-place": ("V2", in_place),
        "one-sweep": ("V2", V1),
        "gamma-on-reward": [("V2", x) for x in (
            discounted, on_reward(V1), on_reward(on_reward(V0)), both(both(V0)))],
        "best-next-state": ("V2", best),
    }
    policy = [max(actions, key=lambda a: q(V1, s, a)) for s in states]
    return {"V1": V1, "V2": V2, "policy": policy}, mistakes


# Scaling


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
        return {"perLayer": layer, "total": total}, mistakes
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
    share = Q(attention, attention + 3 * linear(d, F, False))
    return {"perLayer": layer, "total": total, "attnShare": share}, mistakes


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


# Machine learning, language, mathematics, logic


@family("ml.logistic-step")
def logistic_step(p):
    k, lr, y = Q(p["expz"]), Q(p["lr"]), p["y"]
    x, w = p["x"], p["w"]
    prob = k / (1 + k)
    error = prob - y
    times = lambda c: [c * v for v in x]
    g = times(error)
    mistakes = {
        "label-sign": ("gradW", times(y - prob)), "mse-slope": ("gradW", times(error * prob * (1 - prob))),
        "no-input": ("gradW", [error] * len(x)), "prediction-not-error": ("gradW", times(prob)),
        "ascent": ("w1", [a + lr * b for a, b in zip(w, g)]),
        "lr-forgotten": ("w1", [a - b for a, b in zip(w, g)]),
        "odds-for-probability": ("p", k),
        "thresholded": ("gradW", times((1 if prob >= Q(1, 2) else 0) - y)),
    }
    return {"p": prob, "gradW": g, "w1": [a - lr * b for a, b in zip(w, g)]}, mistakes


@family("ml.confusion-metrics")
def confusion(p):
    tp, fp, fn, tn = (p[n] for n in ("TP", "FP", "FN", "TN"))
    P, R = Q(tp, tp + fp), Q(tp, tp + fn)
    S, A = Q(tn, tn + fp), Q(tp + tn, tp + fp + fn + tn)
    mistakes = {
        "recall-for-precision": ("precision", R), "specificity-for-precision": ("precision", S),
        "precision-for-recall": ("recall", P), "arithmetic-mean": ("f1", (P + R) / 2),
        "geometric-mean": ("f1", math.sqrt(P * R)), "jaccard": ("f1", Q(tp, tp + fp + fn)),
        "accuracy-for-f1": ("f1", A), "npv-for-specificity": ("specificity", Q(tn, tn + fn)),
        "fpr-for-specificity": ("specificity", 1 - S),
    }
    parts = {"precision": P, "recall": R, "f1": 2 / (1 / P + 1 / R), "accuracy": A, "specificity": S}
    return parts, mistakes


def merged(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i:i + 2]) == pair:
            out.append("".join(pair))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def learn(words, count, weighted=True):
    corpus = {w: list(w) for w in words}
    merges = []
    for _ in range(count):
        pairs = {}
        for w, symbols in corpus.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] = pairs.get(pair, 0) + (words[w] if weighted else 1)
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        corpus = {w: merged(s, best) for w, s in corpus.items()}
    return merges


@family("nlp.bpe-merges")
def bpe(p):
    words, text = p["words"], p["encode"]
    merges = learn(words, p["merges"])
    tokens = list(text)
    for pair in merges:
        tokens = merged(tokens, pair)
    letters = sorted(set("".join(words)))
    vocabulary = set(letters) | {a + b for a, b in merges}
    greedy, rest = [], text
    while rest:
        longest = max((v for v in vocabulary if rest.startswith(v)), key=len, default=rest[0])
        greedy.append(longest)
        rest = rest[len(longest):]
    used = {s for pair in merges for s in pair}
    mistakes = {
        "counts-ignored": ("merges", [a + b for a, b in learn(words, p["merges"], False)]),
        "longest-match": ("tokens", greedy), "characters": ("tokens", list(text)),
        "only-merges-counted": ("vocab", len(merges)),
        "merged-symbols-removed": [
            ("vocab", len(vocabulary - used)), ("vocab", len(vocabulary) - len(merges)),
            ("vocab", len(letters))],
    }
    parts = {"merges": [a + b for a, b in merges], "tokens": tokens,
             "vocab": len(letters) + len(merges)}
    return parts, mistakes


@family("nlp.ngram-smoothing")
def ngram(p):
    V, k, c, n, N = p["V"], Q(p["k"]), p["countBigram"], p["countContext"], p["tokens"]
    c2, n2 = p["second"]
    one, two = (c + k) / (n + k * V), (c2 + k) / (n2 + k * V)
    mistakes = {
        "denominator-not-smoothed": ("smoothed", (c + k) / n),
        "numerator-not-smoothed": ("smoothed", c / (n + k * V)),
        "one-not-V": ("smoothed", (c + k) / (n + k)),
        # How many words were seen after the context is not among the parameters.
        "types-seen-only": [("smoothed", (c + k) / (n + k * seen)) for seen in range(1, V)],
        "joint": ("mle", Q(c, N)), "context-reversed": ("mle", Q(n, c)) if c else None,
        "added": ("sentence", one + two),
    }
    return {"mle": Q(c, n), "smoothed": one, "sentence": one * two}, mistakes


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
