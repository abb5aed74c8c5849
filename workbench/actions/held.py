"""What one process holds for everybody: the store's handle, the registry, loaded predictors and explainers, recent datasets."""

from __future__ import annotations

import functools
import tempfile
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from pathlib import Path
from typing import Any

from workbench.bundle import Bundle, read
from workbench.explain import Explainer
from workbench.predict import Predictor
from workbench.registry import ModelRecord, Registry
from workbench.settings import PROJECT, get_settings
from workbench.store import ObjectStore, open_store

SHIPPED = PROJECT / "models"
# A loaded model costs some MB to some hundreds; a dataset of 300,000 x 122 about 300 MB.
MOST_MODELS, MOST_DATASETS, MOST_PROFILES = 8, 4, 16


class Recent:
    """The last few values made, by key; two threads that want the same one make it once.

    Parameters
    ----------
    most : int
        How many are kept.
    """

    def __init__(self, most: int) -> None:
        self.most, self.values, self.lock = most, OrderedDict[Hashable, Any](), threading.Lock()
        self.making: dict[Hashable, threading.Lock] = {}

    def get(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """Return the kept value of a key, or make and keep it."""
        with self.lock:
            if key in self.values:
                self.values.move_to_end(key)
                return self.values[key]
            mine = self.making.setdefault(key, threading.Lock())
        with mine:
            with self.lock:
                if key in self.values:
                    return self.values[key]
            value = make()
            with self.lock:
                self.values[key] = value
                self.making.pop(key, None)
                while len(self.values) > self.most:
                    self.values.popitem(last=False)
            return value

    def drop(self, key: Hashable) -> None:
        """Forget one value."""
        with self.lock:
            self.values.pop(key, None)

    def clear(self) -> None:
        """Forget everything."""
        with self.lock:
            self.values.clear()


datasets = Recent(MOST_DATASETS)
profiles = Recent(MOST_PROFILES)
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
    return Registry(store(), shipped=SHIPPED, cache=Path(tempfile.gettempdir()) / "workbench-models")


def bundle(record: ModelRecord) -> Bundle:
    """Return a model's bundle, verified when it is first loaded."""
    return bundles.get((record.name, record.version), lambda: read(registry().folder(record)))


def explainer(record: ModelRecord) -> Explainer:
    """Return what explains a model."""
    return explainers.get((record.name, record.version), lambda: Explainer(bundle(record)))


def predictor(record: ModelRecord) -> Predictor:
    """Return what turns a model's rows into predictions; its explainer is made when reasons are first asked for."""
    return predictors.get((record.name, record.version), lambda: make_predictor(bundle(record), lambda: explainer(record)))


def make_predictor(model: Bundle, explaining: Callable[[], Explainer]) -> Predictor:
    """Put a Predictor together: the explanation is handed in, because rooms do not know each other."""
    return Predictor(
        model,
        explain=lambda frame: explaining().effects(frame),
        why_not=lambda: explaining().why_not,
        max_rows=get_settings().max_rows,
    )


def clear() -> None:
    """Forget everything held, and read the settings anew: for a process that changes its store, as tests do."""
    for kept in (datasets, profiles, bundles, predictors, explainers, overviews):
        kept.clear()
    get_settings.cache_clear()
    store.cache_clear()
    registry.cache_clear()
