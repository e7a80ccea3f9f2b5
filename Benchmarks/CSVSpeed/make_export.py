"""Writes a made-up export, every cell in quotation marks, of about so many megabytes.

usage: make_export.py FILE MEGABYTES
"""
import random
import sys

OPTIONS = ["L2 weight decay", "Dropout, applied to activations", "Early stopping; watched on validation"]


def cell(dice):
    kind = dice.random()
    if kind < 0.3:
        return "%.3f" % dice.uniform(-5, 5)
    if kind < 0.5:
        return "(%d, %d)" % (dice.randint(1, 64), dice.randint(1, 64))
    if kind < 0.6:
        return ";".join(dice.sample(OPTIONS, 2))
    if kind < 0.7:
        return 'p = sigmoid(u), so "dL/du" = p - y'
    if kind < 0.8:
        return ""
    return str(dice.randint(-99, 99))


def main():
    path, megabytes = sys.argv[1], int(sys.argv[2])
    dice = random.Random(1)
    rows = []
    for i in range(4000):
        cells = ["2026/03/05 9:%02d:%02d AM GMT+1" % (i % 60, i // 60 % 60), "candidate%06d@example.org" % i]
        cells += [cell(dice) for _ in range(30)]
        rows.append(",".join('"' + text.replace('"', '""') + '"' for text in cells))
    block = "\n".join(rows) + "\n"
    with open(path, "w", encoding="utf-8") as file:
        file.write(",".join('"Q%d"' % i for i in range(32)) + "\n")
        for _ in range(max(1, megabytes * 1_000_000 // len(block))):
            file.write(block)


main()
