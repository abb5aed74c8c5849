"""Resumable uploads: chunks, gaps, races, strangers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import uploads
from workbench.errors import DataError, TooLarge, UploadConflict, UploadNotFound
from workbench.store import ObjectStore, open_store

NOW = datetime(2026, 1, 2, tzinfo=UTC)


def started(store: ObjectStore, size: int = 10, name: str = "a.csv") -> str:
    return uploads.create(store, owner="a", size=size, name=name, limit=1_000_000, now=NOW)


def test_a_file_arrives_in_chunks_whole_and_in_order(tmp_store: ObjectStore, tmp_path: Path) -> None:
    upload = started(tmp_store)
    assert uploads.append(tmp_store, upload, owner="a", at=0, data=b"0123") == 4
    assert uploads.offset(tmp_store, upload, owner="a") == (4, 10)
    assert uploads.append(tmp_store, upload, owner="a", at=4, data=b"") == 4
    assert uploads.append(tmp_store, upload, owner="a", at=4, data=b"456789") == 10
    path, name = uploads.source(tmp_store, upload, owner="a", into=tmp_path)
    assert (path.read_bytes(), name) == (b"0123456789", "a.csv")


@settings(deadline=None, max_examples=25)
@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(1, 20), min_size=1))
def test_any_cut_gives_the_same_file(tmp_path_factory: pytest.TempPathFactory, data: bytes, sizes: list[int]) -> None:
    folder = tmp_path_factory.mktemp("upload")
    store = open_store(str(folder / "store"))
    upload, at, turn = started(store, len(data)), 0, 0
    while at < len(data):
        at = uploads.append(store, upload, owner="a", at=at, data=data[at : at + sizes[turn % len(sizes)]])
        turn += 1
    assert uploads.source(store, upload, owner="a", into=folder)[0].read_bytes() == data


def test_a_chunk_that_does_not_join_on_says_where_to_go_on(tmp_store: ObjectStore) -> None:
    upload = started(tmp_store)
    uploads.append(tmp_store, upload, owner="a", at=0, data=b"012")
    for at in (0, 2, 5):
        with pytest.raises(UploadConflict, match="3 bytes are in") as caught:
            uploads.append(tmp_store, upload, owner="a", at=at, data=b"xx")
        assert caught.value.status == 409


def test_the_same_chunk_from_many_at_once_is_in_once(tmp_store: ObjectStore) -> None:
    upload = started(tmp_store)

    def send(_: int) -> int | None:
        try:
            return uploads.append(tmp_store, upload, owner="a", at=0, data=b"01234")
        except UploadConflict:
            return None

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(send, range(16))) <= {5, None}
    assert uploads.offset(tmp_store, upload, owner="a") == (5, 10)


def test_of_two_chunks_at_one_place_the_longer_counts(tmp_store: ObjectStore, tmp_path: Path) -> None:
    upload = started(tmp_store, 4)
    for data in (b"01", b"012"):
        tmp_store.put(f"uploads/{upload}/c-{0:016d}-{len(data)}", data)
    assert uploads.append(tmp_store, upload, owner="a", at=3, data=b"3") == 4
    assert uploads.source(tmp_store, upload, owner="a", into=tmp_path)[0].read_bytes() == b"0123"


def test_somebody_elses_upload_looks_like_none(tmp_store: ObjectStore, tmp_path: Path) -> None:
    upload = started(tmp_store)
    for ask in (
        lambda: uploads.offset(tmp_store, upload, owner="b"),
        lambda: uploads.append(tmp_store, upload, owner="b", at=0, data=b"x"),
        lambda: uploads.abort(tmp_store, upload, owner="b"),
        lambda: uploads.source(tmp_store, upload, owner="b", into=tmp_path),
        lambda: uploads.offset(tmp_store, "../../etc", owner="a"),
    ):
        with pytest.raises(UploadNotFound, match="no such upload") as caught:
            ask()
        assert caught.value.status == 404


def test_an_upload_that_is_not_whole_cannot_be_opened(tmp_store: ObjectStore, tmp_path: Path) -> None:
    upload = started(tmp_store)
    uploads.append(tmp_store, upload, owner="a", at=0, data=b"012")
    with pytest.raises(UploadConflict, match="Only 3 of 10 bytes"):
        uploads.source(tmp_store, upload, owner="a", into=tmp_path)


def test_sizes_are_bounded(tmp_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLarge, match=r"'big\.csv' has 3 MB; the limit is 2 MB"):
        uploads.create(tmp_store, owner="a", size=2_000_001, name="big.csv", limit=2_000_000)
    with pytest.raises(DataError, match=r"'none\.csv' is empty"):
        started(tmp_store, 0, "none.csv")
    upload = started(tmp_store)
    with pytest.raises(TooLarge, match="beyond the 10 bytes"):
        uploads.append(tmp_store, upload, owner="a", at=0, data=b"x" * 11)
    monkeypatch.setattr(uploads, "MOST_BYTES", 5)
    with pytest.raises(TooLarge, match="at most 5 are taken at once"):
        uploads.append(tmp_store, upload, owner="a", at=0, data=b"x" * 6)


def test_an_aborted_upload_leaves_nothing(tmp_store: ObjectStore) -> None:
    upload = started(tmp_store)
    uploads.append(tmp_store, upload, owner="a", at=0, data=b"012")
    uploads.abort(tmp_store, upload, owner="a")
    assert list(tmp_store.list("uploads/")) == []


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [("../../a.csv", "a.csv"), ("C:\\tmp\\表.xlsx", "表.xlsx"), ("", "upload"), ("a\x00\n.csv", "a.csv")],
)
def test_a_name_keeps_no_folder(given_name: str, kept: str) -> None:
    assert uploads.plain_name(given_name) == kept
