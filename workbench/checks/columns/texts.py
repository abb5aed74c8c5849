"""Checks of texts and names: free text, several kinds in one column, labels in several spellings, signs that break things."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from workbench.checks import marks
from workbench.checks.check import Check, Finding, NotApplicable, Outcome
from workbench.checks.context import Context
from workbench.checks.examples import MOST_EXAMPLES, rows_of
from workbench.words import Text

# From this many words, or letters where words are not set apart, a text is a sentence and no label.
WORDS, LETTERS = 4.0, 20.0
# A text that repeats this much is a list of labels, however long they are.
REPEATS = 0.5
FEWEST = 20
# Some numbers among words, or some words among numbers: below the first share a slip, above the second the other kind.
LEAST, MOST = 0.01, 0.99
MOST_NAMED = 5
# A table with more labels than this is compared by its most frequent ones.
MOST_LABELS = 20_000
NUMBER = r"^\s*[-+]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?\s*$"
DATE_FORMS = {
    "2024-04-01": r"^\s*\d{4}-\d{1,2}-\d{1,2}",
    "2024/4/1": r"^\s*\d{4}/\d{1,2}/\d{1,2}",
    "2024.4.1": r"^\s*\d{4}\.\d{1,2}\.\d{1,2}\s*$",
    "20240401": r"^\s*(19|20)\d{2}(0[1-9]|1[0-2])([0-2]\d|3[01])\s*$",
    "2024年4月1日": r"^\s*\d{4}年\d{1,2}月\d{1,2}日",
    "令和6年4月1日": r"^\s*(令和|平成|昭和|大正|明治)\s*(\d{1,2}|元)年",
    "01/04/2024": r"^\s*\d{1,2}/\d{1,2}/\d{4}",
}
# What LightGBM and JSON writers refuse in names, what ends a line, and what a spreadsheet takes for a formula.
BREAKS = re.compile(r"[\r\n\t\x00-\x1f\x7f\u200b-\u200f\u2028\u2029\ufeff]")
# The same in labels.
HIDDEN = r"[\r\n\x00\ufeff\u200b]"
SPECIAL = re.compile(r'[\[\]{}":,]')
FORMULA = re.compile(r"^[=+@]|^-(?![\d.])")


class FreeText(Check):
    """A column of sentences, which a comparison of tables cannot learn from."""

    code = "WB106"
    severity = "info"

    def run(self, context: Context) -> Outcome:
        """Look for texts that are long and hardly repeat."""
        names = texts(context)
        if not names:
            return NotApplicable(Text("check.reason.no_texts"))
        found = []
        for name in names:
            known = context.frame[name].drop_nulls()
            if len(known) < FEWEST or context.distinct[name] < REPEATS * len(known):
                continue
            some = known.head(1_000)
            words = float(some.str.count_matches(r"\s+").mean() or 0.0) + 1  # type: ignore[arg-type]
            letters = float(some.str.len_chars().mean() or 0.0)  # type: ignore[arg-type]
            if words < WORDS and not (letters >= LETTERS and some.str.contains(r"[ぁ-んァ-ヶ一-龠]").mean() >= REPEATS):  # type: ignore[operator]
                continue
            evidence = Text(
                "check.WB106.evidence", column=name, distinct=context.distinct[name], rows=len(known), letters=letters
            )
            lengths = known.str.len_chars().to_numpy()
            more: dict[str, Any] = {
                "examples": shown(context, name, [0, 1, 2]),
                "chart": marks.along(lengths, "check.chart.characters") or marks.frequent(known),
            }
            found.append(self.finding([name], evidence, Text("check.WB106.action"), **more))
        return found


class MixedTypes(Check):
    """One column, several kinds of values: numbers among words, dates in several forms, one label in several spellings."""

    code = "WB107"
    severity = "warning"

    def run(self, context: Context) -> Outcome:
        """Look at the labels of each text column."""
        names = texts(context)
        if not names:
            return NotApplicable(Text("check.reason.no_texts"))
        return [found for name in names for found in self.of_column(context, name)]

    def of_column(self, context: Context, name: str) -> Iterator[Finding]:
        """Yield what is mixed in one column."""
        counted = labels(context, name)
        known = int(counted["count"].sum())
        if known < FEWEST:
            return
        forms = {form: hits(counted, pattern) for form, pattern in DATE_FORMS.items()}
        forms = {form: count for form, count in forms.items() if count}
        if len(forms) > 1 and sum(forms.values()) >= MOST * known:
            ranked = sorted(forms.items(), key=lambda item: -item[1])
            said = [f"{form} ({count:,})" for form, count in ranked]
            some = [counted.filter(pl.col("value").str.contains(DATE_FORMS[form]))["value"][0] for form, _ in ranked]
            yield self.finding(
                [name],
                Text("check.WB107.dates", column=name, forms=said),
                Text("check.WB107.dates_action"),
                examples=holding(context, name, some),
                chart=marks.bars([form for form, _ in ranked], [count for _, count in ranked], x="check.chart.rows"),
            )
            return
        numbers = hits(counted, NUMBER)
        if (
            LEAST * known <= numbers <= MOST * known
            and hits(counted, r"^\s*[A-Za-zぁ-んァ-ヶ一-龠]+\s*$")
            and not is_codes(counted)
        ):
            others = counted.filter(~pl.col("value").str.contains(NUMBER)).head(MOST_NAMED)
            words = others["value"].to_list()
            evidence = Text("check.WB107.numbers", column=name, numbers=numbers, rows=known, share=numbers / known, words=words)
            both = pl.concat([counted.filter(pl.col("value").str.contains(NUMBER)).head(MOST_NAMED), others])
            examples = holding(context, name, [*words[:2], both["value"][0]])
            chart = of_labels(both, highlight=range(both.height - others.height, both.height))
            yield self.finding([name], evidence, Text("check.WB107.numbers_action"), examples=examples, chart=chart)
        if groups := alike(counted):
            spellings = [" / ".join(visible(value) for value in those[:MOST_NAMED]) for those in groups]
            evidence = Text("check.WB107.spellings", column=name, count=len(groups), examples=spellings[:MOST_NAMED])
            written = pl.DataFrame({"value": [value for those in groups for value in those]}).head(marks.MOST_BARS)
            chart = of_labels(written.join(counted, on="value", how="left", maintain_order="left"))
            more: dict[str, Any] = {"examples": holding(context, name, groups[0]), "chart": chart, "spellings": len(groups)}
            yield self.finding([name], evidence, Text("check.WB107.spellings_action"), **more)


class SpecialCharacters(Check):
    """Signs in names that files and models trip over."""

    code = "WB112"
    severity = "info"

    def run(self, context: Context) -> Outcome:
        """Look at the names of the columns, and at labels with line breaks."""
        names = context.frame.columns
        same = same_names(names)
        trouble = {
            "breaks": [name for name in names if BREAKS.search(name)],
            "formula": [name for name in names if FORMULA.search(name)],
            "blanks": [name for name in names if name != name.strip()],
            "special": [name for name in names if SPECIAL.search(name)],
            "same": [name for group in same for name in group],
        }
        found = [
            self.finding(
                those,
                Text(f"check.WB112.{kind}", count=len(those), columns=[visible(name) for name in those[:MOST_NAMED]]),
                Text("check.WB112.action"),
                severity="warning" if kind == "same" else "info",
                examples=rows_of(context.frame, range(min(3, context.rows)), those),
            )
            for kind, those in trouble.items()
            if those
        ]
        broken = [name for name in texts(context) if hits(labels(context, name), HIDDEN)]
        if broken:
            evidence = Text("check.WB112.labels", count=len(broken), columns=broken[:MOST_NAMED])
            column = context.frame[broken[0]]
            places = column.str.contains(HIDDEN).fill_null(False).arg_true().to_list()
            some = column.gather(places).alias("value").value_counts().sort(["count", "value"], descending=[True, False])
            more: dict[str, Any] = {
                "examples": rows_of(context.frame, places, broken),
                "chart": of_labels(some.head(marks.MOST_BARS)),
            }
            found.append(self.finding(broken, evidence, Text("check.WB112.labels_action"), **more))
        return found


def texts(context: Context) -> list[str]:
    """Return the features that hold text."""
    return [name for name in context.features if context.frame[name].dtype == pl.String]


def labels(context: Context, name: str) -> pl.DataFrame:
    """Return the most frequent labels of a column with their counts, ties by label."""
    counted = context.frame[name].drop_nulls().alias("value").value_counts()
    return counted.sort(["count", "value"], descending=[True, False]).head(MOST_LABELS)


def hits(counted: pl.DataFrame, pattern: str) -> int:
    """Return how many rows hold a label that looks so."""
    return int(counted.filter(pl.col("value").str.contains(pattern))["count"].sum())


def is_codes(counted: pl.DataFrame) -> bool:
    """Tell whether numbers are codes of one width, as 001 and A01 are."""
    widths = counted["value"].str.strip_chars().str.len_chars()
    return widths.n_unique() == 1


def alike(counted: pl.DataFrame) -> list[list[str]]:
    """Return labels that are the same but for width, letter case or spaces, together."""
    groups: dict[str, list[str]] = {}
    for value in counted["value"]:
        groups.setdefault("".join(unicodedata.normalize("NFKC", value).casefold().split()), []).append(value)
    return [those for those in groups.values() if len(those) > 1]


def of_labels(counted: pl.DataFrame, *, highlight: Sequence[int] = ()) -> marks.Chart:
    """Return how many rows have each of some labels, blanks and line ends to be seen."""
    names = [visible(value) for value in counted["value"]]
    return marks.bars(names, counted["count"].to_list(), highlight=highlight, x="check.chart.rows")


def holding(context: Context, name: str, values: Sequence[str]) -> list[dict[str, Any]]:
    """Return the first row with each of some values."""
    places = [(context.frame[name] == value).fill_null(False).arg_true()[0] for value in values[:MOST_EXAMPLES]]
    return rows_of(context.frame, places, [name, context.target])


def same_names(names: list[str]) -> list[list[str]]:
    """Return the columns whose names differ in width or spaces only; in science b and B are two things."""
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault("".join(unicodedata.normalize("NFKC", name).split()), []).append(name)
    return [those for those in groups.values() if len(those) > 1]


def visible(text: str) -> str:
    """Return a text whose blanks and line ends can be seen, short enough for a sentence."""
    shown = text.replace("\r\n", "↵").replace("\r", "↵").replace("\n", "↵").replace("\t", "→")
    shown = f"“{shown}”" if shown != shown.strip() else shown
    return shown if len(shown) <= 40 else shown[:40] + "…"


def shown(context: Context, name: str, places: list[int]) -> list[dict[str, object]]:
    """Return the first rows in which a column is filled."""
    filled = context.frame[name].is_not_null().arg_true()
    return rows_of(context.frame, [filled[place] for place in places if place < len(filled)], [name])
