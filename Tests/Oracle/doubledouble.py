"""Writes values of exp, ln, sin and cos to 60 digits as sums of three doubles: FILE.

Each line has a function, the argument's two parts and the result's three, all in hexadecimal.
"""

import random
import sys

import mpmath

mpmath.mp.prec = 400
dice = random.Random(7)


def parts(value, count):
    out = []
    for _ in range(count):
        out.append(float(value))
        value -= mpmath.mpf(out[-1])
    return out


with open(sys.argv[1], "w", encoding="utf-8") as file:
    file.write("function\thigh\tlow\tone\ttwo\tthree\n")
    for name, function, low, high in (
        ("exp", mpmath.exp, -590, 590), ("ln", mpmath.log, 1e-9, 1e6), ("ln", mpmath.log, 0.9, 1.1),
        ("exp", mpmath.exp, -1, 1), ("sin", mpmath.sin, -30, 30), ("cos", mpmath.cos, -30, 30),
        ("sin", mpmath.sin, -1e6, 1e6),
    ):
        for _ in range(60):
            x = dice.uniform(low, high)
            y = x * dice.uniform(-1, 1) * 2.0**-54
            if x + y != x:
                y = 0.0
            cells = [x, y] + parts(function(mpmath.mpf(x) + mpmath.mpf(y)), 3)
            file.write("\t".join([name] + [cell.hex() for cell in cells]) + "\n")
