#!/usr/bin/env python3
"""Statistics of generated cohorts, by NumPy and SciPy: Tests/AnalysisTests/statistics.json.

Shares no code with Gradus: correlations are numpy.corrcoef, Rasch difficulties the minimum that
SciPy's BFGS finds of the conditional likelihood with polynomials multiplied by numpy.convolve.
usage: cohorts.py > statistics.json   (needs numpy and scipy)
"""
import json
import sys

import numpy as np
from scipy import optimize, stats


def graded(seed, candidates, items):
    """Scores in hundredths with partial credit; some blank, one item all right in the last cohort."""
    rng = np.random.default_rng(seed)
    ability = rng.normal(0, 1.1, candidates)
    difficulty = np.linspace(-1.8, 2.1, items)
    worth = rng.choice([100, 150, 200, 400], items)
    chance = 1 / (1 + np.exp(difficulty - ability[:, None]))
    right = rng.random((candidates, items)) < chance
    partial = rng.choice([0.0, 0.0, 0.25, 0.5], (candidates, items))
    scores = np.where(right, worth, np.round(partial * worth)).astype(int)
    return scores, worth, right.astype(int)


def alpha(table):
    k = table.shape[1]
    return k / (k - 1) * (1 - table.var(axis=0, ddof=1).sum() / table.sum(axis=1).var(ddof=1))


def kr20(right):
    k = right.shape[1]
    p = right.mean(axis=0)
    return k / (k - 1) * (1 - (p * (1 - p)).sum() / right.sum(axis=1).var())


def feldt(value, n, k):
    a, b = n - 1, (n - 1) * (k - 1)
    return [
        1 - (1 - value) * stats.f.ppf(0.975, a, b),
        1 - (1 - value) * stats.f.ppf(0.025, a, b),
    ]


def item(table, worth, index):
    x = table[:, index].astype(float)
    rest = table.sum(axis=1) - x
    covariance = np.cov(x, rest)[0, 1]
    return {
        "facility": x.mean() / worth[index],
        "deviation": x.std(ddof=1),
        "discrimination": np.corrcoef(x, rest)[0, 1],
        "efficiency": covariance / np.cov(np.sort(x), np.sort(rest))[0, 1],
    }


def weights(table):
    total = table.sum(axis=1)
    roots = [
        np.sqrt(max(0.0, np.cov(table[:, i], total)[0, 1])) for i in range(table.shape[1])
    ]
    return [root / sum(roots) for root in roots]


def rasch(right):
    k = right.shape[1]
    sums = right.sum(axis=0)
    scores = np.bincount(right.sum(axis=1), minlength=k + 1)

    def loss(free):
        beta = np.append(free, -free.sum())
        polynomial = np.array([1.0])
        for value in np.exp(-beta):
            polynomial = np.convolve(polynomial, [1.0, value])
        return beta @ sums + scores @ np.log(polynomial)

    found = optimize.minimize(loss, np.zeros(k - 1), method="BFGS", options={"gtol": 1e-7})
    return np.append(found.x, -found.x.sum())


cohorts = []
for seed, candidates, items in [(1, 60, 5), (2, 300, 12), (3, 400, 30)]:
    scores, worth, right = graded(seed, candidates, items)
    a = alpha(scores)
    cohorts.append(
        {
            "worth": worth.tolist(),
            "scores": scores.tolist(),
            "right": ["".join(map(str, row)) for row in right],
            "mean": scores.sum(axis=1).mean(),
            "variance": scores.sum(axis=1).var(ddof=1),
            "alpha": a,
            "interval": feldt(a, candidates, items),
            "error": scores.sum(axis=1).std(ddof=1) * np.sqrt(1 - a),
            "kr20": kr20(right),
            "items": [item(scores, worth, i) for i in range(items)],
            "weights": weights(scores),
            "rasch": rasch(right).tolist(),
        }
    )

tables = [[[30, 70], [45, 55], [38, 62]], [[12, 8], [15, 5]], [[400, 100], [310, 190], [350, 150]]]
tests = [stats.chi2_contingency(table, correction=False) for table in tables]
tails = [[x, d, stats.chi2.sf(x, d)] for d in (1, 2, 5, 30, 200) for x in (0.1, 1, 4, 30, 250)]
quantiles = [
    [p, a, b, stats.f.ppf(p, a, b)]
    for p in (0.025, 0.975) for a, b in ((5, 7), (59, 236), (9999, 290000))
]
json.dump(
    {
        "cohorts": cohorts,
        "homogeneity": [
            {"table": table, "chiSquared": test[0], "chance": test[1]}
            for table, test in zip(tables, tests)
        ],
        "chiSquaredTails": tails,
        "fQuantiles": quantiles,
    },
    sys.stdout,
    separators=(",", ":"),
)
