"""Costs of large models."""

import math
from fractions import Fraction as Q

import torch
from torch.utils.flop_counter import FlopCounterMode

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
            "eight-d-squared": ("perLayer", 8 * d * d + 9 * d),
            "no-biases": ("perLayer", 12 * d * d),
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
        "no-gradients": ("GB", n * (per - gradients)),
        "GiB-for-GB": ("GB", n * per * 1e9 / 2 ** 30),
    }
    return {"bytesPer": per, "GB": n * per}, mistakes


# Bytes for each parameter in mixed precision with Adam: weights, gradients, and the optimiser's
# master weights and two moments.
MIXED = {"weights": 2, "gradients": 2, "optimiser": 4 + 4 + 4}


@family("scale.zero-sharding")
def sharded_memory(p):
    n, gpus = p["paramsBillion"], p["gpus"]
    shared = {1: ["optimiser"], 2: ["optimiser", "gradients"], 3: list(MIXED)}
    size = lambda stage: n * sum(
        Q(count, gpus if name in shared[stage] else 1) for name, count in MIXED.items())
    everything = n * sum(MIXED.values())
    mistakes = {
        "all-sharded": ("perGpuGB", Q(everything, gpus)), "none-sharded": ("perGpuGB", everything),
        "wrong-stage": [("perGpuGB", size(s)) for s in shared if s != p["stage"]],
        "optimizer-only": ("perGpuGB", Q(n * MIXED["optimiser"], gpus)),
    }
    return {"perGpuGB": size(p["stage"])}, mistakes


@family("scale.matmul-intensity")
def matmul_intensity(p):
    m, k, n, size = p["m"], p["k"], p["n"], p["bytes"]
    with FlopCounterMode(display=False) as counter:
        a, b = torch.zeros(m, k, device="meta"), torch.zeros(k, n, device="meta")
        c = a @ b
    flops = counter.get_total_flops()
    traffic = size * (a.numel() + b.numel() + c.numel())
    intensity = Q(flops, traffic)
    mistakes = {
        "no-2": ("intensity", intensity / 2),
        "output-forgotten": ("intensity", Q(flops, traffic - size * c.numel())),
        "elements-not-bytes": ("intensity", intensity * size), "batch-rule": ("intensity", m),
        "inverted": ("intensity", 1 / intensity),
    }
    return {"flops": flops, "bytes": traffic, "intensity": intensity}, mistakes


@family("scale.roofline")
def roofline(p):
    computing, moving = Q(p["flops"]) / Q(p["peak"]), Q(p["bytes"]) / Q(p["bandwidth"])
    ridge = Q(p["peak"]) / Q(p["bandwidth"])
    intensity = Q(p["flops"]) / Q(p["bytes"])
    bound, other = ("memory", "compute") if intensity < ridge else ("compute", "memory")
    mistakes = {
        "summed": ("timeMs", 1000 * (computing + moving)), "ridge-inverted": ("ridge", 1 / ridge),
        "other-limit": ("timeMs", 1000 * min(computing, moving)), "wrong-side": ("bound", other),
    }
    return {"ridge": ridge, "bound": bound, "timeMs": 1000 * max(computing, moving)}, mistakes


@family("scale.allreduce-time")
def ring_all_reduce(p):
    size, gpus = Q(p["bytes"]), p["gpus"]
    # In each of the two rounds a GPU sends one of G parts at each step, until all have gone round.
    sent = sum(size / gpus for _ in ("add up", "hand on") for _ in range(gpus - 1))
    ms = lambda count: 1000 * count / Q(p["bandwidth"])
    mistakes = {
        "one-phase": ("ms", ms(sent / 2)), "no-ring-factor": ("ms", ms(size)),
        "whole-twice": ("ms", ms(2 * size)), "times-gpus": ("ms", ms(sent * gpus)),
        "bits": ("ms", ms(8 * sent)),
    }
    return {"bytes": sent, "ms": ms(sent)}, mistakes


@family("scale.parallel-layout")
def parallel_layout(p):
    gpus, tensor, pipeline, batch = p["gpus"], p["tensor"], p["pipeline"], p["globalBatch"]
    dp = Q(gpus, tensor * pipeline)
    mistakes = {
        "tensor-forgotten": ("dp", Q(gpus, pipeline)),
        "pipeline-forgotten": ("dp", Q(gpus, tensor)),
        "dp-is-gpus": ("dp", gpus), "dp-forgotten": ("micro", Q(batch, p["microBatch"])),
        "micro-size-forgotten": ("micro", batch / dp),
        "layers-by-tp": ("layersPerStage", Q(p["layers"], tensor)),
    }
    parts = {"dp": dp, "micro": batch / dp / p["microBatch"], "heads": Q(p["heads"], tensor),
             "layersPerStage": Q(p["layers"], pipeline), "tokens": batch * p["length"]}
    return parts, mistakes


@family("scale.mfu")
def model_utilisation(p):
    useful = lambda factor: Q(factor) * Q(p["params"]) * Q(p["tokensPerSecond"])
    peak = p["gpus"] * Q(p["peak"])
    mfu = useful(6) / peak
    mistakes = {
        "forward-only": ("mfu", useful(2) / peak), "recompute-counted": ("mfu", useful(8) / peak),
        "one-gpu": ("mfu", useful(6) / Q(p["peak"])), "inverted": ("mfu", 1 / mfu),
    }
    return {"mfu": mfu}, mistakes


