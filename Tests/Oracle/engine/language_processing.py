"""Tokens, tags and texts."""

import difflib
import itertools
import math
import re
from collections import Counter
from fractions import Fraction as Q

import nltk
import numpy as np
import torch
from nltk.translate import bleu_score
from tokenizers import Tokenizer
from tokenizers.models import WordPiece

from engine.registry import family, fractions, tensor


def merged(symbols, pair):
    out, i = [], 0
    while i < len(symbols):
        if tuple(symbols[i:i + 2]) == pair:
            out.append("".join(pair))
            i += 2
        else:
            out.append(symbols[i])
            i += 1
    return out


def learn(words, count, weighted=True):
    corpus = {w: list(w) for w in words}
    merges = []
    for _ in range(count):
        pairs = {}
        for w, symbols in corpus.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] = pairs.get(pair, 0) + (words[w] if weighted else 1)
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        corpus = {w: merged(s, best) for w, s in corpus.items()}
    return merges


@family("nlp.bpe-merges")
def bpe(p):
    words, text = p["words"], p["encode"]
    merges = learn(words, p["merges"])
    tokens = list(text)
    for pair in merges:
        tokens = merged(tokens, pair)
    letters = sorted(set("".join(words)))
    vocabulary = set(letters) | {a + b for a, b in merges}
    greedy, rest = [], text
    while rest:
        longest = max((v for v in vocabulary if rest.startswith(v)), key=len, default=rest[0])
        greedy.append(longest)
        rest = rest[len(longest):]
    used = {s for pair in merges for s in pair}
    mistakes = {
        "counts-ignored": ("merges", [a + b for a, b in learn(words, p["merges"], False)]),
        "longest-match": ("tokens", greedy), "characters": ("tokens", list(text)),
        "only-merges-counted": ("vocab", len(merges)),
        "merged-symbols-removed": [
            ("vocab", len(vocabulary - used)), ("vocab", len(vocabulary) - len(merges)),
            ("vocab", len(letters))],
    }
    parts = {"merges": [a + b for a, b in merges], "tokens": tokens,
             "vocab": len(letters) + len(merges)}
    return parts, mistakes


@family("nlp.ngram-smoothing")
def ngram(p):
    V, k, c, n, N = p["V"], Q(p["k"]), p["countBigram"], p["countContext"], p["tokens"]
    c2, n2 = p["second"]
    one, two = (c + k) / (n + k * V), (c2 + k) / (n2 + k * V)
    mistakes = {
        "denominator-not-smoothed": ("smoothed", (c + k) / n),
        "numerator-not-smoothed": ("smoothed", c / (n + k * V)),
        "one-not-V": ("smoothed", (c + k) / (n + k)),
        # How many words were seen after the context is not among the parameters.
        "types-seen-only": [("smoothed", (c + k) / (n + k * seen)) for seen in range(1, V)],
        "joint": ("mle", Q(c, N)), "context-reversed": ("mle", Q(n, c)) if c else None,
        "added": ("sentence", one + two),
    }
    return {"mle": Q(c, n), "smoothed": one, "sentence": one * two}, mistakes


@family("nlp.tfidf")
def term_weighting(p):
    N, df, tf, length = p["documents"], p["df"], p["tf"], p["docLength"]
    idf = math.log(N / df)
    mistakes = {
        "inverse-df": ("idf", math.log(df / N)), "log10": ("idf", math.log10(N / df)),
        "log2": ("idf", math.log2(N / df)), "no-log": ("idf", Q(N, df)),
        "smoothed": ("idf", math.log((1 + N) / (1 + df)) + 1), "idf-only": ("tfidf", idf),
        "normalised-tf": ("tfidf", tf / length * idf),
    }
    return {"idf": idf, "tfidf": tf * idf}, mistakes


@family("nlp.bleu")
def bleu(p):
    candidate, reference = p["candidate"], p["reference"]
    one, two = (bleu_score.modified_precision([reference], candidate, n) for n in (1, 2))
    c, r = len(candidate), len(reference)
    penalty = bleu_score.brevity_penalty(r, c)
    score = bleu_score.sentence_bleu([reference], candidate, weights=(0.5, 0.5))
    matches = sum((Counter(candidate) & Counter(reference)).values())
    types = set(candidate)
    mistakes = {
        "recall": ("p1", Q(matches, r)),
        "types": ("p1", Q(len(types & set(reference)), len(types))),
        "not-clipped": ("p1", Q(sum(w in reference for w in candidate), c)),
        "length-ratio": ("bp", Q(c, r)), "brevity-inverted": ("bp", math.exp(1 - c / r)),
        "no-brevity": ("bleu2", score / penalty), "product": ("bleu2", penalty * one * two),
        "arithmetic-mean": ("bleu2", penalty * (one + two) / 2),
    }
    # NLTK's fractions are not reduced ones.
    plain = lambda share: Q(share.numerator, share.denominator)
    return {"p1": plain(one), "p2": plain(two), "bp": penalty, "bleu2": score}, mistakes


