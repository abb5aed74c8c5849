"""What one process holds for everybody: the store's handle, the registry, loaded predictors and explainers, recent tables.

A child that only reads a file imports this too, so the rooms that bring scikit-learn are imported where they are needed.
"""

from __future__ import annotations

import functools
import tempfile
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Hashable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbench.settings import PROJECT, get_settings
from workbench.store import ObjectStore, open_store

if TYPE_CHECKING:
    from workbench.bundle import Bundle
    from workbench.explain import Explainer
    from workbench.predict import Predictor
    from workbench.registry import ModelRecord, Registry

SHIPPED = PROJECT / "models"
# A loaded model costs some MB to some hundreds; a table of 300,000 x 122 about 300 MB.
MOST_MODELS, MOST_TABLES, MOST_PROFILES, MOST_RECORDS = 8, 4, 16, 1_000
MOST_DIFFERENCES = 64
# Seconds after which the store is asked again: whether a table is still there and still shared; which tables there are; which
# run makes a profile.
RECORD_AGE, LISTING_AGE, POINTER_AGE = 10.0, 3.0, 0.5


class Recent:
    """The last few values made, by key; two threads that want the same one make it once.

    Parameters
    ----------
    most : int
        How many are kept.
    seconds : float, optional
        How old a value may become; any age by default.
    """

    def __init__(self, most: int, seconds: float = float("inf")) -> None:
        self.most, self.seconds, self.lock = most, seconds, threading.Lock()
        self.values, self.made = OrderedDict[Hashable, Any](), dict[Hashable, float]()
        self.making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the kept value of a key, or make and keep it."""
        with self.lock:
            if self.has(key):
                self.values.move_to_end(key)
                return self.values[key]
            mine = self.making.setdefault(key, threading.Lock())
        with mine:
            with self.lock:
                if self.has(key):
                    return self.values[key]
            began = time.monotonic()
            try:
                value = make()
            finally:
                with self.lock:
                    is_wanted = self.making.get(key) is mine  # not so when it was dropped meanwhile: then it may be old
                    if is_wanted:
                        del self.making[key]
            with self.lock:
                if is_wanted:
                    self.keep(key, value, began)
            return value

    def has(self, key: Hashable) -> bool:
        """Tell whether a value is kept and not too old."""
        return key in self.values and time.monotonic() - self.made[key] < self.seconds

    def keep(self, key: Hashable, value: Any, began: float) -> None:
        """Keep a value that is as old as the moment its making began, and forget the oldest ones."""
        self.values[key], self.made[key] = value, began
        self.values.move_to_end(key)
        while len(self.values) > self.most:
            self.made.pop(self.values.popitem(last=False)[0])

    def drop(self, key: Hashable) -> None:
        """Forget one value, also one that is just being made."""
        with self.lock:
            self.values.pop(key, None)
            self.made.pop(key, None)
            self.making.pop(key, None)

    def drop_where(self, is_meant: Callable[[Any], bool]) -> None:
        """Forget the values of which something is true."""
        with self.lock:
            keys = [key for key, value in self.values.items() if is_meant(value)]
        for key in keys:
            self.drop(key)

    def drop_all(self, parts: Collection[Hashable]) -> None:
        """Forget every value whose key is one of these, or is made of one."""
        with self.lock:
            keys = [key for key in (*self.values, *self.making) if {*parts} & {*(key if isinstance(key, tuple) else (key,))}]
        for key in keys:
            self.drop(key)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.values.clear()
            self.made.clear()
            self.making.clear()


# A table's rows by their fingerprint, so that people who look at equal ones share one copy; what is known of it by its id.
tables = Recent(MOST_TABLES)
records = Recent(MOST_RECORDS, RECORD_AGE)
listings = Recent(1, LISTING_AGE)
profiles = Recent(MOST_PROFILES)
# The runs that make profiles as they were heard until now, and which run makes which, known for a moment.
followed = Recent(MOST_PROFILES)
pointers = Recent(MOST_RECORDS, POINTER_AGE)
# Two tables beside each other, and what a condition on a column can be made of: small, but asked for at every rerun.
differences = Recent(MOST_DIFFERENCES)
# What candidates of comparisons said about their rows: a curve or a slider asks for it again and again.
subjects = Recent(MOST_MODELS)
bundles = Recent(MOST_MODELS)
predictors = Recent(MOST_MODELS)
explainers = Recent(MOST_MODELS)
overviews = Recent(MOST_PROFILES)


@functools.cache
def store() -> ObjectStore:
    """Return the process's one handle of the store."""
    return open_store(get_settings().store)


@functools.cache
def registry() -> Registry:
    """Return the registry over the store and the models that ship."""
    from workbench.registry import Registry

    return Registry(store(), shipped=SHIPPED, cache=Path(tempfile.gettempdir()) / "workbench-models")


def bundle(record: ModelRecord) -> Bundle:
    """Return a model's bundle, verified when it is first loaded."""
    from workbench.bundle import read

    return bundles.get((record.name, record.version), lambda: read(registry().folder(record)))


def explainer(record: ModelRecord) -> Explainer:
    """Return what explains a model."""
    from workbench.explain import Explainer

    return explainers.get((record.name, record.version), lambda: Explainer(bundle(record)))


def predictor(record: ModelRecord) -> Predictor:
    """Return what turns a model's rows into predictions; its explainer is made when reasons are first asked for."""
    return predictors.get((record.name, record.version), lambda: make_predictor(bundle(record), lambda: explainer(record)))


def drop_model(name: str, version: str) -> None:
    """Forget everything made from a version of a model."""
    for kept in (bundles, predictors, explainers, overviews):
        kept.drop((name, version))


def drop_tables(ids: Collection[str], fingerprints: Collection[str]) -> None:
    """Forget datasets, and everything made from tables of these contents."""
    for kept in (tables, records, profiles, differences, followed, pointers, subjects):
        kept.drop_all({*ids, *fingerprints})
    listings.clear()


def make_predictor(model: Bundle, explaining: Callable[[], Explainer]) -> Predictor:
    """Put a Predictor together: the explanation is handed in, because rooms do not know each other."""
    from workbench.predict import Predictor

    return Predictor(
        model,
        explain=lambda frame: explaining().effects(frame),
        why_not=lambda: explaining().why_not,
        max_rows=get_settings().max_rows,
    )


def clear() -> None:
    """Forget everything held, and read the settings anew: for a process that changes its store, as tests do."""
    for kept in (
        tables,
        records,
        listings,
        profiles,
        differences,
        followed,
        pointers,
        subjects,
        bundles,
        predictors,
        explainers,
        overviews,
    ):
        kept.clear()
    get_settings.cache_clear()
    store.cache_clear()
    registry.cache_clear()
