"""A table goes into a store as it is encoded, whole or not at all."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import numpy as np
import polars as pl
import pytest

from workbench.data.tables import encoded, get_frame, put_frame
from workbench.errors import PreconditionFailed
from workbench.store import FolderStore

LARGE = pl.DataFrame({"値": np.random.default_rng(7).random(600_000), "名": ["東京", None, "a\nb"] * 200_000})


def test_a_stored_table_comes_back_equal(tmp_store: FolderStore) -> None:
    put_frame(tmp_store, "表/a.parquet", LARGE)
    assert get_frame(tmp_store, "表/a.parquet").equals(LARGE)


def test_a_table_never_replaces_another(tmp_store: FolderStore) -> None:
    put_frame(tmp_store, "a", LARGE.head(3))
    with pytest.raises(PreconditionFailed):
        put_frame(tmp_store, "a", LARGE)
    assert get_frame(tmp_store, "a").equals(LARGE.head(3))


def test_who_stops_in_the_middle_ends_the_encoding() -> None:
    before = threading.active_count()
    blocks: Iterator[bytes] = encoded(LARGE)
    assert next(blocks).startswith(b"PAR1")
    blocks.close()  # type: ignore[attr-defined]
    assert threading.active_count() == before


def test_a_table_that_cannot_be_encoded_leaves_nothing_behind(tmp_store: FolderStore) -> None:
    with pytest.raises(pl.exceptions.PolarsError):
        put_frame(tmp_store, "a", pl.DataFrame({"a": [object()]}, schema={"a": pl.Object}))
    assert tmp_store.stat("a") is None
