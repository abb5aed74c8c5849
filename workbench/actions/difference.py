"""Two tables beside each other: a segment and the rest, two periods, two tables; which comparisons suggest themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from workbench.actions import datasets, held
from workbench.data import Dataset, DatasetRecord
from workbench.errors import ColumnNotFound, DataError
from workbench.principal import Principal
from workbench.profile import conditions
from workbench.profile.conditions import OF_KIND as OF_KIND
from workbench.profile.conditions import Condition as Condition
from workbench.profile.conditions import Op as Op
from workbench.profile.difference import charts as difference_charts
from workbench.profile.difference import difference
from workbench.profile.difference import words as difference_words
from workbench.words import Lang, Text

if TYPE_CHECKING:
    import plotly.graph_objects as go
    import polars as pl

REST = "rest"
# Date columns that are looked through for two months, and tables that are offered.
MOST_PERIODS, MOST_TABLES = 3, 50
# Tables that have more than this share of all their columns in common are offered ready made.
MOSTLY = 0.5


@dataclass(frozen=True)
class Side:
    """One of two tables: a dataset, or those of its rows for which a condition is true."""

    dataset: str
    condition: Condition | None = None


@dataclass(frozen=True)
class Suggestion:
    """A comparison that suggests itself."""

    text: Text
    first: Side
    second: Side


def of(first: Side, second: Side | None, *, by: Principal) -> dict[str, Any]:
    """Compare two sides, kept by their contents.

    Parameters
    ----------
    first, second : Side
        What is compared; without a second one, the first with the rest of its table: all rows for which its condition is not
        true, missing values included.
    by : Principal
        Who asks, and may see both.

    Returns
    -------
    dict
        What `difference` returns (columns that a condition chose the rows by are not among it) with ``left_out``, ``sides``
        (two `Text`s), and sentences: ``verdict``, ``told`` of the target, ``notes``, and ``typical`` (two) and ``told`` of each
        column.

    Raises
    ------
    DatasetNotFound
        If a table is not there, or is somebody else's.
    DataError
        If a condition does not fit its column, a side has no rows, or the tables have no columns in common.
    """
    here = datasets.get(first.dataset, by=by)
    there = here if second is None or second.dataset == first.dataset else datasets.get(second.dataset, by=by)
    if second is None and first.condition is None:
        raise DataError("error.difference.nothing_chosen")
    target, event = goal(here, there)
    rest = REST if second is None else second.condition
    key = (here.fingerprint, first.condition, there.fingerprint, rest, target, event)
    found = held.differences.get(key, lambda: made(first, second, here, there, target, event))
    return found | {"sides": list(sides(first, second, here, there))}


def goal(first: Dataset, second: Dataset) -> tuple[str | None, str | None]:
    """Return the target that both tables have, by the second one's roles or else the first one's, with its event."""
    both = {*first.columns} & {*second.columns}
    for roles in (second.roles, first.roles):
        if roles.target in both:
            return roles.target, roles.event
    return None, None


def made(
    first: Side, second: Side | None, here: Dataset, there: Dataset, target: str | None, event: str | None
) -> dict[str, Any]:
    """Split, compare and say what came of it."""
    one, two = split(first, second, here, there)
    chosen = {side.condition.column for side in (first, second) if side and side.condition}
    left_out = [name for name in dict.fromkeys([*here.columns, *there.columns]) if name in chosen]
    found = difference(
        one.drop(left_out, strict=False),
        two.drop(left_out, strict=False),
        target=None if target in chosen else target,
        event=event,
    )
    out = Text("profile.difference.left_out", count=len(left_out), names=left_out)
    for column in found["columns"]:
        column["typical"] = [difference_words.typical(column, side) for side in (0, 1)]
        column["told"] = difference_words.column_sentences(column)
    return found | {
        "left_out": left_out,
        "verdict": difference_words.verdict(found),
        "told": difference_words.target_sentences(found, is_rest=second is None),
        "notes": [*([out] if left_out else []), *difference_words.notes(found)],
    }


def split(first: Side, second: Side | None, here: Dataset, there: Dataset) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the rows of both sides.

    Raises
    ------
    DataError
        If a side has none.
    """
    if second is not None:
        return rows(first, here), rows(second, there)
    assert first.condition is not None
    is_true = first.condition.true_for(here.frame)
    inside, outside = here.frame.filter(is_true), here.frame.filter(~is_true)
    must_have_rows(first, here, inside)
    if not outside.height:
        raise DataError("error.difference.everything", table=here.name, condition=first.condition.text(), hint=other())
    return inside, outside


def rows(side: Side, table: Dataset) -> pl.DataFrame:
    """Return the rows of one side."""
    chosen = table.frame if side.condition is None else table.frame.filter(side.condition.true_for(table.frame))
    must_have_rows(side, table, chosen)
    return chosen


def must_have_rows(side: Side, table: Dataset, chosen: pl.DataFrame) -> None:
    """Refuse a side without rows, with what would do."""
    if chosen.height:
        return
    if side.condition is None:
        raise DataError("error.difference.no_rows")
    raise DataError("error.difference.empty", table=table.name, condition=side.condition.text(), hint=other())


def other() -> Text:
    """Return what to do where a condition divides nothing."""
    return Text("error.difference.empty_do")


