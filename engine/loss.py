"""The contrastive losses: what belongs together comes together, what does not is pushed apart."""

import torch
from torch import Tensor
from torch.nn import functional as F


def decoupled_infonce(z: Tensor, song: Tensor, album: Tensor, temperature: float = 0.1) -> Tensor:
    """Multi-positive InfoNCE with the positives left out of the denominator (Yeh et al. 2022, arXiv 2110.06848).

    z [n, d] are projections, song [n] and album [n] numbers. Positives P(i) are the other rows of the same song,
    negatives N(i) the rows of other albums; other songs of the same album neither pull nor push.

        L = mean_i [ -1/|P(i)| sum_{p in P(i)} z_i.z_p / t  +  log sum_{n in N(i)} exp(z_i.z_n / t) ]

    Computed in float32. A row without a positive or without a negative does not count; with none left, zero.
    """
    z = F.normalize(z.float(), dim=1)
    similarity = z @ z.T / temperature  # [n, n]
    same_song = song[:, None] == song[None, :]
    positive = same_song & ~torch.eye(len(z), dtype=torch.bool, device=z.device)
    negative = ~same_song & (album[:, None] != album[None, :])
    counts = positive.any(1) & negative.any(1)
    attraction = (similarity * positive).sum(1) / positive.sum(1).clamp(min=1)
    repulsion = similarity.masked_fill(~negative, -1e4).logsumexp(1)
    return ((repulsion - attraction) * counts).sum() / counts.sum().clamp(min=1)


def masked_segment_infonce(guess: Tensor, truth: Tensor, temperature: float = 0.1) -> Tensor:
    """InfoNCE that tells a hidden segment from all others of the batch, those of its own song included.

    guess [n, d] is what the Transformer says of the hidden segments, truth [n, d] what the CNN heard of them (no
    gradient).  L = -log softmax(guess_i . truth_j / t)_{j = i}.
    """
    guess = F.normalize(guess.float(), dim=1)
    truth = F.normalize(truth.float(), dim=1).detach()
    return F.cross_entropy(guess @ truth.T / temperature, torch.arange(len(guess), device=guess.device))
