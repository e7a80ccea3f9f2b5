"""Tokens, tags and texts."""

from fractions import Fraction as Q

from engine.registry import family


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
