"""A program is checked column by column before anything follows it."""

from __future__ import annotations

from typing import Any

import pytest

from workbench.bundle.preparation import check_program, sources
from workbench.errors import BundleError

NUMBER = {"kind": "number", "source": "年齢", "missing": None, "shift": 0.0, "scale": 1.0}
TABLE = {
    "kind": "table",
    "source": "職業",
    "values": ["会社員", "学生"],
    "outputs": [1.0, None],
    "unseen": None,
    "missing": 0.0,
}
DATE = {"kind": "date", "source": "登録日", "part": "month", "missing": 0.0, "shift": 0.0, "scale": 1.0}
CONSTANT = {"kind": "constant", "value": 1.0}


def program(*columns: Any) -> dict[str, Any]:
    return {"dtype": "float64", "columns": list(columns)}


def test_a_whole_program_is_accepted_and_knows_its_sources() -> None:
    whole = program(NUMBER, TABLE, DATE, CONSTANT)
    assert check_program(whole) == whole
    assert sources(whole) == ["年齢", "職業", "登録日", None]


@pytest.mark.parametrize(
    "column",
    [
        {},
        None,
        NUMBER | {"kind": "code"},
        NUMBER | {"source": 3},
        NUMBER | {"scale": 0},
        NUMBER | {"scale": None},
        NUMBER | {"shift": "1"},
        NUMBER | {"missing": True},
        TABLE | {"outputs": [1.0]},
        TABLE | {"values": ["会社員", "会社員"]},
        TABLE | {"values": ["会社員", 2]},
        DATE | {"part": "__class__"},
        CONSTANT | {"value": "1"},
    ],
)
def test_a_column_that_cannot_be_followed_is_named(column: Any) -> None:
    with pytest.raises(BundleError, match=r"not complete \(column 1\)"):
        check_program(program(NUMBER, column))


@pytest.mark.parametrize("whole", [None, [], {"dtype": "object", "columns": []}, {"dtype": "float64"}])
def test_what_is_no_program_is_refused(whole: Any) -> None:
    with pytest.raises(BundleError, match="not complete"):
        check_program(whole)
