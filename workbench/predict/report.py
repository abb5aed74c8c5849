"""The report of one batch: counts that reconcile, warnings, drift, and how long it took."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from workbench.data.conforming import REPAIRED
from workbench.predict.safety import Replaced
from workbench.predict.writers import Summary, Writer
from workbench.words import Lang, Text, say

if TYPE_CHECKING:
    from workbench.predict.predictions import Predictions


@dataclass
class Repaired:
    """What was repaired in the rows of a batch before they were scored."""

    rows: int = 0
    """Rows with at least one repaired cell, held ones included."""
    cells: Counter[str] = field(default_factory=Counter)
    """Each column with how many of its cells were repaired."""

    def add(self, found: Predictions) -> None:
        """Take one chunk in."""
        touched = np.zeros(len(found), dtype=bool)
        for finding in found.doubtful:
            if finding.code == REPAIRED:
                touched[finding.rows] = True
                self.cells[finding.field] += len(finding.rows)
        self.rows += int(touched.sum())

    def text(self) -> Text:
        """Say which columns were repaired, the most repaired first."""
        columns = [Text("predict.repaired_column", column=name, count=cells) for name, cells in self.cells.most_common(20)]
        return Text("predict.warning.repaired", count=self.rows, columns=columns)

    def to_list(self) -> list[dict[str, Any]]:
        """Return each column with its number of repaired cells, most first."""
        return [{"column": name, "cells": cells} for name, cells in self.cells.most_common()]


@dataclass
class BatchReport:
    """What a batch did; rows in = predicted + held."""

    model: str
    rows_in: int
    rows_out: int = 0
    """Every returned row, held ones included."""
    predicted: int = 0
    held: int = 0
    flagged: int = 0
    """Predicted rows with a trust flag."""
    explained: int = 0
    """Rows with reasons."""
    warnings: list[Text] = field(default_factory=list)
    drift: list[dict[str, Any]] = field(default_factory=list)
    repaired: Repaired = field(default_factory=Repaired)
    stopped: list[Text] = field(default_factory=list)
    """Why nothing was written; empty where it was."""
    seconds: float = 0.0
    """From rows in memory to predictions, trust flags and reasons in memory."""
    seconds_total: float = 0.0
    disarmed: int = 0
    """Text cells that got an apostrophe, because a spreadsheet would run them."""
    encoding: str | None = None
    replaced: Replaced = field(default_factory=Replaced)
    file: str | None = None
    side_file: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)

    def to_dict(self, lang: Lang) -> dict[str, Any]:
        """Return plain data for JSON, sentences said in a language."""
        return {
            "model": self.model,
            "rows_in": self.rows_in,
            "rows_out": self.rows_out,
            "predicted": self.predicted,
            "held": self.held,
            "flagged": self.flagged,
            "explained": self.explained,
            "warnings": [text.say(lang) for text in [*self.stopped, *self.warnings]],
            "stopped": " ".join(text.say(lang) for text in self.stopped) or None,
            "drift": [entry | {"text": entry["text"].say(lang)} for entry in self.drift],
            "repaired": self.repaired.rows,
            "repairs": self.repaired.to_list(),
            "disarmed": self.disarmed,
            "encoding": self.encoding,
            "replaced_cells": self.replaced.cells,
            "replaced": self.replaced.to_list(self.encoding) if self.encoding else [],
            "file": self.file,
            "side_file": self.side_file,
            "seconds": round(self.seconds, 6),
            "seconds_total": round(self.seconds_total, 6),
            **self.facts,
        }

    def summary(self, lang: Lang) -> Summary:
        """Return what the second sheet says, line by line."""
        lines: Summary = [
            (say("predict.summary.model", lang), self.model),
            (say("predict.summary.fingerprint", lang), str(self.facts.get("fingerprint", "–"))),
            (say("predict.summary.at", lang), str(self.facts.get("at", "–"))),
            (say("predict.summary.rows_in", lang), self.rows_in),
            (say("predict.summary.predicted", lang), self.predicted),
            (say("predict.summary.held", lang), self.held),
            (say("predict.summary.flagged", lang), self.flagged),
            (say("predict.summary.repaired", lang), self.repaired.rows),
        ]
        return [*lines, *((say("predict.summary.note", lang), text.say(lang)) for text in self.notes)]

    @property
    def notes(self) -> list[Text]:
        """Every remark, the drifted columns' among them."""
        return [*self.warnings, *(entry["text"] for entry in self.drift)]

    def take(self, writer: Writer, encoding: str | None) -> None:
        """Note what the writer had to change."""
        self.disarmed, self.replaced, self.encoding = writer.disarmed, writer.replaced, encoding
        if writer.disarmed:
            self.warnings.append(Text("predict.warning.disarmed", count=writer.disarmed))
        if writer.shortened:
            self.warnings.append(Text("predict.warning.shortened", count=writer.shortened))
        if writer.replaced.cells:
            characters = [c for c, _ in writer.replaced.characters.most_common(20)]
            self.warnings.append(
                Text("predict.warning.replaced", count=writer.replaced.cells, encoding=encoding, characters=characters)
            )
