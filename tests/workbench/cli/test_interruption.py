"""Ctrl-C on the command line: it ends at once, with one sentence and nothing half-written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

PROJECT = Path(__file__).resolve().parents[3]


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
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in rest
    assert rest.splitlines()[-1] == "Stopped."
    assert not report.exists()
