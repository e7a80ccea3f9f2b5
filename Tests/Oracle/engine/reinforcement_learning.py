"""Returns, values and policies."""

from fractions import Fraction as Q

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
