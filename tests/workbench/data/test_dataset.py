"""The fingerprint of a table's content."""

from __future__ import annotations

import datetime as dt
import io
import subprocess
import sys

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbench.data.dataset import fingerprint

FRAME = pl.DataFrame(
    {
        "名": ["あ", None, ""],
        "数": [1, None, 0],
        "値": [0.5, None, 0.0],
        "真": [True, None, False],
        "日": [dt.date(2024, 1, 1), None, dt.date(1970, 1, 1)],
        "時": [dt.datetime(2024, 1, 1, 9), None, dt.datetime(1970, 1, 1)],
    }
)
rows = st.lists(
    st.tuples(st.text() | st.none(), st.integers(-(2**63), 2**63 - 1) | st.none(), st.floats(allow_nan=False) | st.none()),
    min_size=1,
)


@given(rows, st.integers(0, 20))
def test_a_fingerprint_does_not_depend_on_chunks(rows: list[tuple[object, ...]], cut: int) -> None:
    frame = pl.DataFrame(rows, schema={"a": pl.String, "b": pl.Int64, "c": pl.Float64}, orient="row")
    parts = pl.concat([frame[:cut], frame[cut:]], rechunk=False)
    assert fingerprint(parts) == fingerprint(frame)


@given(rows, rows)
def test_different_content_has_another_fingerprint(one: list[tuple[object, ...]], other: list[tuple[object, ...]]) -> None:
    schema = {"a": pl.String, "b": pl.Int64, "c": pl.Float64}
    first, second = (pl.DataFrame(r, schema=schema, orient="row") for r in (one, other))
    assert (fingerprint(first) == fingerprint(second)) == first.equals(second)


def test_a_fingerprint_survives_parquet_and_another_process() -> None:
    buffer = io.BytesIO()
    FRAME.write_parquet(buffer)
    program = "import sys, polars as pl; from workbench.data.dataset import fingerprint; "
    program += "print(fingerprint(pl.read_parquet(sys.stdin.buffer.read())))"
    found = subprocess.run([sys.executable, "-c", program], input=buffer.getvalue(), capture_output=True, check=True)
    assert found.stdout.decode().strip() == fingerprint(FRAME)


@pytest.mark.parametrize(
    "other",
    [
        FRAME.rename({"名": "名前"}),
        FRAME.select(reversed(FRAME.columns)),
        FRAME.with_columns(pl.col("数").cast(pl.Float64)),
        FRAME.with_columns(pl.col("数").fill_null(0)),
        FRAME.with_columns(pl.col("名").fill_null("")),
        FRAME.reverse(),
        FRAME.head(2),
    ],
)
def test_names_types_order_and_blanks_count(other: pl.DataFrame) -> None:
    assert fingerprint(other) != fingerprint(FRAME)


def test_where_one_text_ends_and_the_next_begins_counts() -> None:
    assert fingerprint(pl.DataFrame({"a": ["ab", "c"]})) != fingerprint(pl.DataFrame({"a": ["a", "bc"]}))
