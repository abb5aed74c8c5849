"""What each verb asks of `actions`, and how its answer is printed."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench import actions
from workbench.cli import preparing
from workbench.cli.output import one_line, say_out, write_bytes, write_html, write_json
from workbench.cli.usage import listed
from workbench.figure import score
from workbench.principal import LOCAL
from workbench.settings import get_settings
from workbench.words import Lang, Text, say, say_all

if TYPE_CHECKING:
    from workbench.actions.checks import Step
    from workbench.actions.prepare import Prepared
    from workbench.actions.sources import Source

# What a shell makes hard to type.
DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
# Rows a person reads on a terminal; the JSON has more.
MOST_LINES = 10
TELL_SECONDS = 2.0


def serve(asked: argparse.Namespace, lang: Lang) -> int:
    """Run the server until it is stopped."""
    from workbench import server

    server.run(get_settings(), host=asked.host, port=asked.port, lang=lang)
    return 0


def profile(asked: argparse.Namespace, lang: Lang) -> int:
    """Profile a file."""
    source = opened(asked)
    proposed = actions.prepare.proposed(source, lang, by=LOCAL)
    ready = prepared(asked, source, lang)
    answer, page, book = actions.profile.of_source(
        ready.source,
        by=LOCAL,
        lang=lang,
        html=bool(asked.html),
        xlsx=bool(asked.xlsx),
        target=asked.target,
        event=asked.event,
        time=asked.time,
    )
    answer["repairs"] = proposed
    write_html(asked.html, page)
    write_bytes(asked.xlsx, book)
    if not write_json(asked.json, answer):
        say_out("cli.profile.summary", lang, rows=answer["rows"], columns=len(answer["columns"]))
        for alert in answer["alerts"]:
            print(f"- {alert['text']}")
        for repair in proposed:
            say_out(
                "cli.profile.repair",
                lang,
                column=repair["column"],
                count=repair["cells"],
                rule=Text(f"repair.rule.{repair['rule']}"),
            )
    return 0


def check(asked: argparse.Namespace, lang: Lang) -> int:
    """Run the checks; exit 1 where one found an error."""
    ready = prepared(asked, opened(asked), lang)
    new = actions.prepare.again(opened(asked, asked.new), ready.repairs, by=LOCAL) if asked.new else None
    answer, page = actions.checks.of_source(
        ready.source,
        by=LOCAL,
        target=asked.target,
        group=asked.group,
        group_part=asked.group_part,
        time=asked.time,
        new=new,
        fast=asked.fast,
        lang=lang,
        html=bool(asked.html),
        sensitive=asked.sensitive or (),
        honest=asked.honest,
        labels=asked.labels,
        told=lambda step: tell_check(step, lang),
    )
    write_html(asked.html, page)
    if not write_json(asked.json, answer):
        for finding in answer["findings"]:
            print(f"{finding['severity'].upper():8s}{finding['code']}  {finding['title']}")
            print(f"        {finding['evidence']}\n        {finding['action']}")
        say_out("cli.check.summary", lang, count=len(answer["findings"]))
        if verdict := answer["arrival"]:
            say_out("cli.check.verdict", lang, verdict=Text(f"check.arrival.verdict.{verdict['verdict']}"))
            print(*(f"        {reason}" for reason in verdict["reasons"]), sep="\n")
        for broken in answer["failed"]:
            say_out("cli.check.could_not_run", lang, **broken)
        for one in answer.get("honest", ()):
            print(one["text"])
        for text in label_lines(answer.get("labels"), lang):
            print(text)
    return int(any(f["severity"] == "error" for f in answer["findings"]))


def label_lines(found: dict[str, Any] | None, lang: Lang) -> list[str]:
    """Return the worst rows that the checks of labels list, a line each."""
    if found is None:
        return []
    wrong = [
        say("cli.check.label" if one["probability"] is None else "cli.check.label_probability", lang, **one)
        for one in found["wrong"][:MOST_LINES]
    ]
    return [*wrong, *(say("cli.check.outlier", lang, **one) for one in found["outliers"][:MOST_LINES])]


def tell_check(step: Step, lang: Lang) -> None:
    """Print the checks' progress: a line a check, as it ends; on a terminal also which one runs."""
    if step.outcome is None:
        if sys.stderr.isatty():
            print(f"\r\x1b[K{step.number}/{step.total}  {step.check.title.say(lang)}", end="", file=sys.stderr, flush=True)
        return
    known = {"number": step.number, "total": step.total, "code": step.check.code, "title": step.check.title}
    line = say("cli.check.step", lang, **known, said=step.said, seconds=step.seconds)
    print(("\r\x1b[K" if sys.stderr.isatty() else "") + one_line(line), file=sys.stderr, flush=True)


