"""Scores of models."""

import math
from fractions import Fraction as Q

from engine.registry import family


@family("ml.confusion-metrics")
def confusion(p):
    tp, fp, fn, tn = (p[n] for n in ("TP", "FP", "FN", "TN"))
    P, R = Q(tp, tp + fp), Q(tp, tp + fn)
    S, A = Q(tn, tn + fp), Q(tp + tn, tp + fp + fn + tn)
    mistakes = {
        "recall-for-precision": ("precision", R), "specificity-for-precision": ("precision", S),
        "precision-for-recall": ("recall", P), "arithmetic-mean": ("f1", (P + R) / 2),
        "geometric-mean": ("f1", math.sqrt(P * R)), "jaccard": ("f1", Q(tp, tp + fp + fn)),
        "accuracy-for-f1": ("f1", A), "npv-for-specificity": ("specificity", Q(tn, tn + fn)),
        "fpr-for-specificity": ("specificity", 1 - S),
    }
    parts = {"precision": P, "recall": R, "f1": 2 / (1 / P + 1 / R), "accuracy": A, "specificity": S}
    return parts, mistakes
