"""One process holds each thing once, for everybody."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from workbench import actions
from workbench.actions.held import Recent
from workbench.principal import LOCAL


def test_two_threads_that_want_the_same_make_it_once() -> None:
    made, kept = [], Recent(2)
    gate = threading.Barrier(8)

    def want(_: int) -> object:
        gate.wait()
        return kept.get("a", lambda: (time.sleep(0.05), made.append(1), object())[-1])

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(want, range(8)))
    assert len(made) == 1
    assert len(set(map(id, found))) == 1


def test_the_oldest_is_forgotten() -> None:
    kept = Recent(2)
    for key in "abc":
        kept.get(key, lambda key=key: key)
    assert list(kept.values) == ["b", "c"]


def test_what_failed_is_tried_again() -> None:
    kept = Recent(2)
    with pytest.raises(ZeroDivisionError, match="division"):
        kept.get("a", lambda: 1 / 0)
    assert kept.get("a", lambda: 7) == 7


def test_a_prediction_without_reasons_needs_no_explainer(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbench.actions import held

    def never(*_: object) -> None:
        raise AssertionError("an explainer was made")

    monkeypatch.setattr(held, "explainer", never)
    columns = actions.models.schema("spam-filter", by=LOCAL)["columns"]
    row = {c["name"]: c["example"] for c in columns}
    assert actions.predict.rows("spam-filter", [row], by=LOCAL)["predictions"][0]["prediction"] in (0, 1)
