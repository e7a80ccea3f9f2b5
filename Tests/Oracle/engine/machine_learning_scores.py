"""Scores of models, and what comes before fitting them."""

import itertools
import math
import statistics
from fractions import Fraction as Q

import numpy as np
from sklearn import metrics, preprocessing
from sklearn.model_selection import KFold, LeaveOneOut, ParameterGrid

from engine.registry import family, fractions


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


@family("ml.bias-variance")
def bias_variance(p):
    values, truth, noise = fractions(p["predictions"]), p["truth"], p["noiseVar"]
    bias = statistics.mean(values) - truth
    variance = statistics.pvariance(values)
    error = statistics.mean((v - truth) ** 2 for v in values)
    mistakes = {
        "bias-not-squared": ("bias2", bias), "mean-squared-error-as-bias": ("bias2", error),
        "unbiased-variance": ("variance", statistics.variance(values)),
        "noise-forgotten": ("mse", error), "std-not-variance": ("variance", math.sqrt(variance)),
    }
    return {"bias2": bias ** 2, "variance": variance, "mse": error + noise}, mistakes


@family("ml.roc-auc")
def area_under_roc(p):
    labels, scores = p["labels"], p["scores"]
    split = lambda label: [s for s, own in zip(scores, labels) if own == label]
    pairs = list(itertools.product(split(1), split(0)))
    auc = metrics.roc_auc_score(labels, scores)
    share = lambda tie: sum((a > b) + tie * (a == b) for a, b in pairs) / len(pairs)
    mistakes = {
        "discordant": ("auc", 1 - auc), "ties-count-full": ("auc", share(1)),
        "accuracy": ("auc", metrics.accuracy_score(labels, [int(s >= 5) for s in scores])),
        "ties-count-zero": ("auc", share(0)),
        "all-ordered-pairs": ("pairs", math.comb(len(labels), 2)),
    }
    return {"pairs": len(pairs), "auc": auc}, mistakes


@family("ml.multiclass-averages")
def multiclass_averages(p):
    cells = [(i, j) for i, row in enumerate(p["confusion"])
             for j, n in enumerate(row) for _ in range(n)]
    truth, predicted = zip(*cells)
    score = lambda kind, average: getattr(metrics, f"{kind}_score")(
        truth, predicted, average=average, zero_division=0)
    macro = {kind: score(kind, "macro") for kind in ("precision", "recall", "f1")}
    harmonic = statistics.harmonic_mean([macro["precision"], macro["recall"]])
    mistakes = {
        "micro-for-macro": ("macroF1", score("f1", "micro")),
        "f1-of-averages": ("macroF1", harmonic),
        "macro-precision": ("macroF1", macro["precision"]),
        "macro-recall-for-weighted": ("weightedRecall", macro["recall"]),
    }
    return {"macroF1": macro["f1"], "microF1": score("f1", "micro"),
            "weightedRecall": score("recall", "weighted")}, mistakes


@family("ml.cv-counts")
def validation_counts(p):
    folds, grid, n, refit = p["folds"], p["grid"], p["n"], int(p["refit"])
    samples = np.zeros((n, 1))
    cells = len(ParameterGrid({str(i): range(k) for i, k in enumerate(grid)}))
    train, test = next(iter(KFold(folds).split(samples)))
    fits = folds * cells + refit
    loo = LeaveOneOut().get_n_splits(samples)
    mistakes = {
        "folds-forgotten": [("fits", cells + refit), ("fits", cells)],
        "grid-added": ("fits", folds * sum(grid) + refit),
        "refit-miscounted": ("fits", folds * cells + 1 - refit),
        "test-size": ("trainSize", len(test)), "loo-minus-one": ("loo", loo - 1),
    }
    return {"fits": fits, "trainSize": len(train), "loo": loo}, mistakes


@family("ml.standardise")
def standardise(p):
    train, test = p["train"], p["test"]
    column = lambda values: np.array(values, float)[:, None]
    scaled = lambda scaler: scaler.fit(column(train)).transform(column([test]))[0, 0]
    mean, deviation = statistics.mean(train), statistics.pstdev(train)
    mistakes = {
        "test-included": (
            "z", preprocessing.StandardScaler().fit_transform(column([*train, test]))[-1, 0]),
        "variance-for-std": ("z", (test - mean) / deviation ** 2),
        "sample-std": ("z", (test - mean) / statistics.stdev(train)),
        "not-centred": ("z", test / deviation),
        "clipped": ("minmax", scaled(preprocessing.MinMaxScaler(clip=True))),
        "divided-by-max": ("minmax", Q(test, max(train)) if max(train) else None),
    }
    return {"z": scaled(preprocessing.StandardScaler()),
            "minmax": scaled(preprocessing.MinMaxScaler())}, mistakes


@family("ml.regression-metrics")
def regression_metrics(p):
    y, pred = p["y"], p["pred"]
    mse, mae = metrics.mean_squared_error(y, pred), metrics.mean_absolute_error(y, pred)
    r2 = metrics.r2_score(y, pred)
    constant = len(set(y)) == 1 or len(set(pred)) == 1
    mistakes = {
        "not-averaged": ("mse", mse * len(y)),
        "signed-errors": ("mae", Q(sum(pred) - sum(y), len(y))), "r2-as-ratio": ("r2", 1 - r2),
        "root-of-sum": ("rmse", math.sqrt(mse * len(y))), "mae-for-rmse": ("rmse", mae),
        "correlation-squared": ("r2", statistics.correlation(y, pred) ** 2) if not constant else None,
    }
    parts = {"mse": mse, "mae": mae, "rmse": metrics.root_mean_squared_error(y, pred), "r2": r2}
    return parts, mistakes
