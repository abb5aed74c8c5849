"""A table prepared as a command line asks for it: repaired first, and every repaired cell accounted for."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from workbench.actions.sources import Source
from workbench.data.repairs import RULES, Proposal, Repair, Repairs, Rule, propose
from workbench.data.repairs.dates import FORMS
from workbench.data.repairs.repair import KINDS, TAKES, does_take
from workbench.errors import ColumnNotFound, ColumnsNotFound, DataError, closest
from workbench.principal import Principal
from workbench.words import Lang, Text

NONE, ALL = "none", "all"
# A file of steps is a few kB; one far beyond is not one.
MOST_BYTES = 1 << 20
# Of options that are wrong no more is quoted.
MOST_SAID = 100


@dataclass(frozen=True)
class Prepared:
    """A table ready to be used, with what was done to it."""

    source: Source
    repairs: Repairs
    made: tuple[Text, ...]
    """What was repaired and what was lost by it, a line a column and rule."""


def prepared(source: Source, asked: str, *, by: Principal) -> Prepared:
    """Repair a table that was read.

    Parameters
    ----------
    source : Source
        The table as read.
    asked : str
        ``none``, ``all`` (every recommended proposal), or the path of a JSON list of steps.
    by : Principal
        Who asks.

    Raises
    ------
    DataError
        If the file is no such list, or names a rule that there is none of.
    ColumnsNotFound
        If steps are for columns that the table does not have.
    """
    by.require("viewer")
    return made(source, wanted(source, asked))


def again(source: Source, repairs: Repairs, *, by: Principal) -> Source:
    """Repair another table as the first one was, as far as it has the columns."""
    by.require("viewer")
    return made(source, repairs.only(source.reading.frame.columns)).source


def proposed(source: Source, lang: Lang, *, by: Principal) -> list[dict[str, Any]]:
    """Return the repairs that a table as read could do with, as the contract of `profile` has them."""
    by.require("viewer")
    return [line(proposal, lang) for proposal in propose(source.reading.frame)]


def line(proposal: Proposal, lang: Lang) -> dict[str, Any]:
    """Return one proposal as plain data; `step` is what a file of steps holds."""
    return {
        "column": proposal.repair.column,
        "rule": proposal.repair.rule,
        "cells": proposal.cells,
        "rows": proposal.rows,
        "examples": [list(pair) for pair in proposal.examples],
        "recommended": proposal.recommended,
        "why": proposal.why.say(lang),
        "step": proposal.repair.to_dict(),
    }


def wanted(source: Source, asked: str) -> Repairs:
    """Return the repairs that a word or a file asks for."""
    if asked == NONE:
        return Repairs()
    if asked == ALL:
        return Repairs.of(proposal.repair for proposal in propose(source.reading.frame) if proposal.recommended)
    steps = steps_of(asked)
    columns = source.reading.frame.columns
    if missing := [name for name in dict.fromkeys(step.column for step in steps) if name not in columns]:
        raise ColumnNotFound(missing[0], columns) if len(missing) == 1 else ColumnsNotFound(missing, columns)
    return Repairs.of(steps)


def steps_of(asked: str) -> list[Repair]:
    """Read a list of steps."""
    path = Path(asked)
    if not path.is_file():
        raise DataError("error.prepare.no_file", path=asked)
    if path.stat().st_size > MOST_BYTES:
        raise DataError("error.prepare.no_steps", path=asked)
    try:
        listed = json.loads(path.read_text(encoding="utf-8-sig"))
        if not isinstance(listed, list):
            raise TypeError(type(listed).__name__)
        for step in listed:
            must_be_known(str(step["rule"]), str(step["column"]))
            must_be_taken(step["rule"], str(step["column"]), step.get("options") or {})
        return [Repair.from_dict(step) for step in listed]
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
        raise DataError("error.prepare.no_steps", path=asked) from problem


def must_be_known(rule: str, column: str) -> None:
    """Refuse a rule that there is none of, with the closest there are."""
    if rule not in RULES:
        raise DataError("error.prepare.rule", rule=rule, column=column, hint=closest(rule, RULES))


def must_be_taken(rule: Rule, column: str, options: Any) -> None:
    """Refuse options that a rule does not take, and say which it takes."""
    if does_take(rule, options):
        return
    takes = Text(f"prepare.takes.{rule}" if rule in TAKES else "prepare.takes.nothing", forms=[*FORMS], kinds=[*KINDS])
    said = json.dumps(options, ensure_ascii=False)[:MOST_SAID]
    raise DataError("error.prepare.options", rule=rule, column=column, options=said, hint=takes)


def made(source: Source, repairs: Repairs) -> Prepared:
    """Make repairs, give the repaired columns their types, and say what was done."""
    if not repairs:
        return Prepared(source, repairs, ())
    done = repairs.typed(source.reading.frame)
    said = [
        Text("prepare.made", column=column, rule=Text(f"repair.rule.{rule}"), count=cells)
        for (column, rule), cells in done.cells.items()
    ]
    said += [Text("prepare.lost", column=column, count=count, examples=list(examples)) for column, count, examples in done.lost]
    said += [Text("prepare.trimmed", column=column, count=count, examples=list(codes)) for column, count, codes in done.trimmed]
    return Prepared(replace(source, reading=replace(source.reading, frame=done.frame)), repairs, tuple(said))