def lcs_length(a, b):
    """The length of the longest common subsequence: inserting and deleting are all that is left."""
    return (len(a) + len(b) - nltk.edit_distance(a, b, substitution_cost=2)) // 2


@family("nlp.rouge")
def rouge(p):
    candidate, reference = p["candidate"], p["reference"]
    c, r, length = len(candidate), len(reference), lcs_length(candidate, reference)
    overlap = sum((Counter(candidate) & Counter(reference)).values())
    block = difflib.SequenceMatcher(None, candidate, reference, autojunk=False).find_longest_match()
    mistakes = {
        "substring": ("lcs", block.size), "bag-overlap": ("lcs", overlap),
        "precision": ("rouge1r", Q(overlap, c)), "recall-only": ("rougeLf", Q(length, r)),
        "not-clipped": ("rouge1r", Q(sum(w in reference for w in candidate), r)),
        "arithmetic-mean": ("rougeLf", (Q(length, c) + Q(length, r)) / 2),
    }
    return {"lcs": length, "rouge1r": Q(overlap, r), "rougeLf": Q(2 * length, c + r)}, mistakes


@family("nlp.edit-distance")
def edit_distance(p):
    a, b, cost, (i, j) = p["a"], p["b"], p["subCost"], p["cell"]
    distance = lambda x, y, by=cost: nltk.edit_distance(x, y, substitution_cost=by)
    gap = abs(len(a) - len(b))
    mistakes = {
        "other-substitution-cost": ("d", distance(a, b, 3 - cost)), "length-difference": ("d", gap),
        "position-by-position": ("d", cost * sum(x != y for x, y in zip(a, b)) + gap),
        "longest-length-minus-lcs": ("d", max(len(a), len(b)) - lcs_length(a, b)),
        "similarity": ("d", lcs_length(a, b)),
    }
    return {"d": distance(a, b), "cell": distance(a[:i], b[:j])}, mistakes


@family("nlp.sgns-update")
def skip_gram_step(p):
    u, v, y, lr = tensor(p["u"]), tensor(p["v"], requires_grad=True), tensor(p["label"]), p["lr"]
    torch.nn.functional.binary_cross_entropy_with_logits(u @ v, y).backward()
    prob, g, old = torch.sigmoid(u @ v).item(), v.grad, v.detach()
    mistakes = {
        "label-sign": ("gradC", (-g).tolist()),
        "own-vector": ("gradC", ((prob - y) * old).tolist()),
        # σ stands for the error; with the label 0 it is the error, and nothing is left of it.
        "no-error": ("gradC", ((prob if y else 1) * u).tolist()),
        "with-slope": ("gradC", (g * prob * (1 - prob)).tolist()),
        "ascent": ("vNew", (old + lr * g).tolist()), "lr-forgotten": ("vNew", (old - g).tolist()),
    }
    return {"p": prob, "gradC": g.tolist(), "vNew": (old - lr * g).tolist()}, mistakes


@family("nlp.beam-search")
def beam_search(p):
    first, second = fractions(p["first"]), fractions(p["second"])
    names = "xyz"
    every = {(i, j): first[i] * second[i][j] for i in range(3) for j in range(3)}
    start = sorted(range(3), key=lambda i: -first[i])
    beam = {path: prob for path, prob in every.items() if path[0] in start[:2]}
    text = lambda path: "".join(names[i] for i in path)
    best = max(beam, key=beam.get)
    top = max(range(3), key=lambda j: second[start[0]][j])
    sums = {(i, j): first[i] + second[i][j] for i, j in beam}
    i, j = best
    mistakes = {
        "greedy-answer": ("best", text((start[0], top))),
        "exhaustive": ("best", text(max(every, key=every.get))),
        "probabilities-added": ("best", text(max(sums, key=sums.get))),
        "last-step-only": ("prob", second[i][j]), "added": ("prob", first[i] + second[i][j]),
    }
    return {"greedy": text((start[0], top)), "best": text(best), "prob": beam[best]}, mistakes


