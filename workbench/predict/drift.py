"""How far the scored rows lie from the training data, column by column: the thin first look."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from workbench.words import Text

if TYPE_CHECKING:
    from workbench.predict.predictions import Predictions

# Below these a difference is nothing to act on.
LEAST_OUTSIDE = 0.05
LEAST_MISSING_CHANGE = 0.10
OUTSIDE = ("unseen_category", "out_of_range", "out_of_bounds")


class Drift:
    """Counts over the chunks of one batch, compared with the bundle's training profile.

    Parameters
    ----------
    training : mapping
        The bundle's profile of the training data: by column at least its ``missing_rate``.
    """

    def __init__(self, training: Mapping[str, Mapping[str, Any]]) -> None:
        self.training = training
        self.rows = 0
        self.outside: Counter[tuple[str, str]] = Counter()
        self.blanks: Counter[str] = Counter()

    def add(self, found: Predictions) -> None:
        """Take one chunk in."""
        self.rows += len(found)
        self.blanks.update(found.blanks)
        self.outside.update({(f.field, f.code): len(f.rows) for f in found.doubtful if f.code in OUTSIDE})

    def report(self) -> list[dict[str, Any]]:
        """Return what is over a threshold, largest first: ``column``, ``kind``, ``share``, ``training``, ``text``."""
        entries = [self.entry(name, code, count / self.rows, 0.0) for (name, code), count in self.outside.items()]
        found = [entry for entry in entries if entry["share"] >= LEAST_OUTSIDE]
        for name, count in self.blanks.items():
            before = self.training.get(name, {}).get("missing_rate")
            if self.rows and before is not None and abs(count / self.rows - before) >= LEAST_MISSING_CHANGE:
                found.append(self.entry(name, "missing_rate", count / self.rows, float(before)))
        return sorted(found, key=lambda entry: -abs(entry["share"] - entry["training"]))

    def entry(self, name: str, kind: str, share: float, before: float) -> dict[str, Any]:
        """Return one finding."""
        text = Text(f"predict.drift.{kind}", column=name, share=f"{share:.1%}", training=f"{before:.1%}")
        return {"column": name, "kind": kind, "share": share, "training": before, "text": text}
