"""Draws fresh questions through `gradus question` and compares keys and mistakes with the engine.

    check.py --gradus .build/debug/gradus --draws 50 [--seed 1000] [--record drawn.jsonl]

Every key and every mistake that Gradus states must be one that the engine computes, and every
family that Gradus has must be one that the engine knows. With --family only the families are drawn
whose names begin so. With --record the first cases of each family are written as vectors, which the
Swift tests read. Exits with 1 where anything disagrees or is missing.
"""

import argparse
import json
import math
import os
import random
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import sympy

import engine

# How many cases of each family are recorded, and how many of its disagreements are shown.
RECORDED, SHOWN = 3, 3

# Readable options of choices, by what the engine calls them.
CHOICES = {
    ("torch.loop-order", "diagnosis"): {
        "ok": "it trains", "graph-order": "an error", "step-before-backward": "step comes before",
        "zeroed-before-step": "and wiped",
    },
}


def plain(value):
    """A value of the engine as JSON has it: fractions and NumPy numbers become numbers."""
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (str, dict)) or value is None:
        return value
    if isinstance(value, Fraction) and value.denominator == 1:
        return int(value)
    number = float(value)
    return int(number) if number.is_integer() and abs(number) < 2**53 else number


def same(ours, theirs):
    if isinstance(ours, list) or isinstance(theirs, list):
        return (isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs)
                and all(same(a, b) for a, b in zip(ours, theirs)))
    if isinstance(ours, str) or isinstance(theirs, str):
        return ours == theirs
    return math.isclose(ours, theirs, rel_tol=1e-6, abs_tol=1e-9)


def same_function(text, expected):
    """Whether a plain expression is the engine's, at points where the free names are drawn."""
    right, derived = expected
    functions = {"ln": sympy.log, "sigmoid": lambda x: 1 / (1 + sympy.exp(-x)),
                 "sech": lambda x: 1 / sympy.cosh(x)}
    ours = sympy.sympify(text.replace("^", "**"), locals=functions | engine.symbols(
        "w0 x0 w1 x1 w2 t wa ba wb bb wc bc wd bd wd2 bd2 we be xa xb xc xd xe u L"))
    put = {sympy.Symbol(n): e for n, e in derived.items()}
    difference = ours.subs(put) - right.subs(put)
    names = sorted(difference.free_symbols, key=str)
    dice = random.Random(1)
    for _ in range(6):
        at = {n: sympy.Float(dice.uniform(-1.4, 1.4), 30) for n in names}
        if abs(difference.evalf(25, subs=at)) > 1e-12:
            return False
    return True


def agrees(name, part, kind, ours, theirs):
    if kind == "expression":
        return same_function(ours, theirs)
    if kind == "choice" and (name, part) in CHOICES:
        return CHOICES[name, part][theirs] in ours.lower()
    if kind == "choices":
        return sorted(ours) == sorted(theirs)
    return same(ours, plain(theirs))


def compare(question, faults):
    """The engine's parts, and those of its mistakes that Gradus states, by id; adds to `faults`."""
    name, parameters = question["family"], question["parameters"]
    parts, mistakes = engine.families[name](question)
    kinds = {p["id"]: p["kind"] for p in question["parts"]}
    for part in question["parts"]:
        if part["id"] not in parts:
            faults.append((name, parameters, part["id"], part["key"], "no such part"))
        elif not agrees(name, part["id"], part["kind"], part["key"], parts[part["id"]]):
            faults.append((name, parameters, part["id"], part["key"], parts[part["id"]]))
    stated = {}
    for mistake in question["misconceptions"]:
        expected = mistakes.get(mistake["id"])
        options = [e for e in (expected if isinstance(expected, list) else [expected]) if e]
        kind = kinds[mistake["part"]]
        found = [(part, value) for part, value in options if part == mistake["part"]
                 and agrees(name, part, kind, mistake["value"], value)]
        if found:
            stated.setdefault(mistake["id"], found[0])
        else:
            faults.append((name, parameters, mistake["id"], mistake["value"], expected))
    return parts, stated


def vector(question, case, parts, mistakes):
    record = {"family": question["family"], "case": case, "parameters": question["parameters"]}
    record["parts"] = [
        {"id": p["id"], "answer": plain(parts[p["id"]])} for p in question["parts"]]
    record["malrules"] = {name: plain(value) for name, (_, value) in mistakes.items()}
    record["malrulePart"] = {name: part for name, (part, _) in mistakes.items()}
    return json.dumps(record)


def recordable(question):
    """Whether the vectors can hold it: expressions and options with names of our own they cannot."""
    return all(p["kind"] != "expression" and (question["family"], p["id"]) not in CHOICES
               for p in question["parts"])


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--gradus", required=True)
    arguments.add_argument("--draws", type=int, default=50)
    arguments.add_argument("--seed", type=int, default=1000)
    arguments.add_argument("--family", default="")
    arguments.add_argument("--record")
    a = arguments.parse_args()
    run = lambda *words: json.loads(subprocess.run(
        [a.gradus, *words, "--format", "json"], check=True, capture_output=True, text=True).stdout)
    names = [f["family"] for f in run("families") if f["family"].startswith(a.family)]
    missing = [n for n in names if n not in engine.families]
    recorded, faults, pool = [], [], ThreadPoolExecutor(os.cpu_count())
    for name in names:
        if name in missing:
            continue
        before, seen = len(faults), set()
        draw = lambda case: run("question", name, "--seed", str(a.seed + case))
        for case, question in enumerate(pool.map(draw, range(a.draws))):
            parts, mistakes = compare(question, faults)
            seen |= {m["id"] for m in question["misconceptions"]}
            if case < RECORDED and len(faults) == before and recordable(question):
                recorded.append(vector(question, case, parts, mistakes))
        print(f"{name:36} {a.draws} draws, {len(seen):2} mistakes seen, "
              f"{len(faults) - before} disagreements", flush=True)
        for _, parameters, what, ours, theirs in faults[before:before + SHOWN]:
            print(f"    {what}: Gradus {ours}, engine {theirs}\n    {json.dumps(parameters)}")
    for name in missing:
        print(f"{name} has no entry in the engine: add one to Tests/Oracle/engine")
    if a.record and not faults and not missing:
        with open(a.record, "w") as file:
            file.write("".join(line + "\n" for line in recorded))
    sys.exit(1 if faults or missing else 0)


if __name__ == "__main__":
    main()
