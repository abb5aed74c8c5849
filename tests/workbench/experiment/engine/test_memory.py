"""Memory of a comparison: refused, sampled or fewer folds at once before; one at a time or a clean end during it."""

from __future__ import annotations

import threading

import pytest

from workbench.errors import ExperimentError
from workbench.experiment.engine import memory
from workbench.experiment.engine.memory import MemoryGate, room, widest
from workbench.jobs.container import Memory
from workbench.words import Text

GB = 1_000_000_000


def test_what_fits_is_left_as_it_is() -> None:
    found = room(30_000, 1_000, wanted=2, memory=Memory(8 * GB, 6 * GB))
    assert (found.workers, found.sample, found.said) == (2, None, ())
    assert 0 < found.kept_bytes < 6 * GB


def test_fewer_folds_at_once_are_tried_before_a_sample() -> None:
    found = room(300_000, 1_000, wanted=4, memory=Memory(4 * GB, 3 * GB))
    assert (found.workers, found.sample) == (2, None)
    assert "so 2 at a time are trained" in found.said[0].say("en")
    assert "同時に学習するのは 2 分割" in found.said[0].say("ja")


def test_a_table_that_does_not_fit_is_sampled_and_the_sample_fits() -> None:
    few = Memory(2 * GB, 1 * GB)
    found = room(5_000_000, 1_000, wanted=2, memory=few)
    assert found.sample is not None
    assert memory.FEWEST_ROWS < found.sample < 5_000_000
    again = room(found.sample, 1_000, wanted=1, memory=few)
    assert (again.sample, again.said) == (None, ())
    assert "drawn by chance" in found.said[0].say("en")


def test_where_not_even_a_sample_fits_the_comparison_is_refused_with_the_figures() -> None:
    with pytest.raises(ExperimentError, match=r"even with a sample of 2,?000 rows, and 0\.1 GB are free"):
        room(5_000_000, 1_000_000, wanted=2, memory=Memory(1 * GB, GB // 3))


def test_the_widest_preparation_counts() -> None:
    assert widest([(800, 100), (4_001, 100), (0, 0)]) == 41


class Shrinking:
    """Memory that a test lets shrink and grow."""

    def __init__(self) -> None:
        self.free = 8 * GB

    def look(self) -> Memory:
        return Memory(10 * GB, self.free)


def test_while_memory_is_short_folds_run_one_at_a_time_and_it_is_said_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LOOK", 0.01)
    now, told = Shrinking(), list[Text]()
    gate = MemoryGate(now.look, told.append)
    now.free = GB // 10
    entered, leave = threading.Event(), threading.Event()

    def fold() -> None:
        with gate.passing():
            entered.set()
            leave.wait(5)

    with gate.passing():  # the first may always run, or nothing ever would
        thread = threading.Thread(target=fold)
        thread.start()
        assert not entered.wait(0.1)
        now.free = 8 * GB
        assert entered.wait(5)
        leave.set()
        thread.join()
    assert [text.key for text in told] == ["experiment.memory.waits"]


def test_memory_that_is_gone_ends_the_process_with_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LOOK", 0.01)
    now, told, ended = Shrinking(), list[Text](), threading.Event()
    gate = MemoryGate(now.look, told.append, ended.set)
    with gate.watched():
        assert not ended.wait(0.05)
        now.free = 1_000
        assert ended.wait(5)
    assert told[-1].key == "experiment.memory.ends"


def test_a_short_dip_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "LOOK", 0.01)
    looks, ended = iter([8 * GB, 1_000, *[8 * GB] * 1000]), threading.Event()
    gate = MemoryGate(lambda: Memory(10 * GB, next(looks)), lambda text: None, ended.set)
    with gate.watched():
        assert not ended.wait(0.1)
