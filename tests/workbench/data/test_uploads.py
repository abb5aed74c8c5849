"""Resumable uploads: chunks, gaps, races, strangers."""

from __future__ import annotations

import itertools
import os
import tracemalloc
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.data import uploads
from workbench.errors import DataError, StoreError, TooLarge, UploadConflict, UploadNotFound, WorkbenchError
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


def aged(store: ObjectStore, upload: str, days: float) -> None:
    """Let every object of an upload be so old."""
    then = (NOW - timedelta(days=days)).timestamp()
    for stat in store.list(f"uploads/{upload}/"):
        os.utime(store.root / stat.name, (then, then))  # type: ignore[attr-defined]


def test_what_became_a_source_stays_until_it_is_released(tmp_store: ObjectStore, tmp_path: Path) -> None:
    upload = started(tmp_store, 3)
    uploads.append(tmp_store, upload, owner="a", at=0, data=b"012")
    with pytest.raises(UploadNotFound, match="no such upload"):
        uploads.keep(tmp_store, upload, owner="b")
    for _ in range(2):
        uploads.keep(tmp_store, upload, owner="a")
    with pytest.raises(UploadConflict, match="A table was made of this upload") as caught:
        uploads.abort(tmp_store, upload, owner="a")
    assert caught.value.status == 409
    assert uploads.source(tmp_store, upload, owner="a", into=tmp_path)[0].read_bytes() == b"012"
    for _ in range(2):
        uploads.release(tmp_store, upload)
    assert list(tmp_store.list()) == []


@pytest.mark.parametrize("upload", ["", "..", "../datasets", "x"])
def test_only_an_upload_is_released(tmp_store: ObjectStore, upload: str) -> None:
    tmp_store.put("uploads/x/info.json", b"{}")
    with pytest.raises(UploadNotFound, match="no such upload"):
        uploads.release(tmp_store, upload)
    assert tmp_store.stat("uploads/x/info.json")


def test_only_what_nobody_needs_is_swept(tmp_store: ObjectStore) -> None:
    announced, begun, touched, kept, young = (started(tmp_store) for _ in range(5))
    for upload in (begun, touched, kept, young):
        uploads.append(tmp_store, upload, owner="a", at=0, data=b"01")
    uploads.keep(tmp_store, kept, owner="a")
    for upload in (announced, begun, touched, kept):
        aged(tmp_store, upload, 2.01)
    aged(tmp_store, young, 1.99)
    uploads.append(tmp_store, touched, owner="a", at=2, data=b"2")
    tmp_store.put("uploads/by hand.csv", b"not ours")
    assert sorted(uploads.sweep(tmp_store, now=NOW)) == sorted([announced, begun])
    assert {stat.name.split("/")[1] for stat in tmp_store.list("uploads/")} == {touched, kept, young, "by hand.csv"}
    assert uploads.sweep(tmp_store, now=NOW) == []
    assert uploads.sweep(tmp_store, now=NOW, older_than=timedelta(days=1)) == [young]


def test_a_chunk_for_a_swept_upload_is_told_to_start_again(tmp_store: ObjectStore) -> None:
    upload = started(tmp_store)
    aged(tmp_store, upload, 3)
    uploads.sweep(tmp_store, now=NOW)
    with pytest.raises(UploadNotFound, match="no such upload"):
        uploads.append(tmp_store, upload, owner="a", at=0, data=b"0")


@settings(deadline=None, max_examples=25)
@given(st.binary(min_size=1, max_size=60), st.lists(st.integers(0, 20), min_size=1), st.integers(1, 30))
def test_a_stream_of_any_blocks_becomes_the_same_file(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, sizes: list[int], chunk: int
) -> None:
    folder = tmp_path_factory.mktemp("adopted")
    store = open_store(str(folder / "store"))
    cuts = [0, *(min(at, len(data)) for at in itertools.accumulate(sizes)), len(data)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uploads, "ADOPTED", chunk)
        upload = uploads.adopt(
            store,
            owner="a",
            name="in/表.csv",
            blocks=(data[a:b] for a, b in itertools.pairwise(cuts)),
            size=len(data),
            limit=99,
        )
    path, name = uploads.source(store, upload, owner="a", into=folder)
    assert (path.read_bytes(), name) == (data, "表.csv")
    assert all(c.size <= chunk for c in uploads.chunks(store, upload))


def test_a_long_stream_is_adopted_a_few_blocks_at_a_time(tmp_store: ObjectStore) -> None:
    tracemalloc.start()
    try:
        upload = uploads.adopt(
            tmp_store, owner="a", name="big.csv", blocks=(bytes(1 << 20) for _ in range(60)), size=60 << 20, limit=100 << 20
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [chunk.size for chunk in uploads.chunks(tmp_store, upload)] == [25_000_000, 25_000_000, 12_914_560]
    assert peak < 8_000_000, "of 60 MB a few blocks were in memory at once"


def broken() -> Iterator[bytes]:
    yield b"0123"
    raise StoreError("error.store.damaged", name="inbox/a.csv")


@pytest.mark.parametrize(
    ("blocks", "size", "sentence"),
    [
        ([b"0123", b"45"], 10, "Only 6 of 10 bytes"),
        ([b"0123", b"456789x"], 10, "beyond the 10 bytes"),
        (broken(), 10, "is damaged"),
        ([b"x"], 200, "the limit is"),
        ([], 0, "is empty"),
    ],
)
def test_a_stream_that_fails_leaves_nothing(
    tmp_store: ObjectStore, monkeypatch: pytest.MonkeyPatch, blocks: Iterable[bytes], size: int, sentence: str
) -> None:
    monkeypatch.setattr(uploads, "ADOPTED", 3)
    with pytest.raises(WorkbenchError, match=sentence):
        uploads.adopt(tmp_store, owner="a", name="a.csv", blocks=blocks, size=size, limit=100)
    assert list(tmp_store.list()) == []
