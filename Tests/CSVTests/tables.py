"""Writes tables in many dialects with the rows that Python's csv reads in them, one JSON object a line.

usage: tables.py COUNT SEED

Sound tables only: what is broken, Python repairs in its own way.
"""
import csv
import io
import json
import random
import sys

SIGNS = ["a", "b", "é", "🤔", ",", ";", "\t", '"', '""', "\n", "\r\n", "\r", " ", "'", "=1", "0.5", "x" * 70]


def cell(dice):
    return "".join(dice.choice(SIGNS) for _ in range(dice.choice([0, 0, 1, 1, 2, 5, 20])))


def main():
    count, seed = int(sys.argv[1]), int(sys.argv[2])
    for number in range(count):
        dice = random.Random(seed * 1_000_000 + number)
        delimiter, end = dice.choice(",;\t"), dice.choice(["\n", "\r\n", "\r"])
        quoting = dice.choice([csv.QUOTE_ALL, csv.QUOTE_MINIMAL])
        width = dice.randint(1, 7)
        table = [[cell(dice) for _ in range(width)] for _ in range(dice.randint(1, 12))]
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter, lineterminator=end, quoting=quoting).writerows(table)
        text = out.getvalue()
        if dice.random() < 0.5:
            text = text[: -len(end)]
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        print(json.dumps({"delimiter": delimiter, "text": text, "rows": rows}, ensure_ascii=False))


main()
