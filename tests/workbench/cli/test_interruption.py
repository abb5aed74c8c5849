"""Ctrl-C on the command line: it ends at once, with one sentence and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest

from workbench.cli.interruption import Interruption

PROJECT = Path(__file__).resolve().parents[3]


@pytest.fixture
def pressing() -> Iterator[None]:
    """Answer the signals of this test as the command line does."""
    before = signal.signal(signal.SIGINT, Interruption())
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("pressing")
def test_a_press_that_a_library_answered_first_is_answered_once() -> None:
    """Polars raises out of its own call; Python's handler for the same press runs while that is being said."""
    try:
        raise KeyboardInterrupt
    except KeyboardInterrupt:
        signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@pytest.mark.usefixtures("pressing")
def test_a_second_press_while_the_first_is_answered_counts() -> None:
    try:
        signal.raise_signal(signal.SIGINT)
    except KeyboardInterrupt:
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGINT)


@pytest.mark.slow
def test_checks_tell_how_far_they_are_and_end_at_ctrl_c(make_table: Callable[..., pl.DataFrame], tmp_path: Path) -> None:
    table, report = tmp_path / "t.csv", tmp_path / "report.html"
    make_table(20_000).write_csv(table)
    words = ("check", table, "--target", "解約", "--html", report)
    process = subprocess.Popen(
        [sys.executable, "-m", "workbench", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        cwd=PROJECT,
        env={**os.environ, "WORKBENCH_STORE": str(tmp_path / "store"), "WORKBENCH_LANG": "en"},
    )
    assert process.stderr
    first = process.stderr.readline()
    process.send_signal(signal.SIGINT)
    out, rest = process.communicate(timeout=30)

    assert first.lstrip().startswith("1/")
    assert "Traceback" not in rest
    assert (process.returncode, out) == (130, "")
    assert rest.splitlines()[-1] == "Stopped."
    assert not report.exists()
