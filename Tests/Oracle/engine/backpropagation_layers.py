"""Gradients through layers."""

import itertools
import math
from fractions import Fraction as Q

import numpy as np
import sympy
import torch

from engine.registry import family, grad, tensor


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
        "gate-ignored": ("dz", dh.tolist()),
        "gate-by-gradient-sign": ("dz", dh.clamp(min=0).tolist()),
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


@family("backprop.tanh-mlp")
def tanh_mlp(p):
    x, t, w1, b1, w2, b2 = (p[n] for n in ("x", "t", "w1", "b1", "w2", "b2"))
    loss = lambda a, b: (b * torch.tanh(a * x + b1) + b2 - t) ** 2 / 2
    dw1, dw2 = (g.item() for g in grad(loss, float(w1), float(w2)))
    h = math.tanh(w1 * x + b1)
    e = w2 * h + b2 - t
    mistakes = {
        "no-square": ("dw1", e * w2 * (1 - h) * x),
        "sigmoid-slope": ("dw1", e * w2 * h * (1 - h) * x),
        "no-outer-weight": ("dw1", e * (1 - h * h) * x), "no-slope": ("dw1", e * w2 * x),
        "extra-2": ("dw1", 2 * dw1), "no-input": ("dw1", dw1 / x),
    }
    return {"h": h, "dw1": dw1, "dw2": dw2}, mistakes


# What ε stands for where a question calls it negligible; PyTorch wants it above 0.
EPS = 1e-12


@family("backprop.batchnorm-forward")
def batchnorm_forward(p):
    x, gamma, beta = p["x"], p["gamma"], p["beta"]
    layer = torch.nn.BatchNorm1d(1, eps=EPS, momentum=0.1)
    layer.load_state_dict({
        "weight": tensor([gamma]), "bias": tensor([beta]), "running_mean": tensor([p["runMean"]]),
        "running_var": tensor([p["runVar"]]), "num_batches_tracked": torch.tensor(0)})
    column = lambda values: tensor(values)[:, None]
    in_evaluation = layer.eval()(column([p["xEval"]])).item()
    y = layer.train()(column(x)).squeeze(1).tolist()
    values = np.array(x, float)
    mean, var = values.mean(), values.var()
    scaled = lambda by: (gamma * (values - mean) / by + beta).tolist()
    mistakes = {
        "not-square-rooted": ("y", scaled(var)),
        "unbiased-in-forward": ("y", scaled(values.std(ddof=1))),
        "no-affine": ("y", ((values - mean) / values.std()).tolist()),
        "running-biased": ("runVar", 0.9 * p["runVar"] + 0.1 * var),
        "momentum-reversed": ("runMean", 0.1 * p["runMean"] + 0.9 * mean),
        "batch-stats-in-eval": ("eval", gamma * (p["xEval"] - mean) / values.std() + beta),
    }
    parts = {"y": y, "runMean": layer.running_mean.item(), "runVar": layer.running_var.item(),
             "eval": in_evaluation}
    return parts, mistakes


@family("backprop.batchnorm-backward")
def batchnorm_backward(p):
    x, G = tensor(p["x"], requires_grad=True), tensor(p["upstream"])
    gamma = tensor([p["gamma"]], requires_grad=True)
    beta = torch.zeros(1, requires_grad=True)
    y = torch.nn.functional.batch_norm(
        x[:, None], None, None, gamma, beta, training=True, eps=EPS)
    y.backward(G[:, None])
    dx, g, sigma = x.grad, p["gamma"], x.detach().std(correction=0)
    mistakes = {
        "mean-terms-dropped": ("dx", (g * G / sigma).tolist()),
        "xhat-term-dropped": ("dx", (g * (G - G.mean()) / sigma).tolist()),
        "no-gamma": ("dx", (dx / g).tolist()), "variance-for-std": ("dx", (dx / sigma).tolist()),
        "dgamma-without-xhat": ("dgamma", G.sum().item()),
    }
    parts = {"dx": dx.tolist(), "dgamma": gamma.grad.item(), "dbeta": beta.grad.item()}
    return parts, mistakes


@family("backprop.layernorm-forward")
def layernorm_forward(p):
    X = tensor(p["rows"])
    norm = lambda rows: torch.nn.functional.layer_norm(rows, rows.shape[1:], eps=EPS)
    row = X[0]
    centred = row - row.mean()
    mistakes = {
        "batch-axis": ("row", norm(X.T).T[0].tolist()),
        "not-square-rooted": ("row", (centred / row.var(correction=0)).tolist()),
        "not-centred": ("row", (row / row.std(correction=0)).tolist()),
        "unbiased": ("row", (centred / row.std()).tolist()),
    }
    return {"row": norm(X)[0].tolist()}, mistakes


@family("backprop.gradient-check")
def gradient_check(p):
    a, b, c, x, h = (Q(p[n]) for n in ("a", "b", "c", "x", "h"))
    t = sympy.Symbol("t")
    f = sympy.Poly(a * t ** 3 + b * t ** 2 + c * t, t)
    at = lambda poly, where: Q(str(poly.eval(where)))
    forward, backward = (at(f, x + h) - at(f, x)) / h, (at(f, x) - at(f, x - h)) / h
    central, exact = (at(f, x + h) - at(f, x - h)) / (2 * h), at(f.diff(t), x)
    mistakes = {
        "divided-by-h": ("central", 2 * central), "forward-for-central": ("central", forward),
        "exact-for-central": ("central", exact), "not-divided": ("central", central * 2 * h),
        "backward-difference": ("forward", backward),
    }
    return {"central": central, "forward": forward, "exact": exact, "error": central - exact}, mistakes


