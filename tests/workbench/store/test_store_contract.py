"""The same story over every store: a folder, and a bucket behind the real client."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.gcs_emulator import ConditionalStorage, serving
from workbench.errors import ObjectNotFound, PreconditionFailed, StoreError
from workbench.store import FolderStore, ObjectStore, deliver, fetch, get_json, open_store, put_json
from workbench.store import gcs as gcs_module


@pytest.fixture(scope="module")
def service() -> Iterator[ConditionalStorage]:
    """What keeps the objects of the bucket `tables`."""
    from google.cloud import storage

    with serving() as (address, behind), pytest.MonkeyPatch.context() as patch:
        patch.setenv("STORAGE_EMULATOR_HOST", address)
        storage.Client().create_bucket("tables")
        yield behind


@pytest.fixture(params=["folder", "bucket"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> ObjectStore:
    """An empty store of each kind."""
    if request.param == "folder":
        return open_store(str(tmp_path / "store"))
    request.getfixturevalue("service")
    return open_store(f"gs://tables/{secrets.token_hex(4)}/部署 A")


@pytest.fixture
def flip(store: ObjectStore, request: pytest.FixtureRequest) -> Callable[[str, int], None]:
    """Damage one byte of an object behind the store's back, as a failing disk does."""

    def damage(name: str, at: int) -> None:
        if isinstance(store, FolderStore):
            data = bytearray((store.root / name).read_bytes())
            data[at] ^= 1
            with (store.root / name).open("r+b") as file:
                file.write(data)
        else:
            request.getfixturevalue("service").flip("tables", f"{store.prefix}{name}", at)  # type: ignore[attr-defined]

    return damage


def names(store: ObjectStore, prefix: str = "") -> list[str]:
    """The names of all objects with a prefix."""
    return [stat.name for stat in store.list(prefix)]


def test_what_was_put_comes_back(store: ObjectStore) -> None:
    put = store.put("データ/顧客 一覧.csv", b"0123456789")
    assert store.get("データ/顧客 一覧.csv") == b"0123456789"
    assert store.stat("データ/顧客 一覧.csv") == put
    assert (put.name, put.size) == ("データ/顧客 一覧.csv", 10)
    assert abs(put.updated - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [(0, 4, b"0123"), (3, None, b"3456789"), (8, 99, b"89"), (4, 4, b""), (5, 2, b""), (10, None, b""), (99, 120, b"")],
)
def test_a_range_is_half_open_and_ends_with_the_object(
    store: ObjectStore, start: int, end: int | None, expected: bytes
) -> None:
    store.put("digits", b"0123456789")
    assert store.get("digits", start=start, end=end) == expected


def test_a_missing_object_is_not_found_and_a_key_error(store: ObjectStore) -> None:
    with pytest.raises(ObjectNotFound, match=r"The store holds no 'a/missing'\."):
        store.get("a/missing")
    with pytest.raises(KeyError, match="holds no 'a/missing'"):
        store.get("a/missing", start=2, end=1)
    with pytest.raises(ObjectNotFound, match="holds no 'a/missing'"):
        store.stream("a/missing")
    assert store.stat("a/missing") is None
    assert names(store) == []


def test_an_empty_object_is_an_object(store: ObjectStore) -> None:
    store.put("empty", b"")
    store.write("also-empty", [])
    assert store.get("empty") == b""
    assert list(store.stream("also-empty")) == []
    assert names(store) == ["also-empty", "empty"]


def test_create_only_refuses_what_exists(store: ObjectStore) -> None:
    store.put("once", b"first", if_generation=0)
    with pytest.raises(PreconditionFailed, match="'once' exists in the store already"):
        store.put("once", b"second", if_generation=0)
    with pytest.raises(PreconditionFailed, match="'once' exists in the store already"):
        store.write("once", [b"third"], if_generation=0)
    assert store.get("once") == b"first"


