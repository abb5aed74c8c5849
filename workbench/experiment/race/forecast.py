"""How long a comparison will still take, from the folds that are done."""

from __future__ import annotations

import math
from collections.abc import Mapping

from workbench.words import Text

# So many folds have to be done before anything is said: the first ones also load libraries.
FEWEST = 3
# Below so many seconds the rest is said in seconds.
IN_SECONDS = 90


class Forecast:
    """The rest of a comparison.

    Parameters
    ----------
    costs : mapping
        Every candidate with its place in the order of running, dear ones last.
    folds : int
        Folds of each.
    workers : int
        Folds side by side.
    """

    def __init__(self, costs: Mapping[str, int], *, folds: int, workers: int) -> None:
        self.costs, self.folds, self.workers = dict(costs), folds, max(1, workers)
        self.seconds: dict[str, list[float]] = {model: [] for model in costs}
        self.closed: set[str] = set()

    @property
    def total(self) -> int:
        """All folds of all candidates."""
        return len(self.costs) * self.folds

    @property
    def done(self) -> int:
        """Folds that are done, or will not be tried because another of their candidate failed."""
        return sum(self.folds if model in self.closed else len(self.seconds[model]) for model in self.costs)

    def fold(self, model: str, seconds: float) -> None:
        """Note a fold that is done."""
        if model in self.seconds:
            self.seconds[model].append(seconds)

    def close(self, model: str) -> None:
        """Note that nothing more comes of a candidate."""
        self.closed.add(model)

    def rest(self) -> float | None:
        """Return the seconds that are left, None while too little is known."""
        known = {model: sum(found) / len(found) for model, found in self.seconds.items() if found}
        if sum(len(found) for found in self.seconds.values()) < FEWEST:
            return None
        # The order of running is coarse; between its ends candidates differ a hundredfold.
        unit = sum(known.values()) / sum(self.costs[model] ** 2 or 1 for model in known)
        left = 0.0
        for model, cost in self.costs.items():
            if model not in self.closed:
                left += (self.folds - len(self.seconds[model])) * known.get(model, unit * max(cost, 1) ** 2)
        # The refit of the best on all rows comes on top.
        return left / self.workers + max(known.values())

    def text(self, *, most: float | None = None) -> Text:
        """Return how far the comparison is, in a sentence.

        Parameters
        ----------
        most : float, optional
            Seconds after which nothing new is begun.
        """
        rest = self.rest()
        figures = {"done": self.done, "total": self.total}
        if rest is None:
            return Text("progress.folds", **figures)
        rest = rest if most is None else min(rest, max(most, 0.0))
        if rest < IN_SECONDS:
            return Text("progress.seconds", **figures, seconds=max(5, 5 * math.ceil(rest / 5)))
        return Text("progress.minutes", **figures, minutes=math.ceil(rest / 60))
