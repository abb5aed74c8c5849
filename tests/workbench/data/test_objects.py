"""The general reader in a process of its own, which may end without taking ours along."""

from __future__ import annotations

import io

import pytest
import xlsxwriter

from workbench.data import objects
from workbench.data.objects import ChildEndedError, read_objects


def book(*places: tuple[int, int]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        sheet = made.add_worksheet("売上")
        for row, column in places:
            sheet.write(row, column, 1.5)
        made.add_worksheet("控え").hide()
    return out.getvalue()


def test_a_sheet_comes_back_from_the_child() -> None:
    found = read_objects(book((0, 0), (2, 1)), "売上", (9, 9))
    assert found.hidden == {"売上": False, "控え": True}
    assert (found.name, tuple(found.reach), found.problem) == ("売上", (3, 2), None)
    assert found.frame is not None
    assert found.frame.rows() == [(0, 0, "float", 1.5, None), (2, 1, "float", 1.5, None)]


def test_of_a_sheet_that_is_too_large_only_the_extent_comes_back() -> None:
    found = read_objects(book((0, 0), (20, 1)), None, (9, 9))
    assert (found.problem, tuple(found.reach), found.frame) == ("limit", (21, 2), None)


def test_a_child_that_asks_for_more_memory_than_there_is_only_ends_itself() -> None:
    with pytest.raises(ChildEndedError):
        read_objects(book((0, 0), (1_048_575, 16_383)), None, (2_000_000, 20_000))


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(objects, "MOST_SECONDS", 0.01)
    with pytest.raises(ChildEndedError):
        read_objects(book((0, 0)), None, (9, 9))
