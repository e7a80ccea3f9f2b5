"""Returns, values and policies."""

import functools
import math
import statistics
from fractions import Fraction as Q

import numpy as np
import sympy
import torch

from engine.registry import family, fractions


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


@family("rl.bellman-evaluation")
def bellman_evaluation(p):
    R, y = fractions(p["rewards"]), Q(p["gamma"])
    P = sympy.Matrix(fractions(p["transitions"]))
    rewards, identity = sympy.Matrix(R), sympy.eye(len(R))
    values = lambda matrix: [Q(str(v)) for v in (identity - y * matrix).LUsolve(rewards)]
    V = values(P)
    mistakes = {
        "one-sweep": ("V", [Q(str(v)) for v in rewards + y * P * rewards]),
        "transposed": ("V", values(P.T)), "no-gamma-once": ("V", R),
        "self-loop-only": ("V", [r / (1 - y) for r in R]),
        "gamma-on-reward": ("V", [y * v for v in V]),
    }
    return {"V": V}, mistakes


@family("rl.policy-gradient")
def policy_gradient(p):
    a, G, b, alpha = p["action"], p["payoff"], p["baseline"], float(Q(p["alpha"]))
    theta = torch.tensor(p["n"], dtype=torch.float64).log().requires_grad_()
    slope = lambda function: torch.autograd.grad(function(theta), theta)[0]
    g = slope(lambda t: torch.log_softmax(t, 0)[a])
    pi = torch.softmax(theta.detach(), 0)
    chosen = torch.zeros_like(pi)
    chosen[a] = 1
    step = lambda weight: (alpha * weight * g).tolist()
    mistakes = {
        "probability-not-subtracted": ("grad", chosen.tolist()), "sign": ("grad", (-g).tolist()),
        "gradient-of-pi": ("grad", slope(lambda t: torch.softmax(t, 0)[a]).tolist()),
        "chosen-only": ("grad", (g * chosen).tolist()), "baseline-forgotten": ("theta", step(G)),
        "baseline-added": ("theta", step(G + b)), "descent": ("theta", step(b - G)),
    }
    return {"pi": pi.tolist(), "grad": g.tolist(), "theta": step(G - b)}, mistakes


def epsilon_greedy(values, eps):
    """The probability of each action; the random choice is among all of them."""
    best = values.index(max(values))
    return [eps / len(values) + (1 - eps if i == best else 0) for i in range(len(values))]


def expected(weights, values):
    return sum(w * v for w, v in zip(weights, values))


@family("rl.epsilon-greedy")
def epsilon_greedy_choice(p):
    values, eps = p["values"], Q(p["eps"])
    n, best = len(values), max(values)
    policy = epsilon_greedy(values, eps)
    others = [v for v in values if v != best]
    mistakes = {
        "no-share": ("pGreedy", 1 - eps), "shared-among-others": ("pOther", eps / (n - 1)),
        "uniform": ("pOther", Q(1, n)), "eps-is-other": ("pOther", eps),
        "greedy-value": ("expected", best),
        "no-share-expected": ("expected", (1 - eps) * best + eps * Q(sum(others), len(others))),
    }
    parts = {"pGreedy": max(policy), "pOther": min(policy), "expected": expected(policy, values)}
    return parts, mistakes


@family("rl.gae")
def advantage_estimation(p):
    r, V, y, l = p["rewards"], p["values"], Q(p["gamma"]), Q(p["lambda"])
    steps = len(r)

    def deltas(last=V[-1]):
        following = [*V[1:-1], last]
        return [a + y * v - own for a, v, own in zip(r, following, V)]

    # The mixture of n-step advantages with weights (1 - λ) λⁿ⁻¹, all the rest on the last.
    n_step = lambda n: sum(y ** i * r[i] for i in range(n)) + y ** n * V[n] - V[0]
    weights = [(1 - l) * l ** n for n in range(steps - 1)] + [l ** (steps - 1)]
    mixed = sum(weight * n_step(n) for n, weight in enumerate(weights, 1))
    weighed = lambda base, d: sum(base ** i * x for i, x in enumerate(d))
    d = deltas()
    mistakes = {
        "lambda-only": ("A0", weighed(l, d)), "gamma-only": ("A0", weighed(y, d)),
        "td-only": ("A0", d[0]), "no-bootstrap": ("A0", weighed(y * l, deltas(last=0))),
        "undiscounted": ("A0", sum(d)),
        "value-not-subtracted": ("delta", [x + own for x, own in zip(d, V)]),
    }
    return {"delta": d, "A0": mixed}, mistakes


@family("rl.ucb")
def upper_confidence(p):
    values, counts, t, c = np.array(p["values"]), np.array(p["counts"]), p["t"], p["c"]
    bound = lambda bonus: (values + c * bonus).tolist()
    ucb = bound(np.sqrt(math.log(t) / counts))
    mistakes = {
        "no-root": ("ucb", bound(math.log(t) / counts)),
        "log-base": ("ucb", bound(np.sqrt(math.log10(t) / counts))),
        "root-of-count-only": ("ucb", bound(math.log(t) / np.sqrt(counts))),
        # The two numbers change places.
        "own-count-logged": ("ucb", bound(np.sqrt(np.log(counts) / t))),
        "greedy": ("choice", int(values.argmax())), "least-tried": ("choice", int(counts.argmin())),
    }
    return {"ucb": ucb, "choice": int(np.argmax(ucb))}, mistakes


