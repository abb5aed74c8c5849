"""Errors speak to an analyst in their language, with the next step, and carry what is needed over a process boundary."""

from __future__ import annotations

import pytest

from workbench import errors
from workbench.errors import ColumnNotFound, WorkbenchError
from workbench.words import Text


def every_error() -> list[type[WorkbenchError]]:
    """All classes of the tree."""
    found, todo = [], [WorkbenchError]
    while todo:
        here = todo.pop()
        found.append(here)
        todo += [c for c in here.__subclasses__() if c.__module__ == errors.__name__]
    return found


def test_unknown_column_names_the_closest_one() -> None:
    problem = ColumnNotFound("prise", ["price", "sales"])
    assert str(problem) == "Column 'prise' is not in the table. Closest names: price."
    assert problem.say("ja") == "列「prise」は表にありません。 近い名前: price。"
    assert isinstance(problem, KeyError)


def test_nothing_close_lists_what_there_is() -> None:
    assert str(ColumnNotFound("zzz", ["a", "b"])).endswith("There are: a, b.")


def test_every_code_is_one_classs_own() -> None:
    codes = [e.code for e in every_error()]
    assert len(set(codes)) == len(codes)


def test_the_tree_is_drawn_in_the_module() -> None:
    assert not [e.__name__ for e in every_error() if e.__name__ not in (errors.__doc__ or "")]


def test_an_error_crosses_a_process_boundary() -> None:
    data = ColumnNotFound("prise", ["price"]).to_dict()
    assert data["code"] == "column_not_found"
    assert Text.from_dict(data["hint"]).say("en") == "Closest names: price."


def test_a_code_has_a_status_of_http() -> None:
    assert all(400 <= e.status < 600 for e in every_error())


def test_every_error_can_be_raised_and_caught_as_ours() -> None:
    with pytest.raises(WorkbenchError, match="is not in the table"):
        raise ColumnNotFound("x", [])
