"""Predictions in the form of the HTTP contract: plain JSON, warnings said in a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from workbench.data.fields import Problem
from workbench.data.signature import Signature
from workbench.predict.predictions import Predictions, plain
from workbench.words import Lang, Text


def predictions(found: Predictions, lang: Lang, *, extra: Mapping[int, Sequence[Problem]]) -> list[dict[str, Any]]:
    """Return one answer for each row.

    Parameters
    ----------
    found : Predictions
        What the Predictor said.
    lang : {"ja", "en"}
        The language of the warnings.
    extra : mapping
        More warnings by row.

    Returns
    -------
    list of dict
        ``prediction`` (null where held), ``probability`` by label, ``warnings`` and ``reasons``.
    """
    reasons = found.reasons or [[] for _ in found.prediction]
    return [
        {
            "prediction": plain(value),
            "probability": {} if i in found.held else {str(label): float(p[i]) for label, p in found.probabilities.items()},
            "warnings": [
                warning(problem, lang) for group in (found.held, found.warnings, extra) for problem in group.get(i, ())
            ],
            "reasons": reasons[i],
        }
        for i, value in enumerate(found.prediction)
    ]


def warning(problem: Problem, lang: Lang) -> dict[str, Any]:
    """Return one warning as plain data."""
    return {"code": problem.code, "field": problem.field, "text": problem.text.say(lang)}


def absent(rows: Sequence[Mapping[str, Any]], signature: Signature) -> list[Problem]:
    """Return a problem for every required column that a row does not carry at all; null counts as carried."""
    needed = [entry.name for entry in signature.fields if entry.required]
    return [
        Problem(row=i, field=name, text=Text("signature.missing_column", field=name), code="missing_column")
        for i, row in enumerate(rows)
        for name in needed
        if name not in row
    ]


def unknown(rows: Sequence[Mapping[str, Any]], known: frozenset[str]) -> dict[int, list[Problem]]:
    """Return a warning for every value that no column of the model takes: a misspelt name would go unnoticed."""
    found: dict[int, list[Problem]] = {}
    for i, row in enumerate(rows):
        for name in row.keys() - known:
            found.setdefault(i, []).append(
                Problem(row=i, field=name, text=Text("predict.unknown", column=name), code="unknown_column")
            )
    return found
