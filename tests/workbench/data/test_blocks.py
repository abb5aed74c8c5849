"""Pieces of a text table: what is read at full speed, what is left to the patient reader, what is no number."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import blocks
from workbench.data.blocks import Dialect, NotThisEncodingError, Piece, Plan, Straight, cut, read_piece
from workbench.data.rowwise import Misfits, read_rows
from workbench.data.typed import Plain

COMMA = Dialect(",")
cells = st.text(
    st.characters(codec="utf-8", exclude_characters="\r\x00\x1b", exclude_categories=("Cs", "Cc")), min_size=1, max_size=6
)


def texts(piece: Piece | None) -> list[list[str | None]]:
    assert piece is not None
    return [[column.series[i] for column in piece.columns if not isinstance(column, Straight)] for i in range(piece.rows)]


@settings(deadline=None)
@given(st.lists(st.tuples(cells, cells), min_size=1, max_size=20))
def test_the_fast_and_the_patient_reader_agree(rows: list[tuple[str, str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows(rows)
    data, misfits = out.getvalue().encode(), Misfits()
    slow = read_rows(io.BytesIO(data), 0, 1, width=2, dialect=COMMA, misfits=misfits, size=float("inf"), most=100)
    assert not misfits.rows
    assert texts(read_piece(data, [Plan(), Plan()], COMMA)) == [list(row[:2]) for row in slow.frame.rows()]


@pytest.mark.parametrize("text", ["1,2,3\n", "1\n", "1,2\n3\n", '1,"x\n', '1,"x""\n', 'a,b\n1,"2\n'])
def test_what_breaks_the_rules_is_left_to_the_patient_reader(text: str) -> None:
    assert read_piece(text.encode(), [Plan(), Plan()], COMMA) is None


@pytest.mark.parametrize("data", [b"a,\xff\n", b"a,\x1b$B!!\n", "a,東".encode("cp932")])
def test_what_is_not_plain_utf8_is_told_apart(data: bytes) -> None:
    with pytest.raises(NotThisEncodingError):
        read_piece(data, [Plan(), Plan()], COMMA)


@pytest.mark.parametrize("step", [8, 13, 64, 1 << 18])
@pytest.mark.parametrize("plain", ["whole", "number"])
@pytest.mark.parametrize("odd", ["007", "-07", "+07", "0x1F", " 1", "1 ", "\t1", '"007"', '" 7"'])
@pytest.mark.parametrize("at", [0, 1, 30, 59])
def test_what_is_no_number_is_found_wherever_it_stands(
    odd: str, at: int, plain: Plain, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocks, "STEP", step)
    column = ["0", "-1", "10", "200", "0", "5"] * 10
    column[at] = odd
    rows = "".join(f'0{i},{cell},0.05,"a, 007"\n' for i, cell in enumerate(column))
    piece = read_piece(rows.encode(), [Plan(), Plan(plain), Plan("number"), Plan()], COMMA)
    assert piece is not None
    assert isinstance(piece.columns[2], Straight) or "x" in odd or "+" in odd  # which Arrow itself refuses
    assert not isinstance(piece.columns[1], Straight)
    strays = odd.strip('"') != odd.strip('" \t')
    assert piece.columns[1].series.dtype == ({"whole": pl.Int64, "number": pl.Float64}[plain] if strays else pl.String)


def test_plain_numbers_are_read_straight() -> None:
    piece = read_piece(b"1,1.5,x\r\n-2,,0\r\n0,0.05,\r\n", [Plan("whole"), Plan("number"), Plan()], COMMA)
    assert piece is not None
    assert [c.array.to_pylist() for c in piece.columns if isinstance(c, Straight)] == [[1, -2, 0], [1.5, None, 0.05]]


@pytest.mark.parametrize(
    ("data", "end"), [(b"a\nb", 2), (b"ab", 0), (b'a\n"b\nc', 2), (b'"a\nb', 0), (b'"a\nb"\nc', 6), (b'a\n"b""\nc', 2)]
)
def test_a_piece_ends_with_a_whole_row(data: bytes, end: int) -> None:
    assert cut(data, COMMA) == end
