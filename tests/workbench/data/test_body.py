"""Reading piece by piece gives what reading at once gives, whatever stands where."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from workbench.data import body, growing, read, typed
from workbench.data.delimited import Table, read_delimited
from workbench.data.reading import Reading


@contextmanager
def pieces(smallest: int, looked_at: int = 200) -> Iterator[None]:
    """Read pieces of a few bytes, and propose types from a few values."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(body, "SMALLEST", smallest)
        patch.setattr(body, "LARGEST", smallest * 4)
        patch.setattr(growing, "LOOKED_AT", looked_at)
        patch.setattr(body, "LOOKED_AT", looked_at)
        patch.setattr(body, "WIDEST", smallest)
        patch.setattr(typed, "LOOKED_AT", looked_at)
        yield


def at_once(data: bytes, looked_at: int) -> pl.DataFrame:
    """Read row by row with Python's own reader, all as text, then give whole columns their types."""
    names, *rows = csv.reader(io.StringIO(data.decode(), newline=""))
    rows = [row for row in rows if row]
    width = len(names)
    long = any(len(row) > width for row in rows)
    cells = [[*row[:width], *[""] * (width - len(row)), ",".join(row[width:])] for row in rows]
    texts = [pl.Series(name, [row[i] for row in cells]) for i, name in enumerate([*names, "surplus"][: width + long])]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typed, "LOOKED_AT", looked_at)
        return pl.DataFrame([typed.typed(text).series for text in texts])


def in_pieces(data: bytes, smallest: int, looked_at: int) -> Table:
    with pieces(smallest, looked_at):
        return read_delimited(data, header=1, delimiter=",", text=(), max_rows=10_000)


numbers = st.sampled_from(
    ["0", "1", "-0", "+7", "42", "007", "-012", "+05", "1.5", ".5", "5.", "1e3", "00.5", "0.50", "9" * 15]
)
oddities = st.sampled_from(
    ["", "NA", "nan", "inf", " ", " 1", "2 ", "\t3", "9" * 16, "1e400", "1_0", "0x1", "１", "\u30004", "a", "- 1"]
)
moments = st.sampled_from(["2024-01-31", "2024/2/1", "2024-01-31 10:00", "2024-01-31T10:00:00.1234567Z", "2024-02-30", ""])
others = st.sampled_from(["true", "FALSE", "true ", "東京", 'say "7"', "x, 007", "line\n08,1", "0,1", "090-1234", "NULL"])


@st.composite
def columns(draw: st.DrawFn, rows: int) -> list[str]:
    """Mostly one sort of value, so that the odd one out stands anywhere."""
    main = draw(st.sampled_from([numbers, moments, others, st.just("1"), st.just("1.5"), st.just("")]))
    cells = draw(st.lists(main, min_size=rows, max_size=rows))
    for at in draw(st.lists(st.integers(0, rows - 1), max_size=3)):
        cells[at] = draw(st.one_of(numbers, oddities, moments, others))
    return cells


crooked = st.sampled_from(["", "1", "1,2,3,4,5", "007,x", '5"x,1', '"5"x,1', '"5,1', '1,"', '1,"7"', "0x1f,0x2", "1\r2", " "])


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    rows = draw(st.integers(1, 40))
    cells = [draw(columns(rows)) for _ in range(draw(st.integers(2, 4)))]
    out = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    end = draw(st.sampled_from(["\n", "\r\n"]))
    csv.writer(out, lineterminator=end, quoting=quoting).writerows(  # type: ignore[arg-type]
        [[f"c{i}" for i in range(len(cells))], *zip(*cells, strict=True)]
    )
    lines = out.getvalue().split(end)
    for at in draw(st.lists(st.integers(1, len(lines)), max_size=2)):
        lines.insert(at, draw(crooked))
    return end.join(lines).encode()


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(tables(), st.sampled_from([8, 20, 64, 1000]), st.sampled_from([1, 3, 200]))
def test_pieces_and_the_whole_give_equal_frames(data: bytes, smallest: int, looked_at: int) -> None:
    assume(data.count(b'"') % 2 == 0)  # otherwise quotes may be letters
    found = in_pieces(data, smallest, looked_at)
    assume(found.header.rows == 1 and found.header.names == tuple(data.partition(b"\n")[0].decode().strip().split(",")))
    assert_frame_equal(found.frame, at_once(data, looked_at))
    assert found.misfits.equals(in_pieces(data, 1 << 20, looked_at).misfits)


@pytest.mark.parametrize("first", ["1", "1.5"])
@pytest.mark.parametrize(
    "last", ["x", "007", " ", " 2", "2 ", "NA", "2.5", "1e400", "inf", "nan", "9" * 16, "9" * 16 + ".5", "0x10", "+5"]
)
def test_what_comes_late_counts_as_if_it_came_first(first: str, last: str) -> None:
    data = ("a,b\n" + f"{first},2024-01-01\n" * 500 + f"{last},2024-01-01 10:00\n").encode()
    found = in_pieces(data, 100, 200)
    assert_frame_equal(found.frame, at_once(data, 200))


def opened(content: str, **options: object) -> Reading:
    return read(content.encode(), name="t", **{"max_rows": 10_000} | options)  # type: ignore[arg-type]


def test_rows_that_do_not_fit_are_listed_as_they_stood() -> None:
    found = opened('a,b\n1,2\n3\n"x\ny",4,5\n6,7\n')
    assert found.misfits.rows() == [(3, "short", "3"), (4, "long", '"x\ny",4,5')]
    assert found.frame.height == 4
    assert found.to_dict()["misfits"] == 2


def test_a_table_without_misfits_has_an_empty_list_of_them() -> None:
    assert opened("a,b\n1,2\n").misfits.schema == {"line": pl.Int64, "problem": pl.String, "content": pl.String}


def test_a_crooked_row_far_down_is_found_and_named(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("a,b,c\n" + "1,2,3\n" * 400_000 + "1,2\n" + "1,2,3\n" * 400_000 + "1,2,3,4\n")
    found = read(path, name="long.csv", max_rows=10**6)
    assert found.misfits.rows() == [(400_002, "short", "1,2"), (800_003, "long", "1,2,3,4")]
    assert found.frame.height == 800_002
    assert found.frame["c"].dtype == pl.Int64
    assert found.frame["surplus"].drop_nulls().to_list() == [4]


def test_columns_are_kept_as_text_where_a_person_says_so() -> None:
    found = opened("code,n\n1,1\n2,2\n", text=("code", "not there"))
    assert found.frame.rows() == [("1", 1), ("2", 2)]


def test_progress_rises_to_the_end(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "1,2\n" * 3_000_000)
    told: list[tuple[float, float]] = []
    read(path, name="t.csv", max_rows=10**7, progress=lambda share: told.append((time.monotonic(), share)))
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 2


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("a,b\n2024-01-31 10:00+09:00,1\n", "reading.note.zone"),
        ("a,b\n2024-01-31 10:00:00.1234567,1\n", "reading.note.fraction"),
        ("a,b\n1.1,1\n1.10,2\n1.9,3\n", "reading.note.versions"),
    ],
)
def test_what_a_type_does_not_keep_is_said(text: str, key: str) -> None:
    assert [note.key for note in opened(text).notes] == [key]


@pytest.mark.parametrize(
    "text",
    ["a,b\n2024-01-31 10:00,1\n", "a,b\n1.5,1\n1.25,2\n", "a,b\n2024-01-31 10:00:00.1234560,1\n", "a\n2024-01-31 10:00:00Z\n"],
)
def test_nothing_is_said_where_nothing_is_lost(text: str) -> None:
    assert not opened(text).notes
