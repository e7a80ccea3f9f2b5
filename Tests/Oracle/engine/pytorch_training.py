"""Training loops and optimisers, run in PyTorch."""

import math
from fractions import Fraction as Q

import torch

from engine.registry import family


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
