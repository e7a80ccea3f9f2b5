"""Calls of PyTorch and small programs, run in PyTorch."""

import copy
import functools
import math
from fractions import Fraction as Q

import torch
from torch.optim import lr_scheduler

from engine.registry import family, tensor


@family("torch.lr-schedule")
def lr_schedule(p):
    base, e, kind = p["base"], p["epoch"], p["kind"]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=base)
    scheduler = {
        "step": lambda: lr_scheduler.StepLR(optimizer, p["stepSize"], p["gamma"]),
        "exp": lambda: lr_scheduler.ExponentialLR(optimizer, p["gamma"]),
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(optimizer, p["period"], p["floor"]),
        "warmup": lambda: lr_scheduler.LambdaLR(
            optimizer, lambda epoch: min(1, (epoch + 1) / p["warmup"])),
    }[kind]()
    for _ in range(e):
        optimizer.step()
        scheduler.step()
    if kind == "warmup":
        mistakes = {"full-rate": base, "inverted": base * p["warmup"] / (e + 1),
                    "ceil-or-offset": base * e / p["warmup"]}
    elif kind == "cosine":
        floor, t = p["floor"], e / p["period"]
        between = lambda share: floor + (base - floor) * share
        mistakes = {
            "no-half": between(1 + math.cos(math.pi * t)),
            "bare-cosine": between(math.cos(math.pi * t)),
            "degrees": between((1 + math.cos(math.radians(math.pi * t))) / 2),
            "linear-decay": between(1 - t),
        }
    else:
        gamma, times = p["gamma"], e // p.get("stepSize", 1)
        mistakes = {
            "power-of-epoch": base * gamma ** e, "ceil-or-offset": base * gamma ** (times + 1),
            "linear": base * gamma * times, "subtracted": base - times * gamma,
        }
    lr = optimizer.param_groups[0]["lr"]
    return {"lr": lr}, {name: ("lr", value) for name, value in mistakes.items()}


# What each program computes, with `cut` where it cuts the graph.
PROGRAMS = {
    "x*x+d(x)*c": lambda x, c, cut: x * x + cut(x) * c, "x2*d(x)": lambda x, c, cut: x ** 2 * cut(x),
    "d(x2)*x": lambda x, c, cut: cut(x ** 2) * x, "d(x)2*c": lambda x, c, cut: cut(x) ** 2 * c,
    "nograd-y": lambda x, c, cut: x * cut(c * x), "clone": lambda x, c, cut: c * x.clone() ** 2,
}


@family("torch.detach")
def detach(p):
    kind, c = p["kind"], p["c"]

    def slope(cut):
        x = torch.tensor(float(p["x"]), requires_grad=True)
        try:
            PROGRAMS[kind](x, c, cut).backward()
        except RuntimeError:
            return "undefined"
        return x.grad.item()

    right, whole = slope(torch.detach), slope(lambda y: y)
    other = []
    if right != "undefined":
        # What the cut takes away, or the slope of the factor cut off by itself.
        other = [("grad", whole - right)] + ([("grad", c)] if kind == "nograd-y" else [])
    mistakes = {"full-derivative": ("grad", whole), "zero": ("grad", 0), "other-factor": other}
    return {"grad": right}, mistakes


@family("torch.dropout")
def dropout(p):
    rate, x = Q(p["p"]), tensor(p["x"])
    mask = tensor(p["mask"])
    layer = torch.nn.Dropout(float(rate))
    # The layer draws its masks itself: draw until it is this one.
    for seed in range(10_000):
        torch.manual_seed(seed)
        if torch.equal(layer(torch.ones_like(x)) != 0, mask != 0):
            torch.manual_seed(seed)
            train = layer(x)
            break
    keep = 1 - rate
    kept = [v * m for v, m in zip(p["x"], p["mask"])]
    mistakes = {
        "not-rescaled": ("train", kept), "rescaled-by-p": ("train", [v / rate for v in kept]),
        "times-keep": ("train", [v * keep for v in kept]),
        "rescaled-in-eval": ("eval", [v * keep for v in p["x"]]),
        "mean-shrinks": ("mean", p["x"][0] * keep),
    }
    mean = keep * (Q(p["x"][0]) / keep)
    return {"train": train.tolist(), "eval": layer.eval()(x).tolist(), "mean": mean}, mistakes


@family("torch.cross-entropy-call")
def cross_entropy_call(p):
    logits, targets = tensor(p["n"]).log(), torch.tensor(p["targets"])
    run = lambda z, t, **more: torch.nn.functional.cross_entropy(z, t, **more).item()
    weights = tensor(p["weights"])
    without = targets.clone()
    without[p["ignoredSample"]] = -100
    mistakes = {
        "softmax-twice": ("mean", run(torch.softmax(logits, 1), targets)),
        "summed": ("mean", run(logits, targets, reduction="sum")),
        "divided-by-all": ("ignored", run(logits, without, reduction="sum") / len(targets)),
        "weights-over-n": (
            "weighted", run(logits, targets, weight=weights, reduction="sum") / len(targets)),
    }
    parts = {"mean": run(logits, targets), "ignored": run(logits, without),
             "weighted": run(logits, targets, weight=weights)}
    return parts, mistakes


