"""What only a folder can do wrong: links, files in the way, rights, a full disk, half-written files."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workbench.errors import ObjectNotFound, StoreError
from workbench.store import FolderStore, folder
from workbench.store.folder import refusal
from workbench.store.sums import extended


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty folder store."""
    return FolderStore(tmp_path / "store")


@given(st.text(max_size=60) | st.lists(st.sampled_from(["..", ".", "a", "", "~", ".store", "/"]), max_size=6).map("/".join))
@settings(max_examples=300, deadline=None)
def test_no_name_leaves_the_root(name: str) -> None:
    root = Path("/tmp/anywhere/store").resolve()
    try:
        path = FolderStore(root).path(name)
    except StoreError:
        return
    assert path.resolve().is_relative_to(root)
    assert path != root


def test_a_link_does_not_lead_out(store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/file").write_bytes(b"secret")
    store.put("a", b"")
    (store.root / "link").symlink_to(tmp_path / "secret")
    (store.root / "file").symlink_to(tmp_path / "secret/file")
    (store.root / "loop").symlink_to(store.root / "loop")
    for name in ("link/file", "file", "loop"):
        for call in (store.get, store.delete, store.stat, lambda n: store.put(n, b"x")):
            with pytest.raises(StoreError, match="leads out of the store's folder"):
                call(name)
    assert [s.name for s in store.list()] == ["a"]
    assert (tmp_path / "secret/file").read_bytes() == b"secret"


def test_the_private_part_is_not_an_object(store: FolderStore) -> None:
    store.put("a", b"")
    with pytest.raises(StoreError, match="into its private part"):
        store.put(".store/incoming/x", b"")
    assert [s.name for s in store.list()] == [s.name for s in store.list("a")] == ["a"]
    assert list(store.folders("")) == []


def test_a_file_in_the_way_is_named(store: FolderStore) -> None:
    store.put("a", b"1")
    store.put("d/e", b"2")
    with pytest.raises(StoreError, match=r"'a/b' cannot be stored in .*: a file or folder of that name is in the way"):
        store.put("a/b", b"")
    for generation in (None, 0):
        with pytest.raises(StoreError, match="'d' cannot be stored in"):
            store.put("d", b"", if_generation=generation)
    with pytest.raises(ObjectNotFound, match="holds no 'a/b'"):
        store.get("a/b")
    with pytest.raises(ObjectNotFound, match="holds no 'd'"):
        store.get("d")
    assert store.stat("d") is store.stat("a/b") is None


def test_a_root_that_is_a_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = FolderStore(tmp_path / "file")
    for call in (
        store.check,
        lambda: store.put("a", b""),
        lambda: store.get("a"),
        lambda: store.stat("a"),
        lambda: list(store.list()),
    ):
        with pytest.raises(StoreError, match=r"is a file, or lies below one. Set WORKBENCH_STORE to a folder"):
            call()


def test_a_folder_that_takes_no_files_fails_the_check() -> None:
    with pytest.raises(StoreError, match="The store's folder /proc/workbench"):
        FolderStore("/proc/workbench").check()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        (errno.EACCES, "may not be read or written"),
        (errno.EROFS, "may not be read or written"),
        (errno.ENOSPC, "no room left"),
        (errno.EIO, "does not work: Input/output error"),
        (errno.ENAMETOOLONG, "cannot be the name"),
    ],
)
def test_what_the_disk_refuses_is_said(tmp_path: Path, code: int, sentence: str) -> None:
    said = refusal(OSError(code, os.strerror(code)), "a", tmp_path)
    assert sentence in str(said)
    assert said.say("ja") != str(said)


def test_a_part_too_long_for_the_disk_is_a_name_error(store: FolderStore) -> None:
    name = "あ" * 100
    with pytest.raises(StoreError, match="255 in each part"):
        store.put(name, b"")
    with pytest.raises(StoreError, match="255 in each part"):
        store.get(name)


def test_a_full_disk_leaves_nothing(tmp_path: Path) -> None:
    # The limit on file sizes is the one way to a full disk that a process can give itself.
    script = """
import resource, signal, sys
from workbench.errors import StoreError
from workbench.store import FolderStore
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = FolderStore(sys.argv[1])
store.put("kept", b"old")
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.write("kept", (bytes(60_000) for _ in range(4)))
except StoreError as problem:
    print(problem)
print([stat.name for stat in store.list()], store.get("kept"))
"""
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert "There is no room left" in done.stdout
    assert done.stdout.endswith("['kept'] b'old'\n")
    assert not list((tmp_path / ".store/incoming").iterdir())


def test_readers_see_whole_objects_only(store: FolderStore) -> None:
    versions = [bytes([i]) * 200_000 for i in range(8)]
    store.put("table", versions[0])
    done = threading.Event()

    def write() -> None:
        for version in versions * 3:
            store.put("table", version)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    seen = []
    while not done.is_set():
        seen.append(store.get("table"))
    writer.join()
    assert set(seen) <= set(versions)


def test_folders_emptied_by_others_do_not_lose_a_write(store: FolderStore) -> None:
    def churn(name: str) -> None:
        for _ in range(60):
            store.put(name, b"x", if_generation=0)
            store.delete(name)

    threads = [threading.Thread(target=churn, args=(f"shared/deep/{i}",)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not (store.root / "shared").exists()


def test_strangers_files_with_impossible_names_are_passed_over(store: FolderStore) -> None:
    store.put("a", b"")
    (store.root / "back\\slash").write_bytes(b"")
    (store.root / os.fsdecode(b"\xff\xfe")).write_bytes(b"")
    assert [s.name for s in store.list()] == ["a"]


def test_a_store_below_a_file_is_out_of_reach_and_not_empty(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FolderStore(tmp_path / "file" / "store")
    with pytest.raises(StoreError, match="is a file, or lies below one"):
        list(store.list("datasets/"))
    with pytest.raises(StoreError, match="is a file, or lies below one"):
        list(store.folders("models/"))


def test_a_file_put_there_by_hand_has_no_sum_and_is_read(store: FolderStore) -> None:
    store.put("inbox/a.csv", b"old")
    (store.root / "new").write_bytes(b"by hand")
    (store.root / "new").replace(store.root / "inbox/a.csv")
    found = store.stat("inbox/a.csv")
    assert found
    assert found.crc32c is None
    assert (store.get("inbox/a.csv"), b"".join(store.stream("inbox/a.csv"))) == (b"by hand", b"by hand")


@pytest.mark.parametrize("code", [errno.ENOTSUP, errno.EOPNOTSUPP])
def test_a_file_system_without_attributes_still_stores(store: FolderStore, monkeypatch: pytest.MonkeyPatch, code: int) -> None:
    def unable(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "setxattr", unable)
    monkeypatch.setattr(os, "getxattr", unable)
    assert store.put("a", b"1").crc32c is None
    assert store.get("a") == b"1"


def test_sums_cost_little() -> None:
    block = os.urandom(1 << 20)
    began = time.process_time()
    total = 0
    for _ in range(400):
        total = extended(total, block)
    assert time.process_time() - began < 0.5, "400 MB"


def test_a_writer_that_is_frozen_while_it_writes_keeps_nobody_waiting_for_ever(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "LOCKED", 0.2)
    with store.lock("a"), pytest.raises(StoreError, match="Another process has been writing 'a' for a long time"):
        store.put("a", b"1")
    store.put("a", b"2")
    assert store.get("a") == b"2"
