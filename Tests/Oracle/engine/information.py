"""Entropies and losses made of logarithms."""

import math
from fractions import Fraction as Q

import numpy as np
import scipy.stats
import torch

from engine.registry import family, tensor


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


@family("info.kl-gaussian")
def kl_gaussian(p):
    m1, m2, s1, s2 = (float(p[n]) for n in ("m1", "m2", "s1", "s2"))
    first, second = (torch.distributions.Normal(m, s) for m, s in ((m1, s1), (m2, s2)))
    kl = lambda a, b: torch.distributions.kl_divergence(a, b).item()
    right, ratio = kl(first, second), math.log(s2 / s1)
    mistakes = {
        "swapped": ("kl", kl(second, first)), "no-minus-half": ("kl", right + 0.5),
        "sigma-for-variance": ("kl", ratio + (s1 + (m1 - m2) ** 2) / (2 * s2) - 0.5),
        "log-ratio-inverted": ("kl", right - 2 * ratio),
        "means-ignored": ("kl", kl(first, torch.distributions.Normal(m1, s2))),
    }
    return {"kl": right}, mistakes


@family("info.mutual-information")
def mutual_information(p):
    joint = np.array(p["joint16"], float).reshape(2, 2) / 16
    bits = lambda x: scipy.stats.entropy(x.ravel(), base=2)
    hx, hy, hxy = bits(joint.sum(1)), bits(joint.sum(0)), bits(joint)
    apart = np.outer(joint.sum(1), joint.sum(0))
    shared = scipy.stats.entropy(joint.ravel(), apart.ravel(), base=2)
    mistakes = {
        "joint-entropy": ("I", hxy), "nats": ("I", shared * math.log(2)),
        "conditional-entropy": ("I", hxy - hx), "sum-of-marginals": ("I", hx + hy),
        "reversed-kl": ("I", scipy.stats.entropy(apart.ravel(), joint.ravel(), base=2)),
    }
    return {"HX": hx, "HXY": hxy, "I": shared}, mistakes


@family("info.focal-loss")
def focal_loss(p):
    alpha, gamma, pt = Q(p["alpha"]), p["gamma"], Q(p["pt"])
    nll = -math.log(pt)
    factor = alpha * (1 - pt) ** gamma
    loss = factor * nll
    mistakes = {
        "focus-on-p": ("fl", alpha * pt ** gamma * nll), "plain-ce": ("fl", nll),
        "factor-not-power": ("fl", alpha * gamma * (1 - pt) * nll),
        "alpha-forgotten": ("fl", loss / alpha), "sign": ("fl", -loss),
    }
    return {"fl": loss, "ratio": factor}, mistakes


@family("info.label-smoothing")
def label_smoothing(p):
    label, eps, classes = p["label"], float(Q(p["eps"])), len(p["n"])
    z = tensor(p["n"]).log().requires_grad_()
    run = lambda smoothing: torch.nn.functional.cross_entropy(
        z[None], torch.tensor([label]), label_smoothing=smoothing)
    loss = run(eps)
    # The gradient is softmax minus target, which gives the target that PyTorch used.
    logs = torch.log_softmax(z, 0).detach()
    target = (logs.exp() - torch.autograd.grad(loss, z)[0]).tolist()
    hard = torch.nn.functional.one_hot(torch.tensor(label), classes)
    others = (1 - eps) * hard + eps / (classes - 1) * (1 - hard)
    short = (1 - eps) * hard + eps / classes * (1 - hard)
    mistakes = {
        "split-over-others": ("target", others.tolist()),
        "target-not-topped-up": ("target", short.tolist()),
        "no-smoothing": ("loss", run(0.0).item()),
        "split-over-others-loss": ("loss", -(others * logs).sum().item()),
        # The loss is 1 - ε times the hard one plus ε times that for the uniform target.
        "target-term-only": ("loss", (1 - eps) * run(0.0).item()),
    }
    return {"target": target, "loss": loss.item()}, mistakes


@family("info.bce")
def binary_cross_entropy(p):
    prob, y = tensor(p["p"]), tensor(p["y"])
    run = lambda labels, **more: torch.nn.functional.binary_cross_entropy(prob, labels, **more).item()
    loss = run(y)
    mistakes = {
        "positives-only": ("loss", -(y * prob.log()).mean().item()),
        "summed": ("loss", run(y, reduction="sum")),
        "no-log": ("loss", (y - prob).abs().mean().item()),
        "log-p-for-all": ("loss", run(torch.ones_like(y))), "log2": ("loss", loss / math.log(2)),
        "log10": ("loss", loss / math.log(10)),
    }
    return {"loss": loss}, mistakes


@family("info.bits-per-byte")
def bits_per_byte(p):
    nats, tokens, size = p["ceNats"], p["tokens"], p["bytes"]
    bits = nats / math.log(2)
    mistakes = {
        "no-ln2": ("bpb", nats * tokens / size), "ratio-inverted": ("bpb", bits * size / tokens),
        "times-ln2": ("bpb", nats * math.log(2) * tokens / size), "per-token": ("bpb", bits),
        "2-to-nats": ("ppl", 2 ** nats),
    }
    return {"bpb": bits * tokens / size, "ppl": math.exp(nats)}, mistakes
