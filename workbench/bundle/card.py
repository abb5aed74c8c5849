"""The model card: what a model is for a person who meets it, short and in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from workbench.bundle.fitted import Fitted
from workbench.data.repairs import Repair, Repairs
from workbench.figure import score
from workbench.words import LANGUAGES, Lang, Text


def card(fitted: Fitted, origin: Mapping[str, Any], *, features: int, repairs: Repairs) -> str:
    """Return the card as Markdown, Japanese first.

    Parameters
    ----------
    fitted : Fitted
        The model and its scores.
    origin : mapping
        ``name``, ``target``, ``rows``, ``preprocessing``, ``plan`` and ``created``, as the manifest has them.
    features : int
        How many columns it predicts from.
    repairs : Repairs
        What is done to every row before.
    """
    facts = {
        "name": quoted(origin["name"]),
        "target": quoted(origin["target"]),
        "rows": origin["rows"],
        "features": features,
        "folds": origin["plan"].get("folds") or "-",
        "estimator": quoted(fitted.title),
        "preparation": quoted(origin["preprocessing"]),
        "created": origin["created"][:10],
        "labels": [quoted(label) for label in fitted.labels[:20]],
        "task": Text(f"task.{fitted.task}"),
    }
    return "\n".join(in_language(fitted, facts, repairs, lang) for lang in LANGUAGES)


def in_language(fitted: Fitted, facts: dict[str, Any], repairs: Repairs, lang: Lang) -> str:
    """Return the card in one language."""
    parts = [Text("bundle.card.title", **facts), Text("bundle.card.what", **facts)]
    if fitted.task.is_classification:
        parts.append(Text("bundle.card.labels", **facts))
    parts.append(Text("bundle.card.made", **facts))
    if repairs:
        parts.append(Text("bundle.card.repairs", repairs=[repaired(step) for step in repairs.steps]))
    parts += [Text("bundle.card.limits", **facts), Text("bundle.card.scores", **facts)]
    return "\n\n".join([part.say(lang) for part in parts] + [scores(fitted, lang)]) + "\n"


def repaired(step: Repair) -> Text:
    """Return one repair: its column and what it does."""
    return Text("bundle.card.repair", column=quoted(step.column), rule=Text(f"repair.rule.{step.rule}"))


def scores(fitted: Fitted, lang: Lang) -> str:
    """Return the metrics as a table: the folds' mean and deviation, and the hold-out."""
    lines = [Text("bundle.card.table").say(lang), "|---|---|---|---|"]
    for metric, mean in fitted.metrics.items():
        values = (mean, fitted.metrics_std.get(metric), fitted.holdout.get(metric))
        lines.append(f"| {metric} | " + " | ".join(score(value) for value in values) + " |")
    return "\n".join(lines)


def quoted(value: object) -> str:
    """Return text from a table as code, so that it is shown and never read as Markdown."""
    return "`" + str(value).replace("`", "'").replace("\n", " ") + "`"
