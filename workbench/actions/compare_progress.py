"""How far a comparison is: its events passed on, and the rest of its time said with each fold."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from workbench.experiment.candidates import candidate
from workbench.experiment.race.forecast import Forecast
from workbench.words import Text

if TYPE_CHECKING:
    from workbench.experiment.plan import Plan
    from workbench.jobs import Recorder

# What is told anew where a result is made of what an ended run had finished; the rest was told before.
AFTERWARDS = ("memory", "finishing", "holdout")


class Progress:
    """Passes on what an engine tells.

    Parameters
    ----------
    recorder : Recorder
        Takes events and progress.
    plan : Plan
        A checked plan.
    stamp : str
        Names the table, the plan and the version: told at the beginning, for a run that goes on with this one.
    again : sequence of str
        Models that failed in the run before and are tried again.
    """

    def __init__(self, recorder: Recorder, plan: Plan, *, stamp: str = "", again: Sequence[str] = ()) -> None:
        assert plan.task is not None
        self.beginning = {"stamp": stamp, "again": list(again)}
        self.recorder, self.plan, self.began = recorder, plan, time.monotonic()
        self.costs = {model: candidate(plan.task, model).cost for model in plan.models}
        self.forecast = Forecast(self.costs, folds=plan.folds, workers=1)
        recorder.progress(0.0, Text("progress.rescuing" if recorder.is_rescue else "progress.beginning"))

    def __call__(self, kind: str, /, **fields: Any) -> None:
        """Pass an event on, and say how far the comparison is."""
        if self.recorder.is_rescue:
            if kind in AFTERWARDS:
                self.recorder.emit(kind, **fields)
            return
        self.recorder.emit(kind, **fields, **(self.beginning if kind == "started" else {}))
        if kind == "started":
            self.forecast = Forecast(self.costs, folds=fields["folds"], workers=fields["workers"])
            self.began = time.monotonic()
        elif kind == "fold":
            self.forecast.fold(fields["model"], fields["seconds"])
            self.tell()
        elif kind == "row":
            self.forecast.close(fields["row"]["model"])
            self.tell()
        elif kind == "finishing":
            self.recorder.progress(1.0, Text("progress.finishing"))

    def tell(self) -> None:
        """Say how far the comparison is."""
        left = None if self.plan.budget is None else self.plan.budget - (time.monotonic() - self.began)
        done = self.forecast.done / max(self.forecast.total, 1)
        self.recorder.progress(min(done, 0.99), self.forecast.text(most=left))