def test_compare_and_set_refuses_an_old_generation(store: ObjectStore) -> None:
    first = store.put("aliases.json", b"1")
    second = store.put("aliases.json", b"2", if_generation=first.generation)
    assert second.generation > first.generation
    with pytest.raises(PreconditionFailed, match=r"Somebody else changed 'aliases\.json'"):
        store.put("aliases.json", b"3", if_generation=first.generation)
    with pytest.raises(PreconditionFailed, match=r"Somebody else changed 'aliases\.json'"):
        store.delete("aliases.json", if_generation=first.generation)
    store.delete("aliases.json", if_generation=second.generation)
    with pytest.raises(PreconditionFailed, match=r"Somebody else changed 'aliases\.json'"):
        store.put("aliases.json", b"4", if_generation=second.generation)


def test_generations_grow_within_one_tick(store: ObjectStore) -> None:
    generations = [store.put("n", b"x").generation for _ in range(20)]
    assert generations == sorted(set(generations))


def test_of_many_creators_one_wins(store: ObjectStore) -> None:
    def create(i: int) -> bool:
        try:
            store.put("race/one", str(i).encode(), if_generation=0)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(create, range(16)))
    assert won.count(True) == 1
    assert store.get("race/one") == str(won.index(True)).encode()


def test_a_counter_counts_every_writer(store: ObjectStore) -> None:
    store.put("counter", b"0")

    def add(_: int) -> None:
        for _ in range(5):
            while True:
                seen = store.stat("counter")
                assert seen
                try:
                    store.put("counter", str(int(store.get("counter")) + 1).encode(), if_generation=seen.generation)
                    break
                except PreconditionFailed:
                    continue

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add, range(4)))
    assert store.get("counter") == b"20"


