"""Questions that ask alike, pair by pair: BLEU as nltk has it with smoothing method 1, and average linkage by definition."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations


def bleu(reference, words):
    """BLEU-4 of ``words`` against ``reference``."""
    logarithms = []
    for order in range(1, 5):
        grams, others = (
            Counter(tuple(text[i : i + order]) for i in range(len(text) - order + 1)) for text in (words, reference)
        )
        matches = sum(min(count, others[gram]) for gram, count in grams.items())
        if order == 1 and matches == 0:
            return 0.0
        logarithms.append(math.log((matches or 0.1) / max(1, len(words) - order + 1)))
    brevity = min(0.0, 1 - len(reference) / len(words))
    return math.exp(brevity + sum(logarithms) / 4)


def distance(a, b):
    """In units of 2**-32."""
    if a == b:
        return 0
    return round(min(1.0, max(0.0, 1 - (bleu(a, b) + bleu(b, a)) / 2)) * 2**32)


def cluster_shares(texts, threshold=0.5):
    """Merges the nearest two clusters, the earliest of equally near ones, while they are below the threshold."""
    words = [text.split() for text in texts]
    clusters = [[i for i, other in enumerate(words) if other == own] for own in words]
    clusters = [cluster for i, cluster in enumerate(clusters) if cluster[0] == i]
    while True:
        pairs = [
            (sum(distance(words[i], words[j]) for i in a for j in b) / (2**32 * len(a) * len(b)), a, b)
            for a, b in combinations(clusters, 2)
        ]
        nearest = min(pairs, key=lambda pair: pair[0], default=None)
        if nearest is None or nearest[0] >= threshold:
            break
        _, into, other = nearest
        clusters.remove(other)
        into += other
    return [next(len(c) for c in clusters if i in c) / len(texts) for i in range(len(texts))]
