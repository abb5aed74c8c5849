"""One process holds each thing once, for everybody."""

from __future__ import annotations

import subprocess
import sys
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


def test_a_value_that_is_too_old_is_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    moment, kept = [0.0], Recent(2, seconds=10)
    monkeypatch.setattr("workbench.actions.held.time.monotonic", lambda: moment[0])
    found = []
    for moment[0] in (0.0, 9.9, 10.0, 19.0, 20.0):
        found.append(kept.get("a", lambda: moment[0]))
    assert found == [0.0, 0.0, 10.0, 10.0, 20.0]


def test_what_is_dropped_while_it_is_made_is_not_kept() -> None:
    kept = Recent(2)
    assert kept.get("a", lambda: (kept.drop("a"), "old")[-1]) == "old"
    assert kept.get("a", lambda: "new") == "new"


def test_values_are_dropped_by_a_part_of_their_key_or_by_what_they_are() -> None:
    kept = Recent(9)
    for key in ("a", ("a", 1), ("b", 1), "c"):
        kept.get(key, lambda key=key: str(key))
    kept.drop_all(["a"])
    assert list(kept.values) == [("b", 1), "c"]
    kept.drop_where(lambda value: value == "c")
    assert list(kept.values) == [("b", 1)]


def test_a_child_that_reads_a_file_loads_no_machine_learning() -> None:
    program = "import sys, workbench.actions.__main__, workbench.actions.reading; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True)
    assert not {"sklearn", "scipy", "pandas", "shap"} & set(done.stdout.split())


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
