"""The finished folds of a comparison in the store: kept as each ends, found again by whoever goes on or looks into them."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from workbench import __version__, telemetry
from workbench.errors import ObjectNotFound, StoreError
from workbench.experiment.candidates import BASELINE
from workbench.experiment.plan import Plan
from workbench.jobs.records import SPEC, place
from workbench.store import ObjectStore

if TYPE_CHECKING:
    from workbench.experiment.race.units import Scored

FOLDER = "oof/"
# What a plan says beside these decides what a fold scores.
# A sample is compared row by row: memory may have drawn it.
WITHOUT_EFFECT = ("models", "sort", "budget", "name", "sample")


class KeptFolds:
    """The finished folds of one run; safe in threads.

    Parameters
    ----------
    store : ObjectStore
        Where runs are.
    run_id : str
        The run.
    stamp : str
        Names the table and the plan; folds of another one are not this run's.
    before : str, optional
        A run that this one goes on with: its folds are taken along.
    """

    def __init__(self, store: ObjectStore, run_id: str, stamp: str, *, before: str | None = None) -> None:
        self.store, self.run_id, self.stamp, self.before = store, run_id, stamp, before
        self.lock = threading.Lock()

    def keep(self, unit: Scored) -> None:
        """Keep a fold that has just ended; where the store does not answer, it will have to be done again."""
        from workbench.experiment.race.units import packed

        try:
            if self.store.stat(place(self.run_id, SPEC)) is not None:  # deleted meanwhile: nothing of it comes back
                self.store.put(name_of(self.run_id, unit.model, unit.fold), packed(unit, stamp=self.stamp))
        except StoreError as problem:
            telemetry.event("fold_not_kept", job=self.run_id, model=unit.model, fold=unit.fold, problem=problem)

    def found(self) -> Iterator[Scored]:
        """Yield the folds that were finished before, and take along those of the run before."""
        with self.lock:
            self.take_along()
        for unit, stamp in read_all(self.store, self.run_id):
            if stamp == self.stamp:
                yield unit

    def take_along(self) -> None:
        """Copy the folds of the run before once, so that it may be deleted."""
        before, self.before = self.before, None
        if before is None:
            return
        known = set(names(self.store, self.run_id))
        for name in names(self.store, before):
            own = place(self.run_id, name.removeprefix(place(before, "")))
            if own not in known:
                self.store.put(own, self.store.get(name))


def stamp_of(fingerprint: str, plan: Plan) -> str:
    """Return what names a table, a plan and the version that reads them."""
    decides = {name: value for name, value in plan.to_dict().items() if name not in WITHOUT_EFFECT}
    told = json.dumps([__version__, fingerprint, decides], sort_keys=True, default=str)
    return hashlib.sha256(told.encode()).hexdigest()


def name_of(run_id: str, model: str, fold: int) -> str:
    """Name the object of one fold."""
    return place(run_id, f"{FOLDER}{model}-{fold}.npz")


def names(store: ObjectStore, run_id: str, model: str = "") -> list[str]:
    """List the objects of a run's folds, or of one candidate's."""
    prefix = place(run_id, FOLDER) + (f"{model}-" if model else "")
    return [stat.name for stat in store.list(prefix) if stat.name.endswith(".npz")]


def has_candidate(store: ObjectStore, run_id: str, folds: int) -> bool:
    """Tell whether all folds of any candidate of a run are there."""
    counts: dict[str, int] = {}
    for name in names(store, run_id):
        model = name.rsplit("/", 1)[1].rpartition("-")[0]
        counts[model] = counts.get(model, 0) + 1
    return any(count >= folds for model, count in counts.items() if model != BASELINE)


def read_all(store: ObjectStore, run_id: str, model: str = "") -> Iterator[tuple[Scored, str]]:
    """Yield a run's kept folds with their stamps; what is gone meanwhile, or of another form, is left out."""
    from workbench.experiment.race.units import unpacked

    for name in names(store, run_id, model):
        try:
            found = unpacked(store.get(name))
        except ObjectNotFound:
            continue
        if found and (not model or found[0].model == model):
            yield found


def folds_of(events: list[dict[str, Any]]) -> int | None:
    """Return how many folds a run has, which groups and time may decide; None where it did not come that far."""
    return next((int(event["folds"]) for event in events if event["kind"] == "started"), None)


def sample_of(events: list[dict[str, Any]]) -> int | None:
    """Return how many rows a run drew, which memory may have decided when it began."""
    started = next((event for event in events if event["kind"] == "started"), None)
    return started["plan"].get("sample") if started else None
