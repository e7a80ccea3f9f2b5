"""Gradients of neurons and graphs of numbers, in numbers and in letters."""

import math

import sympy
import torch

from engine.registry import family, grad, symbols


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