@family("rl.incremental-mean")
def incremental_mean(p):
    rewards, alpha, n = p["rewards"], Q(p["alpha"]), len(p["rewards"])
    old, new = statistics.mean(fractions(rewards[:-1])), rewards[-1]
    step = lambda size: old + size * (new - old)
    mistakes = {
        "n-plus-1": ("Q", step(Q(1, n + 1))), "n-minus-1": ("Q", step(Q(1, n - 1))),
        "not-divided": ("Q", step(1)), "minus": ("Q", step(-Q(1, n))),
        "halves": ("Q", step(Q(1, 2))),
    }
    return {"Q": statistics.mean(fractions(rewards)), "const": step(alpha)}, mistakes


@family("rl.n-step-return")
def n_step_return(p):
    r, y, alpha = p["rewards"], Q(p["gamma"]), Q(p["alpha"])
    after, old = p["valueAfter"], p["valueBefore"]
    rewards = sum(y ** i * x for i, x in enumerate(r))
    goal = functools.reduce(lambda g, x: x + y * g, reversed(r), after)
    mistakes = {
        "bootstrap-undiscounted": ("G", rewards + after), "no-bootstrap": ("G", rewards),
        "bootstrap-one-gamma": ("G", rewards + y * after),
        "one-power-too-many": ("G", rewards + y ** (len(r) + 1) * after),
        "undiscounted": ("G", sum(r) + after), "no-alpha": ("Vnew", goal),
    }
    return {"G": goal, "Vnew": (1 - alpha) * old + alpha * goal}, mistakes


@family("rl.expected-sarsa")
def expected_sarsa(p):
    after, eps, y, r, alpha, old = (
        p["next"], Q(p["eps"]), Q(p["gamma"]), p["reward"], Q(p["alpha"]), p["old"])
    target = r + y * expected(epsilon_greedy(after, eps), after)
    best, mean = max(after), Q(sum(after), len(after))
    others = [v for v in after if v != best]
    mistakes = {
        "max": ("target", r + y * best), "plain-average": ("target", r + y * mean),
        "no-share": ("target", r + y * ((1 - eps) * best + eps * Q(sum(others), len(others)))),
        "no-gamma": ("target", r + (target - r) / y), "no-alpha": ("Qnew", target),
    }
    return {"target": target, "Qnew": (1 - alpha) * old + alpha * target}, mistakes


@family("rl.mc-visits")
def monte_carlo_visits(p):
    states, rewards, y = p["states"], p["rewards"], Q(p["gamma"])
    after = lambda start: sum(y ** i * r for i, r in enumerate(rewards[start:]))
    visits = [i for i, s in enumerate(states) if s == "A"]
    every = statistics.mean(after(i) for i in visits)
    mistakes = {
        "every-for-first": ("first", every), "last-visit": ("first", after(visits[-1])),
        "whole-episode": ("first", after(0)),
        "rewards-averaged": ("every", Q(sum(rewards[i] for i in visits), len(visits))),
    }
    return {"first": after(visits[0]), "every": every}, mistakes


@family("rl.ppo-clip")
def clipped_objective(p):
    A, eps = p["advantage"], float(Q(p["eps"]))
    r = torch.tensor(float(Q(p["ratio"])), requires_grad=True)
    plain, cut = r * A, r.clamp(1 - eps, 1 + eps) * A
    low = torch.minimum(plain, cut)
    slope = torch.autograd.grad(low, r, retain_graph=True)[0].item()
    clipped = not 1 - eps <= r.item() <= 1 + eps
    mistakes = {
        "other-branch": ("obj", torch.maximum(plain, cut).item()),
        "advantage-sign": ("obj", -low.item()), "clip-around-0": ("obj", min(r.item(), eps) * A),
        "clipped-is-flat": ("flat", "yes") if clipped and slope else None,
    }
    return {"obj": low.item(), "flat": "no" if slope else "yes"}, mistakes


@family("rl.dpo-loss")
def preference_loss(p):
    beta, w, wref, l, lref = (Q(p[n]) for n in ("beta", "logpW", "refW", "logpL", "refL"))
    margin = beta * ((w - wref) - (l - lref))
    log_sigma = torch.nn.functional.logsigmoid(torch.tensor(float(margin), dtype=torch.float64)).item()
    mistakes = {
        "reference-forgotten": ("margin", beta * (w - l)), "sign": ("margin", -margin),
        "beta-forgotten": ("margin", margin / beta), "sigma-not-log": ("loss", math.exp(log_sigma)),
        "refs-added": ("margin", beta * ((w + wref) - (l + lref))),
    }
    return {"margin": margin, "loss": -log_sigma}, mistakes
