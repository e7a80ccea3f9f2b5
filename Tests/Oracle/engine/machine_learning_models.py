"""Fitting models."""

from fractions import Fraction as Q

from engine.registry import family


@family("ml.logistic-step")
def logistic_step(p):
    k, lr, y = Q(p["expz"]), Q(p["lr"]), p["y"]
    x, w = p["x"], p["w"]
    prob = k / (1 + k)
    error = prob - y
    times = lambda c: [c * v for v in x]
    g = times(error)
    mistakes = {
        "label-sign": ("gradW", times(y - prob)), "mse-slope": ("gradW", times(error * prob * (1 - prob))),
        "no-input": ("gradW", [error] * len(x)), "prediction-not-error": ("gradW", times(prob)),
        "ascent": ("w1", [a + lr * b for a, b in zip(w, g)]),
        "lr-forgotten": ("w1", [a - b for a, b in zip(w, g)]),
        "odds-for-probability": ("p", k),
        "thresholded": ("gradW", times((1 if prob >= Q(1, 2) else 0) - y)),
    }
    return {"p": prob, "gradW": g, "w1": [a - lr * b for a, b in zip(w, g)]}, mistakes