def test_a_large_object_travels_in_blocks(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    data = os.urandom(700_001)
    written = store.write("big", (data[at : at + 99_999] for at in range(0, len(data), 99_999)))
    assert written.size == len(data)
    blocks = list(store.stream("big", block=64 * 1024))
    assert b"".join(blocks) == data
    assert max(map(len, blocks)) <= 64 * 1024


class Counted(bytes):
    """A block that knows how many of its kind are alive."""

    alive = most = 0

    def __new__(cls, data: bytes) -> Counted:
        cls.alive += 1
        cls.most = max(cls.most, cls.alive)
        return super().__new__(cls, data)

    def __del__(self) -> None:
        Counted.alive -= 1


@pytest.fixture
def counted() -> Iterator[type[Counted]]:
    """Nothing counted yet."""
    Counted.alive = Counted.most = 0
    yield Counted
    assert Counted.alive == 0


def test_a_write_holds_a_few_blocks_at_once(
    store: ObjectStore, counted: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    assert store.write("big", (counted(bytes(64 * 1024)) for _ in range(100))).size == 6_553_600
    assert counted.most <= 3


def test_a_write_reads_no_further_than_it_has_sent(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    taken = held = 0
    read = gcs_module.Blocks.read

    def noted(self: gcs_module.Blocks, size: int) -> bytes:
        nonlocal held
        data = read(self, size)
        held = max(held, taken - self.position + len(data))
        return data

    def blocks() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(60):
            taken += 100_000
            yield bytes(100_000)

    monkeypatch.setattr(gcs_module.Blocks, "read", noted)
    store.write("big", blocks())
    assert held <= 256 * 1024 + 100_000, "of 6 MB more than a chunk and a block were in memory at once"


def test_a_stream_holds_a_few_pieces_at_once(
    store: ObjectStore, counted: type[Counted], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    store.write("big", (bytes(64 * 1024) for _ in range(100)))
    if isinstance(store, FolderStore):
        opened = Path.open
        monkeypatch.setattr(Path, "open", lambda self, mode: CountedFile(opened(self, mode), counted))
    else:
        part = store.part  # type: ignore[attr-defined]
        monkeypatch.setattr(store, "part", lambda *where: counted(part(*where)))
    assert sum(map(len, store.stream("big", block=64 * 1024))) == 6_553_600
    assert 1 <= counted.most <= 3


class CountedFile:
    """An open file whose blocks are counted."""

    def __init__(self, file: Any, counted: type[Counted]) -> None:
        self.file, self.counted = file, counted

    def __enter__(self) -> CountedFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)

    def read(self, size: int) -> bytes:
        data = self.file.read(size)
        return self.counted(data) if data else b""


def test_the_sum_is_known_and_is_the_one_everybody_computes(store: ObjectStore) -> None:
    put = store.put("digits", b"123456789")
    wrote = store.write("in blocks", [b"1234", b"", b"56789"])
    assert put.crc32c == wrote.crc32c == 0xE3069283, "the check value of CRC-32C"
    assert [stat.crc32c for stat in store.list()] == [0xE3069283] * 2
    assert store.put("empty", b"").crc32c == 0


@pytest.mark.parametrize("at", [0, 300_000, 599_999])
def test_a_damaged_object_is_told_and_never_served_whole(
    store: ObjectStore, flip: Callable[[str, int], None], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, at: int
) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    data = os.urandom(600_000)
    store.write("表 1/data.parquet", (data[i : i + 70_000] for i in range(0, len(data), 70_000)))
    flip("表 1/data.parquet", at)
    with pytest.raises(StoreError, match=r"'表 1/data\.parquet' in the store is damaged: .* Restore it from a copy") as said:
        store.get("表 1/data.parquet")
    assert "「表 1/data.parquet」は壊れています" in said.value.say("ja")
    got = b""
    with pytest.raises(StoreError, match="is damaged"):  # noqa: PT012 - how far it got is the question
        for block in store.stream("表 1/data.parquet", block=64 * 1024):
            got += block
    assert len(got) < len(data)
    with pytest.raises(StoreError, match="is damaged"):
        fetch(store, "表 1", tmp_path / "copy")
    assert not (tmp_path / "copy/data.parquet").exists()


def test_a_damaged_small_object_is_told(store: ObjectStore, flip: Callable[[str, int], None]) -> None:
    store.put("a.json", b'{"champion": 1}')
    flip("a.json", 13)
    with pytest.raises(StoreError, match=r"'a\.json' in the store is damaged"):
        get_json(store, "a.json")
    with pytest.raises(StoreError, match=r"'a\.json' in the store is damaged"):
        list(store.stream("a.json"))
    store.put("a.json", b'{"champion": 2}')
    assert get_json(store, "a.json") == {"champion": 2}, "what is written anew is whole again"


@pytest.mark.parametrize("size", [256 * 1024, 512 * 1024])
def test_an_object_of_whole_chunks_is_complete(store: ObjectStore, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    assert store.write("even", [bytes(size)]).size == size
    assert sum(map(len, store.stream("even"))) == size


def test_blocks_that_fail_leave_nothing(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    store.put("kept", b"old")

    def broken() -> Iterator[bytes]:
        yield bytes(600_000)
        raise RuntimeError("the reader went away")

    for name in ("new", "kept"):
        with pytest.raises(RuntimeError, match="the reader went away"):
            store.write(name, broken())
    assert store.stat("new") is None
    assert store.get("kept") == b"old"
    assert names(store) == ["kept"]


def test_a_reader_never_gets_a_mixture(store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gcs_module, "CHUNK", 256 * 1024)
    store.put("table", b"a" * 600_000)
    blocks = store.stream("table", block=256 * 1024)
    begun = [next(blocks)]
    store.put("table", b"b" * 600_000)
    try:
        begun += blocks
    except PreconditionFailed as problem:
        assert "Somebody else changed 'table'" in str(problem)  # noqa: PT017 - the folder keeps the old file readable instead
    assert b"b" not in b"".join(begun)


def test_lists_are_in_name_order_and_follow_the_prefix(store: ObjectStore) -> None:
    for name in ("jobs/b/1", "jobs/a", "jobs-2", "jobs/b.json", "jobs/b/0", "job", "モデル/x"):
        store.put(name, b"")
    assert names(store) == ["job", "jobs-2", "jobs/a", "jobs/b.json", "jobs/b/0", "jobs/b/1", "モデル/x"]
    assert names(store, "jobs/") == ["jobs/a", "jobs/b.json", "jobs/b/0", "jobs/b/1"]
    assert names(store, "jobs/b") == ["jobs/b.json", "jobs/b/0", "jobs/b/1"]
    assert names(store, "nothing/") == names(store, "job/") == []
    assert names(store, "モ") == ["モデル/x"]


def test_folders_are_listed_without_their_objects(store: ObjectStore) -> None:
    for name in ("jobs/b/events/1", "jobs/a/spec.json", "jobs/loose", "models/m/1"):
        store.put(name, b"")
    assert list(store.folders("jobs/")) == list(store.folders("jobs")) == ["a", "b"]
    assert list(store.folders("")) == ["jobs", "models"]
    assert list(store.folders("nothing/")) == []


def test_deleting_is_idempotent(store: ObjectStore) -> None:
    store.put("a/b/c", b"1")
    store.delete("a/b/c")
    store.delete("a/b/c")
    store.delete("never/was", if_generation=7)
    assert store.stat("a/b/c") is None
    assert names(store) == []


@pytest.mark.parametrize(
    "name", ["", "/a", "a/", "a//b", ".", "..", "a/../b", "../a", "a\\b", "a\0b", "a\nb", "x" * 1025, "あ" * 342]
)
def test_hostile_names_are_refused(store: ObjectStore, name: str) -> None:
    for call in (store.get, store.stat, store.stream, store.delete, lambda n: store.put(n, b""), lambda n: store.write(n, [])):
        with pytest.raises(StoreError, match="cannot be the name of a stored object"):
            call(name)


@pytest.mark.parametrize("prefix", ["../", "a/../b", "/", "a//b", "a\\"])
def test_hostile_prefixes_are_refused(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(StoreError, match="cannot be the name of a stored object"):
        list(store.list(prefix))


def test_a_working_store_passes_its_check(store: ObjectStore) -> None:
    store.check()
    assert names(store) == []


def test_json_comes_back_as_it_was(store: ObjectStore) -> None:
    value = {"名前": ["東京", None, 1.5, True], "n": {}}
    put_json(store, "a.json", value)
    assert get_json(store, "a.json") == value
    assert get_json(store, "b.json") is None
    store.put("c.json", b"{half")
    with pytest.raises(StoreError, match=r"'c\.json' in the store is damaged"):
        get_json(store, "c.json")
    with pytest.raises(ValueError, match="not JSON compliant"):
        put_json(store, "d.json", float("nan"))
    assert store.stat("d.json") is None


def test_a_folder_travels_there_and_back(store: ObjectStore, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    (source / "deep").mkdir(parents=True)
    for name in ("manifest.json", "model.skops", "deep/表.parquet"):
        (source / name).write_bytes(name.encode() * 100)
    deliver(store, source, "models/解約/1")
    assert names(store) == ["models/解約/1/deep/表.parquet", "models/解約/1/manifest.json", "models/解約/1/model.skops"]
    store.put("models/解約/10/manifest.json", b"another version")
    fetch(store, "models/解約/1", target)
    assert {p.relative_to(target).as_posix(): p.read_bytes() for p in target.rglob("*") if p.is_file()} == {
        name: name.encode() * 100 for name in ("manifest.json", "model.skops", "deep/表.parquet")
    }


def test_delivering_twice_is_refused_and_nothing_to_fetch_is_said(store: ObjectStore, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_bytes(b"{}")
    source = tmp_path / "source"
    source.mkdir()
    (source / "manifest.json").write_bytes(b"{}")
    deliver(store, source, "m/1")
    with pytest.raises(PreconditionFailed, match=r"'m/1/manifest\.json' exists"):
        deliver(store, source, "m/1/")
    with pytest.raises(ObjectNotFound, match="nothing below 'm/2'"):
        fetch(store, "m/2", tmp_path / "target")


def test_the_manifest_arrives_last(store: ObjectStore, tmp_path: Path) -> None:
    for name in ("manifest.json", "a", "z"):
        (tmp_path / name).write_bytes(b"")
    store.put("m/z", b"in the way")
    with pytest.raises(PreconditionFailed, match="'m/z' exists"):
        deliver(store, tmp_path, "m")
    assert store.stat("m/manifest.json") is None


PARTS = st.text(st.characters(exclude_characters="/\\", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20)


@given(
    parts=st.lists(PARTS.filter(lambda part: part not in (".", "..", ".store")), min_size=1, max_size=4),
    data=st.binary(max_size=50),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_proper_name_holds_any_bytes(store: ObjectStore, parts: list[str], data: bytes) -> None:
    name = "/".join(parts)
    store.put(name, data)
    try:
        assert store.get(name) == data
        assert names(store) == [name]
    finally:
        store.delete(name)
