"""Surprising and yet not senseless: from the songs that are like the query, those from elsewhere, unlike each other."""

import numpy as np

POOL = 5  # times as many candidates as songs asked for, when nothing but surprise counts


def surprising(
    vectors: np.ndarray, similarity: np.ndarray, home: np.ndarray, surprise: float, k: int, songs: int
) -> list[int]:
    """Which k of the candidates to list, as rows in the order of listing; fewer where there are fewer.

    The candidates, best first, are as similar to the query as `similarity` [n] says; `vectors` [n, dim] are unit rows,
    and `home` [n], 0 to 1, says how much of where the query comes from (artist, album, cluster) each shares. `surprise`
    goes from 0, the closest, to 1. Only the nearest k + surprise * (5 - 1) k are looked at, and beyond k nothing but
    the nearest third of the `songs` there are: what is listed is always like the query. One after the other is listed
    by maximal marginal relevance (Carbonell and Goldstein 1998), here
    (1 - surprise / 2) * relevance - surprise / 2 * (home + its largest cosine to a song listed before it),
    where the relevance is the similarity, scaled to 0 for the last and 1 for the first of the candidates.
    """
    n = min(len(vectors), max(k, min(round(k + surprise * (POOL - 1) * k), songs // 3)))
    vectors, similarity = vectors[:n], similarity[:n]
    relevance = (similarity - similarity.min(initial=1)) / (np.ptp(similarity) or 1.0) if n else similarity
    worth = (1 - surprise / 2) * relevance - surprise / 2 * home[:n]
    listed: list[int] = []
    likeness = np.zeros(n)  # the largest cosine to a song already listed
    for _ in range(min(k, n)):
        score = worth - surprise / 2 * likeness
        score[listed] = -np.inf
        listed.append(int(score.argmax()))
        np.maximum(likeness, vectors @ vectors[listed[-1]], out=likeness)
    return listed
