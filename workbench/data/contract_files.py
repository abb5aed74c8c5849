"""The contract as files: YAML for people, and YAML that pandera reads back as a schema for programs.

Pandera is not needed to write it: the form is `pandera.io`'s own, and a test has pandera read it and judge tables by it. Checks
are given by name, which every version of pandera since 0.10 reads.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import yaml

from workbench.data.contract import Clause, Contract
from workbench.data.fields import DAY, Field

# The version whose form this is.
PANDERA = "0.35.0"
# How pandera writes a time.
MOMENT = "%Y-%m-%d %H:%M:%S"
WIDTH = 120
# As pandas holds what may be blank.
DTYPES = {"number": "float64", "boolean": "boolean", "date": "datetime64[ns]", "category": "str", "text": "str"}
# A break that only marks a row is told by pandera as a warning.
MARKED = {"raise_warning": True}
# Line ends of other times and places, and the mark of byte order.
ODD_ENDS = frozenset("\x85\u2028\u2029\ufeff")
# What is said of a column even where it is no, or not known.
ALWAYS = ("known", "required")


def to_yaml(document: Mapping[str, Any]) -> str:
    """Return plain data as YAML in the order it has; text stays readable in every script."""
    text: str = yaml.dump(document, Dumper=Dumper, allow_unicode=True, sort_keys=False, width=WIDTH, default_flow_style=None)
    return text


class Dumper(yaml.SafeDumper):
    """A safe dumper that does not lose rare line ends: PyYAML writes them as they are, and reads a blank."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - PyYAML's own
        """Write what occurs twice twice: no reader should need to follow references."""
        return True


def represented(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Return a text in quotation marks where it has line ends that only those keep."""
    style = '"' if ODD_ENDS & set(text) else None
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


Dumper.add_representer(str, represented)


def for_people(contract: Contract) -> str:
    """Return a contract as YAML, for people."""
    return to_yaml(without_blanks(contract.to_dict()))


def without_blanks(document: Mapping[str, Any]) -> dict[str, Any]:
    """Return a contract's document without what is not said of its columns; whether they are known in time always is."""
    lists = ("columns", "left_out")
    return {**document, **{name: [said(one) for one in document[name]] for name in lists}}


def said(entry: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of one column."""
    return {name: value for name, value in entry.items() if name in ALWAYS or value}


def to_pandera(contract: Contract) -> str:
    """Return a contract as YAML that pandera's `DataFrameSchema.from_yaml` reads, for programs.

    Notes
    -----
    What holds a row is an error there; what only marks one is a `SchemaWarning`. A column that is not in it may be there.
    """
    columns = {one.name: column(one) for one in contract.clauses}
    if contract.target is not None:
        columns[contract.target["column"]] = target(contract.target)
    return to_yaml(
        {
            "schema_type": "dataframe",
            "version": PANDERA,
            "columns": columns,
            "checks": None,
            "index": None,
            "dtype": None,
            "coerce": True,
            "strict": False,
            "name": contract.table.get("name"),
            "ordered": False,
            "unique": None,
            "report_duplicates": "all",
            "unique_column_names": True,
            "add_missing_columns": False,
            "title": contract.table.get("name"),
            "description": contract.table.get("row_is"),
        }
    )


def column(clause: Clause) -> dict[str, Any]:
    """Return one column of the schema."""
    field = clause.field()
    return {
        "title": clause.name,
        "description": described(clause),
        "dtype": DTYPES[clause.kind],
        "nullable": field.blank or not field.strict,
        "checks": {**limits(field), **seen(field)} or None,
        "unique": False,
        "coerce": True,
        "required": clause.required,
        "regex": False,
    }


def described(clause: Clause) -> str | None:
    """Return what the analyst wrote about a column."""
    parts = [clause.meaning, f"[{clause.unit}]" if clause.unit else None]
    return " ".join(part for part in parts if part) or None


def limits(field: Field) -> dict[str, Any]:
    """Return the checks of what is allowed."""
    options = {} if field.strict else MARKED
    low, high = field.limits or (None, None)
    checks = {}
    if low is not None:
        checks["greater_than_or_equal_to"] = check(written(field, low), options)
    if high is not None and is_day_of_times(field, high):
        after = dt.datetime.fromisoformat(high) + dt.timedelta(days=1)
        checks["less_than"] = check(after.strftime(MOMENT), options)
    elif high is not None:
        checks["less_than_or_equal_to"] = check(written(field, high, up=True), options)
    return checks


def seen(field: Field) -> dict[str, Any]:
    """Return the checks of what was seen: labels hold a row where the contract is strict, a range only ever marks it."""
    if field.categories:
        return {"isin": check([*field.categories], {} if field.strict else MARKED)}
    if field.range is None:
        return {}
    low, high = field.range
    return {"in_range": {"min_value": written(field, low), "max_value": written(field, high, up=True), "options": dict(MARKED)}}


def check(value: Any, options: Mapping[str, Any]) -> dict[str, Any]:
    """Return one check with its value."""
    return {"value": value, "options": dict(options)}


def is_day_of_times(field: Field, end: str) -> bool:
    """Tell whether a limit is a whole day in a column of times."""
    return isinstance(end, str) and len(end) == DAY and field.kind == "date" and str(field.dtype) != "Date"


def written(field: Field, end: Any, *, up: bool = False) -> Any:
    """Return an end as pandera reads it: a time to the second, so that no part of one falls out."""
    if field.kind != "date":
        return float(end)
    moment = dt.datetime.fromisoformat(end)
    part = dt.timedelta(seconds=1) if up and moment.microsecond else dt.timedelta()
    return (moment.replace(microsecond=0) + part).strftime(MOMENT)


def target(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return the target's column: rows that are to be predicted do not have it."""
    labels = facts.get("labels")
    return {
        "title": facts["column"],
        "description": None,
        "dtype": DTYPES[facts["kind"]],
        "nullable": True,
        "checks": {"isin": check(list(labels), {})} if labels and facts["kind"] in ("category", "number") else None,
        "unique": False,
        "coerce": True,
        "required": False,
        "regex": False,
    }
