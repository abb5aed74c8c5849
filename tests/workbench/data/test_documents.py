"""JSON documents are read once for each generation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from workbench.data.documents import documents
from workbench.errors import StoreError
from workbench.store import ObjectStore, put_json


@pytest.fixture
def reads(tmp_store: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the objects that are read, as they are."""
    found: list[str] = []
    get: Callable[..., bytes] = tmp_store.get

    def counted(name: str, **part: Any) -> bytes:
        found.append(name)
        return get(name, **part)

    monkeypatch.setattr(tmp_store, "get", counted)
    return found


def test_what_has_not_changed_is_not_read_again(tmp_store: ObjectStore, reads: list[str]) -> None:
    for name in "abc":
        put_json(tmp_store, f"d/{name}.json", {"name": name})
    assert documents(tmp_store, tmp_store.list("d/")) == {f"d/{n}.json": {"name": n} for n in "abc"}
    assert sorted(reads) == ["d/a.json", "d/b.json", "d/c.json"]
    put_json(tmp_store, "d/b.json", {"name": "new"})
    tmp_store.delete("d/c.json")
    assert documents(tmp_store, tmp_store.list("d/")) == {"d/a.json": {"name": "a"}, "d/b.json": {"name": "new"}}
    assert reads[3:] == ["d/b.json"]


def test_what_goes_between_the_listing_and_the_reading_is_left_out(tmp_store: ObjectStore) -> None:
    for name in "ab":
        put_json(tmp_store, f"d/{name}.json", {})
    stats = list(tmp_store.list("d/"))
    tmp_store.delete("d/a.json")
    assert documents(tmp_store, stats) == {"d/b.json": {}}


def test_a_document_that_is_no_json_is_named(tmp_store: ObjectStore) -> None:
    tmp_store.put("d/a.json", b"{")
    with pytest.raises(StoreError, match=r"d/a\.json"):
        documents(tmp_store, tmp_store.list("d/"))