@family("backprop.bce-logit")
def bce_logit(p):
    y, x, k = p["y"], p["x"], float(Q(p["expz"]))
    z = tensor(math.log(k), requires_grad=True)
    torch.nn.functional.binary_cross_entropy_with_logits(z, tensor(y)).backward()
    prob, dz = torch.sigmoid(z).item(), z.grad.item()
    mistakes = {
        "sign": ("dz", -dz), "mse-slope": ("dz", dz * prob * (1 - prob)),
        "stopped-at-p": ("dz", -y / prob + (1 - y) / (1 - prob)),
        "slope-only": ("dz", prob * (1 - prob)), "no-input": ("dw", dz),
    }
    return {"p": prob, "dz": dz, "dw": dz * x}, mistakes


@family("backprop.conv1d")
def conv1d(p):
    run = lambda x, w: torch.nn.functional.conv1d(x[None, None], w[None, None])[0, 0]
    x, w = tensor(p["x"], requires_grad=True), tensor(p["w"], requires_grad=True)
    g = tensor(p["g"])
    y = run(x, w)
    y.backward(g)
    plain = w.detach()
    mistakes = {
        "kernel-flipped": ("y", run(x, plain.flip(0)).tolist()),
        "dw-flipped": ("dw", w.grad.flip(0).tolist()),
        "first-window-only": ("dw", (g[0] * x[:len(w)]).tolist()),
        "dx-not-flipped": ("dx", np.convolve(p["g"], p["w"][::-1]).tolist()),
    }
    return {"y": y.tolist(), "dw": w.grad.tolist(), "dx": x.grad.tolist()}, mistakes


@family("backprop.maxpool")
def maxpool(p):
    x, g = tensor(p["x"], requires_grad=True), tensor(p["g"])
    pool = lambda values: torch.nn.functional.max_pool1d(values[None], 2)[0]
    back = lambda y: torch.autograd.grad(y, x, g)[0].tolist()
    every = g.repeat_interleave(2)
    mistakes = {
        "spread-evenly": ("dx", back(torch.nn.functional.avg_pool1d(x[None], 2)[0])),
        "copied-to-all": ("dx", every.tolist()), "to-the-minimum": ("dx", back(-pool(-x))),
        "times-value": ("dx", back(pool(x) ** 2 / 2)),
    }
    return {"dx": back(pool(x))}, mistakes


@family("backprop.rnn-bptt")
def rnn_bptt(p):
    x, h0 = p["x"], p["h0"]
    states = lambda w, u: list(itertools.accumulate(x, lambda h, v: w * h + u * v, initial=h0))
    h = states(p["w"], p["u"])
    dw, du = (g.item() for g in grad(lambda w, u: states(w, u)[-1], float(p["w"]), float(p["u"])))
    mistakes = {
        "last-step-only": ("dw", h[-2]), "du-last-only": ("du", x[-1]),
        "input-ignored": ("dw", len(x) * p["w"] ** (len(x) - 1) * h0),
        "states-summed": ("dw", sum(h[:-1])),
    }
    return {"h": h[-1], "dw": dw, "du": du}, mistakes


@family("backprop.residual-chain")
def residual_chain(p):
    w, b = p["w"], p["b"]

    def run(y):
        for a, c in zip(w, b):
            y = y + (a * y + c)
        return y

    one_by_one = [1 + a for a in w]
    mistakes = {
        "no-skips": ("grad", math.prod(w)), "one-skip-overall": ("grad", 1 + math.prod(w)),
        "first-order": ("grad", 1 + sum(w)), "sum": ("grad", sum(one_by_one)),
        "paths-L+1": ("paths", len(w) + 1),
    }
    paths = len(list(itertools.product(["through", "past"], repeat=len(w))))
    return {"grad": grad(run, float(p["y0"]))[0].item(), "paths": paths}, mistakes


@family("backprop.jacobian-shape")
def jacobian_shape(p):
    n, d, m = p["n"], p["d"], p["m"]
    J = torch.autograd.functional.jacobian(lambda x: x @ torch.ones(d, m), torch.zeros(n, d))
    mistakes = {
        "output-shape": ("shape", [n, m]), "weight-shape": ("shape", [d, m]),
        "one-sample": ("shape", [m, d]), "input-first": ("shape", [n, d, n, m]),
        "all-nonzero": ("nonzero", J.numel()),
    }
    parts = {"shape": list(J.shape), "entries": J.numel(), "nonzero": int(J.count_nonzero())}
    return parts, mistakes


@family("backprop.vanishing-product")
def vanishing_product(p):
    w, layers, k = Q(p["w"]), p["layers"], p["k"]
    slope = Q(grad(torch.sigmoid, 0.0)[0].item())
    depth = next(n for n in itertools.count(1) if (w * slope) ** n < Q(1, 10 ** k))
    mistakes = {
        "half-not-quarter": ("bound", (w / 2) ** layers),
        "weight-ignored": ("bound", slope ** layers),
        "added": ("bound", layers * w * slope), "one-too-few": ("depth", depth - 1),
    }
    return {"bound": (w * slope) ** layers, "depth": depth}, mistakes


@family("backprop.attention-scores")
def attention_scores(p):
    s = tensor(p["n"]).log().requires_grad_()
    weights = torch.softmax(s, 0)
    weights.retain_grad()
    (weights @ tensor(p["values"])).backward(tensor(p["upstream"]))
    w, dP = weights.detach(), weights.grad
    mistakes = {
        "softmax-skipped": ("dS", dP.tolist()), "no-centring": ("dS", (w * dP).tolist()),
        "diagonal-only": ("dS", (w * (1 - w) * dP).tolist()),
    }
    return {"dP": dP.tolist(), "dS": s.grad.tolist()}, mistakes