@family("torch.grad-clip")
def grad_clip(p):
    g, limit = tensor(p["g"]), p["max"]
    weight = torch.zeros_like(g, requires_grad=True)
    weight.grad = g.clone()
    norm = torch.nn.utils.clip_grad_norm_([weight], limit)
    mistakes = {
        "per-element": ("clipped", g.clamp(-limit, limit).tolist()),
        "not-clipped": ("clipped", g.tolist()),
        "always-normalised": ("clipped", (g * limit / norm).tolist()),
        "squared-norm": ("clipped", (g * limit / norm ** 2).tolist()),
        "l1-norm": ("norm", g.abs().sum().item()), "not-rooted": ("norm", (g @ g).item()),
    }
    return {"norm": norm.item(), "clipped": weight.grad.tolist()}, mistakes


@family("torch.token-mean-accumulation")
def token_mean_accumulation(p):
    tokens, means = p["tokens"], [Q(x) for x in p["meanLoss"]]
    losses = [m for n, m in zip(tokens, means) for _ in range(n)]
    right, naive = sum(losses) / len(losses), sum(m / len(means) for m in means)
    mistakes = {
        "mean-of-means": ("right", naive), "summed": ("right", sum(means)),
        "total-over-steps": ("right", sum(losses) / len(means)), "swapped": ("naive", right),
    }
    return {"right": right, "naive": naive}, mistakes


@family("torch.steps-per-epoch")
def steps_per_epoch(p):
    size, gpus, accum, epochs = p["batch"], p["gpus"], p["accum"], p["epochs"]
    loader = lambda batch, drop: len(torch.utils.data.DataLoader(
        range(p["samples"]), batch_size=batch, drop_last=drop))
    batches = loader(size * gpus, p["dropLast"])
    steps = len(range(0, batches, accum))
    mistakes = {
        "floor-ceil": ("batches", loader(size * gpus, not p["dropLast"])),
        "one-gpu": ("batches", loader(size, p["dropLast"])),
        "accumulation-ignored": ("steps", batches), "epochs-forgotten": ("total", steps),
        "accumulation-multiplied": ("steps", batches * accum),
        "effective-no-gpus": ("effective", size * accum),
    }
    return {"batches": batches, "steps": steps, "total": steps * epochs,
            "effective": size * gpus * accum}, mistakes


TASKS = [
    (lambda: torch.nn.Linear(4, 1), torch.nn.MSELoss(), 4, lambda n: torch.randn(n, 1)),
    (lambda: torch.nn.Linear(8, 3), torch.nn.CrossEntropyLoss(), 8, lambda n: torch.randint(3, (n,))),
    (lambda: torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.ReLU(), torch.nn.Linear(8, 1)),
     torch.nn.MSELoss(), 2, lambda n: torch.randn(n, 1)),
    (lambda: torch.nn.Linear(16, 1), torch.nn.BCEWithLogitsLoss(), 16,
     lambda n: torch.randint(2, (n, 1)).double()),
]


def trained(task, bug):
    """The weights before and after three batches of the program with this bug."""
    make, criterion, width, targets = TASKS[task]
    torch.manual_seed(1)
    model = make()
    loader = [(torch.randn(5, width), targets(5)) for _ in range(3)]
    flat = lambda: torch.cat([t.detach().flatten() for t in model.parameters()])
    before = flat()
    learner = copy.deepcopy(model) if bug == "optimizer-on-copy" else model
    optimizer = torch.optim.SGD(learner.parameters(), lr=0.1)
    for x, y in loader:
        if bug not in ("no-zero-grad", "zero-before-step"):
            optimizer.zero_grad()
        with torch.set_grad_enabled(bug != "forward-under-no-grad"):
            prediction = model(x)
        if bug == "detached-prediction":
            prediction = prediction.detach()
        loss = criterion(prediction, y)
        if bug == "loss-item-backward":
            loss = loss.item()
        if bug != "no-backward":
            loss.backward()
        if bug == "backward-twice":
            loss.backward()
        if bug == "zero-before-step":
            optimizer.zero_grad()
        if bug != "no-step":
            optimizer.step()
    return before, flat()


@functools.cache
def symptom(task, bug):
    try:
        before, after = trained(task, bug)
    except (RuntimeError, AttributeError):
        return "raises an error"
    if torch.equal(before, after):
        return "weights never change"
    right = torch.equal(after, trained(task, "none")[1])
    return "trains correctly" if right else "trains with wrong gradients"


@family("torch.bug-spotting")
def bug_spotting(p):
    right = symptom(p["task"], p["bug"])
    broken = p["bug"] != "none"
    mistakes = {
        "missed": ("symptom", "trains correctly") if broken else None,
        "false-alarm": ("symptom", "trains with wrong gradients") if not broken else None,
        "expects-an-error": ("symptom", "raises an error") if right != "raises an error" else None,
    }
    return {"symptom": right}, mistakes