def compare(asked: argparse.Namespace, lang: Lang) -> int:
    """Compare models; exit 1 where no candidate finished."""
    ready = prepared(asked, opened(asked), lang)
    wishes = {
        "target": asked.target,
        "event": asked.event,
        "models": listed(asked, "models"),
        "sort": asked.sort,
        "folds": asked.folds,
        "train_size": asked.train_size,
        "group": asked.group,
        "group_part": asked.group_part,
        "time": asked.time,
        "ignore": listed(asked, "ignore"),
        "seed": asked.seed,
        "budget": asked.budget,
        "name": asked.name,
        **preparing.given(asked),
    }
    given = {k: v for k, v in wishes.items() if v is not None}
    agreed = {}
    if asked.contract:
        given, agreed["agreed"] = actions.agreed_file.obeyed(asked.contract, ready.source, given, by=LOCAL)
    answer = actions.compare.of_source(
        ready.source, given, by=LOCAL, emit=lambda kind, **fields: tell(kind, fields, lang), repairs=ready.repairs, **agreed
    )
    told = say_all(answer, lang)
    if not write_json(asked.json, told):
        for name in ("conclusion", "too_good"):
            if told[name]:
                print(one_line(told[name]))
        print(say("cli.compare.registered" if told["registered"] else "cli.compare.nothing", lang, model=told["registered"]))
    return 0 if answer["registered"] else 1


def tell(kind: str, fields: dict[str, Any], lang: Lang) -> None:
    """Print a comparison's progress: a line a candidate, as it finishes."""
    if kind == "sorted":
        print(say("cli.compare.sorted", lang, **fields), file=sys.stderr, flush=True)
    if kind == "row":
        row = fields["row"]
        scores = "  ".join(f"{name} {score(value)}" for name, value in row["metrics"].items() if value is not None)
        reason = Text.from_dict(row["reason"]).say(lang) if row.get("reason") else ""
        seconds = f"{row['seconds']:.1f} s" if row.get("seconds") is not None else ""
        print(f"{row['model']:12s}{seconds:>9s}  {scores}{one_line(reason)}", file=sys.stderr, flush=True)


def explain(asked: argparse.Namespace, lang: Lang) -> int:
    """Explain a model on a file's rows."""
    answer, page = actions.explain.of_source(
        asked.model, for_model(asked), by=LOCAL, rows=asked.rows, lang=lang, html=bool(asked.html)
    )
    write_html(asked.html, page)
    if not write_json(asked.json, answer):
        for line in answer["global"]:
            print(f"{line['importance']:12.5g}  {line['feature']}")
    return 0


def predict(asked: argparse.Namespace, lang: Lang) -> int:
    """Score a file; exit 1 where the pre-flight stops it."""
    report = actions.predict.of_source(
        asked.model,
        for_model(asked),
        Path(asked.out),
        by=LOCAL,
        reasons=asked.reasons,
        encoding_out=asked.encoding_out,
        force=asked.force,
        lang=lang,
        progress=telling_rows(lang),
    )
    if not write_json(asked.json, report):
        say_out(
            "cli.predict.summary",
            lang,
            rows_in=report["rows_in"],
            rows_out=report["rows_out"],
            held=report["held"],
            out=asked.out,
        )
        for warning in report["warnings"]:
            print(f"- {warning}")
    return int(bool(report.get("stopped")))


def telling_rows(lang: Lang) -> Callable[[float, Text], None]:
    """Return what prints how many rows are scored: a line every few seconds, so that a short file says nothing."""
    latest = time.monotonic()

    def tell_rows(fraction: float, text: Text) -> None:
        nonlocal latest
        if time.monotonic() - latest > TELL_SECONDS and fraction < 1:
            latest = time.monotonic()
            print(one_line(text.say(lang)), file=sys.stderr, flush=True)

    return tell_rows


def status(asked: argparse.Namespace, lang: Lang) -> int:
    """Print the self-check."""
    found = [
        {"name": x.name.say(lang), "state": x.state, "detail": x.detail.say(lang)} for x in actions.status.report(by=LOCAL)
    ]
    if not write_json(asked.json, {"status": found}):
        for line in found:
            print(f"{line['state']:8s}{line['name']}: {line['detail']}")
    return 0


def for_model(asked: argparse.Namespace) -> Source:
    """Read the table that a call names as the model takes it: its labels stay as they are written."""
    return opened(asked, text=actions.predict.as_written(asked.model, by=LOCAL))


def opened(asked: argparse.Namespace, where: str | None = None, *, text: Sequence[str] = ()) -> Source:
    """Read the table that a call names, and give its columns their roles."""
    from workbench.actions import sources

    source = sources.open_source(
        where or asked.data,
        sheet=asked.sheet,
        encoding=asked.encoding,
        header=asked.header,
        delimiter=DELIMITERS.get(asked.delimiter, asked.delimiter),
        text=text,
    )
    return sources.with_roles(source, getattr(asked, "roles", None))


def prepared(asked: argparse.Namespace, source: Source, lang: Lang) -> Prepared:
    """Repair a table as the call asks, and say on standard error what was noticed when it was read, and what was done."""
    ready = actions.prepare.prepared(source, asked.repairs, by=LOCAL)
    for text in (*source.reading.notes, *ready.made):
        print(one_line(text.say(lang)), file=sys.stderr, flush=True)
    return ready