@family("nlp.viterbi")
def viterbi(p):
    obs, (sh, sc), (eh, ec) = p["obs"], fractions(p["stay"]), fractions(p["emit0"])
    start = {"H": Q(p["start"]), "C": 1 - Q(p["start"])}
    move = {"HH": sh, "HC": 1 - sh, "CC": sc, "CH": 1 - sc}
    emit = {"H": [eh, 1 - eh], "C": [ec, 1 - ec]}

    def chance(path):
        steps = math.prod(move[a + b] for a, b in zip(path, path[1:]))
        return start[path[0]] * steps * math.prod(emit[s][o] for s, o in zip(path, obs))

    paths = ["".join(path) for path in itertools.product("HC", repeat=len(obs))]
    best, total = max(paths, key=chance), sum(map(chance, paths))
    greedy = ""
    for o in obs:
        greedy += max("HC", key=lambda s: (move[greedy[-1] + s] if greedy else start[s]) * emit[s][o])
    mistakes = {
        "stepwise-greedy": ("path", greedy), "reversed": ("path", best[::-1]),
        "emissions-only": ("path", "".join(max("HC", key=lambda s: emit[s][o]) for o in obs)),
        "forward-for-viterbi": ("prob", total),
        "start-forgotten": ("prob", chance(best) / start[best[0]]),
    }
    return {"path": best, "prob": chance(best), "total": total}, mistakes


@family("nlp.analogy-cosine")
def analogy(p):
    v = {name: np.array(vector, float) for name, vector in p["vectors"].items()}
    goal = v["b"] - v["a"] + v["c"]
    cosine = lambda name, to=goal: v[name] @ to / np.linalg.norm(v[name]) / np.linalg.norm(to)
    others = [n for n in v if n not in ("a", "b", "c")]
    best = max(others, key=cosine)
    turned = v["a"] - v["b"] + v["c"]
    mistakes = {
        "distance-for-cosine": ("answer", min(others, key=lambda n: np.linalg.norm(v[n] - goal))),
        # An input may point the same way as the right word.
        "inputs-allowed": [
            ("answer", n) for n in v if n != best and cosine(n) > max(map(cosine, v)) - 1e-12],
        "dot-product": ("answer", max(others, key=lambda n: v[n] @ goal)),
        "difference-reversed": (
            "answer", max(others, key=lambda n: cosine(n, turned)) if turned.any() else None),
    }
    return {"answer": best, "cos": cosine(best)}, mistakes


def spans(tags):
    """The entities of BIO tags, as pairs of first place and place behind the last."""
    text = "".join(tags)
    return {match.span() for match in re.finditer("BI*", text)}


@family("nlp.entity-f1")
def entity_scores(p):
    gold, predicted = p["gold"], p["pred"]
    wanted, found = spans(gold), spans(predicted)
    right = len(wanted & found)
    P, R = Q(right, len(found)), Q(right, len(wanted))
    f1 = lambda hits, one, two: Q(2 * hits, one + two)
    meets = lambda a, b: a[0] < b[1] and b[0] < a[1]
    touched = sum(any(meets(a, b) for b in wanted) for a in found)
    inside = lambda tags: sum(t != "O" for t in tags)
    agreeing = [g for g, t in zip(gold, predicted) if g == t]
    both = sum(g != "O" and t != "O" for g, t in zip(gold, predicted))
    mistakes = {
        "token-level": [("f1", f1(hits, inside(predicted), inside(gold)))
                        for hits in (both, inside(agreeing))],
        "overlap-counts": ("precision", Q(touched, len(found))),
        "token-accuracy": ("f1", Q(len(agreeing), len(gold))),
        "recall-for-precision": ("precision", R),
        "arithmetic-mean": ("f1", (P + R) / 2),
    }
    return {"precision": P, "recall": R, "f1": f1(right, len(found), len(wanted))}, mistakes


@family("nlp.wordpiece", whole=True)
def word_pieces(question):
    word = question["parameters"]["word"]
    # The vocabulary is printed, one for all questions.
    listed = question["prompt"]["text"].split("vocabulary is")[1].split()
    model = WordPiece({piece: i for i, piece in enumerate(["UNK", *listed])}, unk_token="UNK")
    tokens = Tokenizer(model).encode(word).tokens

    def shortest(rest, mark=""):
        if not rest:
            return []
        for size in range(1, len(rest) + 1):
            if mark + rest[:size] in listed:
                return [mark + rest[:size], *shortest(rest[size:], "##")]
        return ["UNK"]

    mistakes = {
        "shortest-first": ("tokens", shortest(word)), "whole-unknown": ("tokens", ["UNK"]),
        "prefix-dropped": ("tokens", [t.removeprefix("##") for t in tokens]),
        "characters": ("tokens", list(word)),
    }
    return {"tokens": tokens}, mistakes
