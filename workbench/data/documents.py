"""JSON documents of the store as a listing finds them: each is read once for every generation it has, many at a time."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from workbench.store import ObjectStore, Stat, get_json

# A bucket answers in some 30 ms, however many ask it at once.
AT_ONCE = 16
REMEMBERED: weakref.WeakKeyDictionary[ObjectStore, dict[tuple[str, int], Any]] = weakref.WeakKeyDictionary()
REMEMBERING = threading.Lock()


def documents(store: ObjectStore, stats: Iterable[Stat]) -> dict[str, Any]:
    """Return what listed JSON objects hold, by name; one that is gone meanwhile is left out.

    Parameters
    ----------
    store : ObjectStore
        Where they are.
    stats : iterable of Stat
        All there are, as the store has just listed them: their generations tell whether they were read before, and what is no
        longer among them is forgotten.
    """
    wanted = [(stat.name, stat.generation) for stat in stats]
    with REMEMBERING:
        known = REMEMBERED.get(store, {})
        found = {key: known[key] for key in wanted if key in known}
    found |= read(store, [key for key in wanted if key not in found])
    with REMEMBERING:
        REMEMBERED[store] = found
    return {name: value for (name, _), value in found.items()}


def read(store: ObjectStore, keys: list[tuple[str, int]]) -> dict[tuple[str, int], Any]:
    """Read documents side by side, those that are still there."""
    if not keys:
        return {}
    with ThreadPoolExecutor(min(AT_ONCE, len(keys)), thread_name_prefix="documents") as pool:
        values = pool.map(lambda key: get_json(store, key[0]), keys)
        return {key: value for key, value in zip(keys, values, strict=True) if value is not None}
