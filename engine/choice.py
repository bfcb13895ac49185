"""Which of the ears that a training passed through is kept, and why: what did not rise on songs held out is not."""

BEFORE = "as it was"  # the ear that training began with
_RECALL = ("excerpt_recall", "excerpt_recall_noise")
_NEIGHBOURS = ("album_p1", "album_map")


def choose(measured: dict[str, dict[str, float]]) -> tuple[str, str]:
    """(the name of the ear to keep, the reason in a sentence), out of the figures of each on songs held out.

    Random weights are never kept. Where training began with an ear, another must find excerpts and neighbours at least
    as well, and one of them better: what one's own songs gain must not be paid for in what it knew. Otherwise the sum
    of all figures decides.
    """
    before = measured.get(BEFORE)
    rivals = {name: figures for name, figures in measured.items() if name not in (BEFORE, "random weights")}
    if before:
        rivals = {name: figures for name, figures in rivals.items() if _no_worse(figures, before)}
        if not rivals:
            return BEFORE, "on the songs held out nothing found both excerpts and neighbours at least as well"
    best = max(rivals, key=lambda name: sum(rivals[name].values()))
    told = ", ".join(f"{name.replace('_', ' ')} {_change(name, rivals[best], before)}" for name in rivals[best])
    return best, f"on the songs held out it did best: {told}"


def _no_worse(figures: dict[str, float], before: dict[str, float]) -> bool:
    gains = [sum(figures[name] - before[name] for name in kind if name in before) for kind in (_RECALL, _NEIGHBOURS)]
    return min(gains) >= 0 and max(gains) > 0


def _change(name: str, figures: dict[str, float], before: dict[str, float] | None) -> str:
    return f"{before[name]:.2f} -> {figures[name]:.2f}" if before else f"{figures[name]:.2f}"
