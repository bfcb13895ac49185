"""Which words can a student be trusted with? Those in which it ranks songs it never heard as its teacher does."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata


@dataclass(frozen=True)
class Audible:
    """How well each word is heard, float64 [words] each; nan where student or teacher tell no two songs apart."""

    rank: np.ndarray  # Spearman's correlation of the two rankings
    auc: np.ndarray  # how often a song of the teacher's top tenth is put before one of the rest
    surest: np.ndarray  # the teacher's probability of the word, averaged over that tenth

    def heard(self, least_auc: float = 0.8, least_sure: float = 0.03) -> np.ndarray:
        """The words to keep, bool [words]: nobody can learn, or check, a word of which the teacher is never sure."""
        return (self.auc >= least_auc) & (self.rank > 0) & (self.surest >= least_sure)


def audible(student: np.ndarray, teacher: np.ndarray, top: float = 0.1) -> Audible:
    """Compare scores of held-back songs [songs, words], the student's on any scale, the teacher's probabilities.

    AUC is Mann and Whitney's: the mean rank of the teacher's top songs among all. Raises ValueError where the two
    differ in shape or there are too few songs to tell a top from a rest.
    """
    count = round(top * len(teacher))
    if student.shape != teacher.shape or not 0 < count < len(teacher):
        raise ValueError(f"cannot compare {student.shape} with {teacher.shape} scores, the top {top:.0%} of the songs")
    said, meant = rankdata(student, axis=0), rankdata(teacher, axis=0)  # [songs, words], from 1 on
    said_off, meant_off = said - said.mean(0), meant - meant.mean(0)
    spread = np.sqrt((said_off**2).sum(0) * (meant_off**2).sum(0))
    flat = spread == 0
    rank = np.where(flat, np.nan, (said_off * meant_off).sum(0) / np.where(flat, 1, spread))
    best = np.argsort(-teacher, axis=0, kind="stable")[:count]  # [count, words]
    auc = (np.take_along_axis(said, best, axis=0).mean(0) - (count + 1) / 2) / (len(teacher) - count)
    surest = np.take_along_axis(teacher, best, axis=0).mean(0)
    return Audible(rank, np.where(flat, np.nan, auc), surest.astype(np.float64))