@family("scale.pipeline-bubble")
def pipeline_bubble(p):
    stages, micro, chunks = p["stages"], p["microbatches"], p["interleave"]
    # Stage s works on micro-batch b in step s + b; interleaved, a micro-batch comes in chunks that
    # take the v-th part of the time each.
    jobs = micro * chunks
    busy = {(s, s + b) for s in range(stages) for b in range(jobs)}
    steps = 1 + max(step for _, step in busy)
    idle, work = stages * steps - len(busy), len(busy)
    share, ratio = Q(idle, stages * steps), Q(idle, work)
    mistakes = {
        "ratio-for-share": ("share", ratio), "share-for-ratio": ("ratio", share),
        "stages-not-minus-1": ("share", Q(stages, jobs + stages)), "inverted": ("share", 1 - share),
        "product": ("steps", jobs * stages),
    }
    return {"share": share, "ratio": ratio, "steps": steps}, mistakes


@family("scale.power-law")
def scaling_law(p):
    floor, rest, k, alpha = p["floor"], p["reducible"], p["scale"], p["alpha"]
    factor = k ** -alpha
    mistakes = {
        "exponent-positive": ("loss", floor + rest * k ** alpha),
        "floor-scaled": ("loss", (floor + rest) * factor), "linear": ("loss", floor + rest / k),
        "log-linear": ("loss", floor + rest * (1 - alpha * math.log10(k))),
        "factor-linear": ("factor", 1 / k),
    }
    return {"factor": factor, "loss": floor + rest * factor}, mistakes


@family("scale.moe-params")
def expert_parameters(p):
    L, shared, one, count, k = (
        p[n] for n in ("layers", "sharedPerLayer", "expertParams", "experts", "topK"))
    size = lambda experts: sum(shared + experts * one for _ in range(L))
    total = size(count)
    mistakes = {
        "all-active": ("active", total), "one-expert": ("active", size(1)),
        "shared-times-experts": ("total", L * count * (shared + one)),
        "share-k-over-E": ("active", Q(total * k, count)), "experts-only": ("active", L * k * one),
    }
    return {"total": total, "active": size(k)}, mistakes


@family("scale.quantisation")
def quantised_size(p):
    bits, group, scale, n = p["bits"], p["group"], p["scaleBits"], p["params"]
    per = Q(bits * group + scale, group)
    gigabytes = lambda count: Q(n) * count / 8 / 10 ** 9
    mistakes = {
        "bits-as-bytes": ("GB", 8 * gigabytes(per)), "scales-forgotten": ("GB", gigabytes(bits)),
        "scale-per-weight": ("bitsPer", bits + scale),
        "scale-over-bits": ("bitsPer", bits + Q(scale, bits)),
        "half-precision": ("GB", gigabytes(16)), "GiB-for-GB": ("GB", Q(n) * per / 8 / 2 ** 30),
    }
    return {"bitsPer": per, "GB": gigabytes(per)}, mistakes


@family("scale.lora-params")
def low_rank_adapters(p):
    i, o, r = p["inputs"], p["outputs"], p["rank"]
    down, up = (torch.nn.Linear(*sizes, bias=False, device="meta") for sizes in ((i, r), (r, o)))
    per = down.weight.numel() + up.weight.numel()
    full = i * o
    mistakes = {
        "one-factor": ("perMatrix", r * i), "full-matrix": ("perMatrix", full),
        "rank-squared": ("perMatrix", r * r * (i + o)), "product": ("perMatrix", r * full),
        "one-layer": ("total", per * p["matrices"]), "share-2r-over-d": ("share", Q(2 * r, i)),
    }
    total = per * p["matrices"] * p["layers"]
    return {"perMatrix": per, "total": total, "share": Q(per, full)}, mistakes


@family("scale.decode-latency")
def decode_latency(p):
    n, B, speed, peak = Q(p["params"]), p["batch"], Q(p["bandwidth"]), Q(p["peak"])
    weights, cache = n * Q(p["bytes"]), Q(p["kvBytesPerSeq"])
    ms = lambda size: 1000 * size / speed
    step = ms(weights + B * cache)
    critical = (weights / speed) / (2 * n / peak)
    mistakes = {
        "compute-for-memory": ("ms", 1000 * 2 * n * B / peak), "no-kv": ("ms", ms(weights)),
        "weights-per-sequence": ("ms", ms(B * (weights + cache))),
        "elements-not-bytes": [("ms", ms(n + B * cache)), ("ms", ms(n + B * cache / Q(p["bytes"])))],
        "single-stream": ("tokens", 1000 / step), "ridge-inverted": ("critical", speed / peak),
    }
    return {"ms": step, "tokens": B * 1000 / step, "critical": critical}, mistakes


@family("scale.speculative")
def speculative_decoding(p):
    a, k = Q(p["accept"]), p["draft"]
    # i tokens are accepted before the first refusal; the large model adds one in any case.
    chance = [a ** i * (1 - a) for i in range(k)] + [a ** k]
    gained = sum(c * (i + 1) for i, c in enumerate(chance))
    mistakes = {
        "no-bonus": ("tokens", gained - 1), "linear": ("tokens", k * a),
        "linear-plus-1": ("tokens", k * a + 1), "all-or-nothing": ("tokens", 1 + k * a ** k),
        "infinite": ("tokens", 1 / (1 - a)),
    }
    return {"tokens": gained}, mistakes
