"""The repairs of one column made ready to run: what they do to a cell, and which cells they can change at all."""

from __future__ import annotations

import datetime as dt
import functools
import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import polars as pl

from workbench.data.repairs import dates, letters, missing, numbers
from workbench.data.repairs.missing import as_text
from workbench.data.repairs.repair import Repair, Rule
from workbench.data.typed import DAY, ZONE

Change = Callable[[str], str | None]
Whole = Callable[[pl.Series], pl.Series]
May = Callable[[pl.Expr], pl.Expr]
# The same regular expression asks a whole column in Rust and one cell in Python, so both change the same cells. Rules that
# meet columns of as many different cells as rows have a second form for these.
PATTERNED: dict[Rule, tuple[str, Change, Whole | None]] = {
    "spaces": (letters.SPACES, letters.spaces, letters.spaces_of),
    "width": (letters.WIDTH, letters.width, letters.width_of),
    "kana": (letters.KANA, letters.kana, None),
    "nfkc": (letters.COMPATIBILITY, letters.compatibility, None),
    "thousands": (numbers.SEPARATED, numbers.thousands, numbers.thousands_of),
    "negative": (numbers.SIGNED, numbers.negative, numbers.negative_of),
}
# Spaces that every reader of numbers passes over.
AROUND = " \t\r\n\u00a0\u3000"
NUMBER = re.compile(rf"[{AROUND}]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?[{AROUND}]*\Z")
SURELY_NUMBER = "^[+-]?[0-9]{1,15}(?:[.][0-9]{1,30})?$"
MOMENT = re.compile(
    rf"({DAY})(?:[T ](\d{{1,2}}):(\d{{2}})(?::(\d{{2}})(?:\.\d{{1,6}})?)?(?:\s*{ZONE})?)?\Z",
    re.ASCII,
)
TRUTHS = frozenset({"true", "false", "1", "0"})
Trace = list[tuple[Rule, str, str | None]]


@dataclass(frozen=True)
class Step:
    """One rule made ready."""

    rule: Rule
    change: Change
    may: May
    """Which cells of a column of text it can change; what it says no to it never changes."""
    whole: Whole | None = None
    """What changes a column of such cells at once."""
    may_number: May | None = None
    """Which numbers of a column of numbers it blanks; None where the rule does not mean numbers."""

    def over(self, cells: pl.Series) -> pl.Series:
        """Change cells that it may change, each distinct one once."""
        if self.whole is not None:
            return self.whole(cells)
        old = cells.unique().to_list()
        return cells.replace_strict(old, [self.change(text) for text in old], return_dtype=pl.String)


@dataclass(frozen=True)
class Program:
    """What the repairs of one column do, in their order."""

    steps: tuple[Step, ...]
    as_text: bool
    """Whether a column of numbers becomes text, as dates do."""

    def trace(self, text: str) -> Trace:
        """Return every change of one cell of text: rule, before and after."""
        trace: Trace = []
        for step in self.steps:
            after = step.change(text)
            if after != text:
                trace.append((step.rule, text, after))
                if after is None:
                    break
                text = after
        return trace

    @functools.cached_property
    def of_numbers(self) -> Program:
        """Those of its steps that also mean numbers."""
        return Program(tuple(step for step in self.steps if step.may_number is not None), self.as_text)

    def value(self, value: object) -> tuple[object, Trace]:
        """Return what becomes of one value of a JSON row, and how."""
        if isinstance(value, str):
            trace = self.trace(value)
            return (trace[-1][2] if trace else value), trace
        if isinstance(value, bool) or not isinstance(value, int | float):
            return value, []
        if not math.isfinite(value):
            return (None if self.as_text else value), []
        trace = self.of_numbers.trace(as_text(value))
        unchanged = as_text(value) if self.as_text else value
        return (trace[-1][2] if trace else unchanged), trace


def compiled(repairs: Iterable[Repair]) -> Program:
    """Make the repairs of one column ready to run; they stand in their order."""
    repairs = list(repairs)
    steps = tuple(step for repair in repairs if (step := step_of(repair)) is not None)
    kinds = {repair.options["kind"] for repair in repairs if repair.rule == "type"}
    return Program(steps, as_text=any(repair.rule == "date" for repair in repairs) or "date" in kinds)


def step_of(repair: Repair) -> Step | None:
    """Return the step of a repair; none where a type takes every cell as it is."""
    if repair.rule == "missing":
        values = [str(value) for value in repair.options["values"]]
        known = sorted(missing.as_numbers(values))
        may = functools.partial(may_be_one_of, values=values)
        return Step(repair.rule, missing.missing(values), may, may_number=lambda column: column.cast(pl.Float64).is_in(known))
    if repair.rule == "type":
        return TYPES.get(repair.options["kind"])
    if repair.rule == "unit":
        name = repair.options["unit"]
        return guarded(repair.rule, numbers.WITH_UNIT, numbers.unit(name), numbers.unit_of_column(name))
    if repair.rule == "date":
        form = repair.options["form"]
        return replace(guarded(repair.rule, dates.LOOKS[form], dates.date(form)), may_number=pl.Expr.is_not_null)
    return guarded(repair.rule, *PATTERNED[repair.rule])


def guarded(rule: Rule, pattern: str, change: Change, whole: Whole | None = None) -> Step:
    """Return a step that changes only what its pattern finds."""
    search = re.compile(pattern).search
    return Step(rule, lambda text: change(text) if search(text) else text, lambda column: column.str.contains(pattern), whole)


def may_be_one_of(column: pl.Expr, values: list[str]) -> pl.Expr:
    """Return where a column of text can hold one of some values, in any way of writing it."""
    bare = column.str.normalize("NFKC").str.strip_chars()
    found = bare.is_in([missing.plain(value) for value in values])
    numbers_of = sorted(missing.as_numbers(values))
    return found | bare.cast(pl.Float64, strict=False).is_in(numbers_of) if numbers_of else found


def number_or_blank(text: str) -> str | None:
    """Return a number as it is, and nothing for what is none."""
    return text if NUMBER.match(text) and math.isfinite(float(text)) else None


def date_or_blank(text: str) -> str | None:
    """Return a plain date as it is, and nothing for what is none."""
    found = MOMENT.match(text.strip(AROUND))
    try:
        if found:
            dt.date(*map(int, re.split("[-/]", found[1])))
            dt.time(int(found[2] or 0), int(found[3] or 0), int(found[4] or 0))
    except ValueError:
        return None
    return text if found else None


def boolean_or_blank(text: str) -> str | None:
    """Return true, false, 1 or 0 as they are, and nothing for anything else."""
    return text if text.strip(AROUND).lower() in TRUTHS else None


TYPES: dict[str, Step] = {
    "number": Step("type", number_or_blank, lambda column: ~column.str.contains(SURELY_NUMBER)),
    "date": Step("type", date_or_blank, pl.Expr.is_not_null, may_number=pl.Expr.is_not_null),
    "boolean": Step(
        "type",
        boolean_or_blank,
        lambda column: ~column.str.to_lowercase().is_in(sorted(TRUTHS)),
        may_number=lambda column: ~column.cast(pl.Float64).is_in([0.0, 1.0]),
    ),
}
