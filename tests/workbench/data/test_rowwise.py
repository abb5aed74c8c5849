"""Rows read one by one, and where reading stops."""

from __future__ import annotations

import io

import pytest

from workbench.data import rowwise
from workbench.data.blocks import Dialect, NotThisEncodingError
from workbench.data.rowwise import Misfits, Rows, read_rows
from workbench.errors import TooLarge


def rows(data: bytes, *, start: int = 0, size: float = float("inf"), misfits: Misfits | None = None) -> Rows:
    noted = Misfits() if misfits is None else misfits
    return read_rows(io.BytesIO(data), start, 1, width=2, dialect=Dialect(","), misfits=noted, size=size, most=1000)


def test_reading_stops_at_the_end_of_a_row_and_goes_on_there() -> None:
    data = 'あ,1\n"い\nう",2\nえ,3\n'.encode()
    first = rows(data, size=7)
    assert first.frame["0"].to_list() == ["あ", "い\nう"]
    assert rows(data, start=first.size).frame["0"].to_list() == ["え"]


def test_rows_that_do_not_fit_are_noted_with_their_line() -> None:
    misfits = Misfits()
    rows(b'a,b\n\n"x\ny"\n1,2,3\n', misfits=misfits)
    assert misfits.rows == [(3, "short", '"x\ny"'), (5, "long", "1,2,3")]


def test_many_rows_that_do_not_fit_are_listed_without_their_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowwise, "MOST_LISTED", 1)
    misfits = Misfits()
    rows(b"a\nb\n", misfits=misfits)
    assert misfits.frame().rows() == [(1, "short", "a"), (2, "short", None)]


def test_a_row_without_end_is_refused_and_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rowwise, "MOST_ROW", 1000)
    with pytest.raises(TooLarge, match="begins in line 2"):
        rows(b'a,b\n"' + b"x\n" * 1000)


def test_other_encodings_are_told_apart() -> None:
    with pytest.raises(NotThisEncodingError):
        rows("東,京".encode("cp932"))
