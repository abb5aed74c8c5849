"""Predictions as a table a person reads, and a mistake with every wrong field as one message."""

from __future__ import annotations

from typing import Any

from workbench.errors import WorkbenchError
from workbench.words import Lang, Text, say

# A message that names more wrong fields than this is not read.
MOST_FIELDS = 8


def predictions(found: dict[str, Any], lang: Lang) -> dict[str, Any]:
    """Return the answer of a prediction as headers and rows.

    Parameters
    ----------
    found : dict
        ``model`` and ``predictions``.
    lang : {"ja", "en"}
        The reader's language.

    Returns
    -------
    dict
        ``headers`` and ``data``: row number from 1, prediction, a probability a label, what to note, reasons.
    """
    listed = found["predictions"]
    labels = list(dict.fromkeys(label for one in listed for label in one.get("probability") or {}))
    headers = [
        say("serving.gradio.column_row", lang),
        say("serving.gradio.column_prediction", lang),
        *(say("serving.gradio.column_probability", lang, label=label) for label in labels),
        say("serving.gradio.column_warnings", lang),
        say("serving.gradio.column_reasons", lang),
    ]
    return {"headers": headers, "data": [row(n, one, labels) for n, one in enumerate(listed, start=1)]}


def row(number: int, one: dict[str, Any], labels: list[str]) -> list[Any]:
    """Return one prediction as a table's row."""
    shares = one.get("probability") or {}
    notes = " / ".join(
        str(note["text"] if isinstance(note, dict) and "text" in note else note) for note in one.get("warnings") or ()
    )
    reasons = " / ".join(f"{r['feature']} = {r['value']}: {r['effect']:+.4g}" for r in one.get("reasons") or ())
    return [number, rounded(one["prediction"]), *(rounded(shares.get(label)) for label in labels), notes, reasons]


def rounded(value: Any) -> Any:
    """Return a number as people read it, anything else as it is."""
    return round(value, 4) if isinstance(value, float) else value


def sentence(problem: WorkbenchError, lang: Lang) -> str:
    """Return a mistake with its first wrong fields."""
    fields = [place(field, lang) for field in problem.fields[:MOST_FIELDS]]
    return "\n".join([problem.say(lang), *fields])


def place(field: Any, lang: Lang) -> str:
    """Return one wrong field, with its row counted from 1."""
    number = "" if field.get("row") is None else f"{say('serving.gradio.column_row', lang)} {field['row'] + 1}, "
    what = field.get("problem")
    return f"{number}{field.get('field', '')}: {what.say(lang) if isinstance(what, Text) else what}"
