"""`runs diagnose`: what a comparison's candidate gets right and wrong, as lines or as plain data."""

from __future__ import annotations

import argparse
from typing import Any

from workbench import actions
from workbench.cli.output import say_out, write_json
from workbench.cli.usage import UsageError
from workbench.figure import number
from workbench.principal import LOCAL
from workbench.words import Lang, Text

MOST_SEGMENTS = 20


def diagnose(asked: argparse.Namespace, lang: Lang) -> int:
    """Tell what a candidate gets right and wrong."""
    if not asked.model:
        raise UsageError("error.cli.run_model")
    found = actions.diagnosis_report.report(
        asked.id, asked.model, lang, by=LOCAL, segment=asked.segment, threshold=asked.threshold
    )
    if write_json(asked.json, found):
        return 0
    rows, *notes = found["notes"]
    print(f"{found['model']}: {rows}")
    for line in found.get("classes", ()):
        tell_class(line | {"label": f"{found['target']} = {line['label']}"}, lang)
    for name, value in found.get("metrics", {}).items():
        say_out("cli.diagnosis.metric", lang, metric=Text(f"metric.{name}.title"), value=number(value))
    if left := found.get("residuals"):
        say_out("cli.diagnosis.within", lang, half=number(left["half_within"]), most=number(left["most_within"]))
    if asked.segment:
        tell_segments(asked.segment, found["segments"], lang)
    for note in notes:
        print(note)
    return 0


def tell_class(line: dict[str, Any], lang: Lang) -> None:
    """Print one class against the rest."""
    if line["auc"]:
        values = {"auc": with_interval(line["auc"]), "precision": number(line["average_precision"]["value"])}
        say_out("cli.diagnosis.area", lang, label=line["label"], **values)
    at = line["at"]
    rates = {name: with_interval(at[name]) for name in ("precision", "recall")}
    counts = {name: at[name] for name in ("true_positive", "false_positive", "false_negative", "true_negative")}
    say_out("cli.diagnosis.at", lang, label=line["label"], f1=number(at["f1"]), **rates, **counts)


def tell_segments(column: str, found: dict[str, Any] | None, lang: Lang) -> None:
    """Print a column's segments, weakest first."""
    if found is None:
        say_out("cli.diagnosis.free_text", lang, column=column)
        return
    looked = sum(one["value"] is not None for one in found["rows"])
    say_out("cli.diagnosis.segments", lang, column=column, metric=Text(f"metric.{found['measure']}.title"), count=looked)
    for one in found["rows"][:MOST_SEGMENTS]:
        if one["value"] is None:
            say_out("cli.diagnosis.too_few", lang, name=one["name"], rows=one["rows"])
            continue
        values = {"value": with_interval(one), "rest": number(one["rest"]), "chance": number(one["chance"])}
        say_out("cli.diagnosis.segment", lang, name=one["name"], rows=one["rows"], **values)


def with_interval(found: dict[str, Any]) -> str:
    """Return a figure with its interval as it is read."""
    value, low, high = (found[name] for name in ("value", "low", "high"))
    return number(value) if low is None or high is None else f"{number(value)} ({number(low)} – {number(high)})"