def sides(first: Side, second: Side | None, here: DatasetRecord, there: DatasetRecord) -> tuple[Text, Text]:
    """Return what the two sides are called; the tables' names where there are two."""
    if second is None:
        assert first.condition is not None
        return first.condition.text(), Text("profile.difference.side.rest")
    is_alike = here.id != there.id and (here.name, here.version) == (there.name, there.version)
    return called(first, here, there, is_alike), called(second, there, here, is_alike)


def called(side: Side, table: DatasetRecord, opposite: DatasetRecord, is_alike: bool) -> Text:
    """Return what one side is called; of tables whose names are alike, when each was opened."""
    if side.condition is not None and table.id == opposite.id:
        return side.condition.text()
    if is_alike:
        name = Text("profile.difference.side.dated", table=table.name, when=f"{table.created:%Y-%m-%d %H:%M:%S} UTC")
    elif table.name == opposite.name and table.id != opposite.id:
        name = Text("profile.difference.side.version", table=table.name, version=table.version)
    else:
        name = Text("profile.difference.side.table", table=table.name)
    return (
        name if side.condition is None else Text("profile.difference.side.where", table=name, condition=side.condition.text())
    )


def column(first: Side, second: Side | None, name: str, *, by: Principal) -> dict[str, Any]:
    """Return one column of a comparison.

    Raises
    ------
    ColumnNotFound
        If it was not compared.
    """
    columns = {entry["name"]: entry for entry in of(first, second, by=by)["columns"]}
    if name not in columns:
        raise ColumnNotFound(name, columns)
    found: dict[str, Any] = columns[name]
    return found


def chart(first: Side, second: Side | None, name: str, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw one column's distributions on both sides.

    Raises
    ------
    ColumnNotFound
        If it was not compared.
    """
    names = of(first, second, by=by)["sides"]
    return difference_charts.column_chart(column(first, second, name, by=by), names, lang)


def ranking_chart(first: Side, second: Side | None, lang: Lang, *, by: Principal) -> go.Figure:
    """Draw how far the columns lie apart, most different first."""
    return difference_charts.ranking_chart(of(first, second, by=by), lang)


def facts(dataset_id: str, name: str, *, by: Principal) -> dict[str, Any]:
    """Return what a condition on a column can be made of.

    Returns
    -------
    dict
        As `conditions.facts` returns it: ``kind labels low middle high``.

    Raises
    ------
    ColumnNotFound
        If the table has no such column.
    """
    table = datasets.get(dataset_id, by=by)
    if name not in table.columns:
        raise ColumnNotFound(name, table.columns)
    found: dict[str, Any] = held.differences.get(
        ("facts", table.fingerprint, name), lambda: conditions.facts(table.frame[name])
    )
    return found


def suggestions(dataset_id: str, *, by: Principal) -> list[Suggestion]:
    """Return comparisons that suggest themselves: last month and the month before, versions, tables with the same columns."""
    table = datasets.record(dataset_id, by=by)
    return [*periods(table, by), *tables_of(table, by)]


def periods(table: DatasetRecord, by: Principal) -> list[Suggestion]:
    """Return the latest complete month against the month before, by each date column; the time column first."""
    names = [name for name in table.columns if table.kinds[name] == "date"]
    names.sort(key=lambda name: name != table.roles.time)
    found = []
    for name in names[:MOST_PERIODS]:
        if (spans := two_months(table.id, name, by=by)) is not None:
            before, last = (f"{span[0]:%Y-%m}" for span in spans)
            text = Text("profile.difference.suggested.months", column=name, last=last, before=before)
            first, second = (Side(table.id, Condition(name, "between", span)) for span in spans)
            found.append(Suggestion(text, first, second))
    return found


def two_months(dataset_id: str, name: str, *, by: Principal) -> tuple[tuple[date, date], tuple[date, date]] | None:
    """Return the month before the latest complete one of a date column, and that one, each by its first and last day.

    None where there are no two such months.
    """
    table = datasets.get(dataset_id, by=by)
    found: tuple[date, date] | None = held.differences.get(
        ("months", table.fingerprint, name), lambda: conditions.months(table.frame[name])
    )
    if found is None:
        return None
    last, before = found
    return (before, conditions.end_of(before)), (last, conditions.end_of(last))


def tables(dataset_id: str, *, by: Principal) -> list[tuple[DatasetRecord, int]]:
    """List the other tables of this person, other versions first, and how many columns each has in common; most first."""
    table = datasets.record(dataset_id, by=by)
    versions = [one for one in datasets.versions(dataset_id, by=by) if one.id != table.id]
    others = [one for one in [*datasets.mine(by=by), *datasets.shared(by=by)] if one.family != table.family]
    columns = {*table.columns}
    found = [(one, len(columns & {*one.columns})) for one in [*versions, *others]]
    found.sort(key=lambda entry: (entry[0].family != table.family, -entry[1]))
    return [(one, common) for one, common in found if common][:MOST_TABLES]


def tables_of(table: DatasetRecord, by: Principal) -> list[Suggestion]:
    """Return the versions and tables that have mostly the same columns, the older one first."""
    found = []
    for one, common in tables(table.id, by=by):
        if common <= MOSTLY * len({*one.columns, *table.columns}):
            continue
        is_before = (one.created, one.id) < (table.created, table.id)
        first, second = (one, table) if is_before else (table, one)
        if one.family == table.family:
            text = Text("profile.difference.suggested.version", before=first.version, now=second.version)
        else:
            kind = "table" if is_before else "table_after"
            text = Text(f"profile.difference.suggested.{kind}", name=one.name, common=common)
        found.append(Suggestion(text, Side(first.id), Side(second.id)))
    return found
