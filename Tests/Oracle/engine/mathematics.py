"""Linear algebra, analysis and chance."""

from fractions import Fraction as Q

from engine.registry import family


@family("math.bayes")
def bayes(p):
    a, s, f = (Q(p[n]) for n in ("prior", "sensitivity", "falsePositive"))
    evidence = a * s + (1 - a) * f
    mistakes = {
        "base-rate-ignored": ("posterior", s), "prior-not-normalised": ("posterior", a * s),
        "complement-of-fp": ("posterior", 1 - f), "equal-priors": ("posterior", s / (s + f)),
        "false-positive-as-complement": ("posterior", a * s / (a * s + (1 - a) * (1 - f))),
        "one-minus-sensitivity": ("posterior", a * s / (a * s + (1 - a) * (1 - s))),
        "prior-in-both": ("evidence", a * s + a * f),
    }
    return {"posterior": a * s / evidence, "evidence": evidence}, mistakes
