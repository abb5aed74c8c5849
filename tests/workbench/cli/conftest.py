"""The command line with a store of its own: called as its users call it, or in this process where only its answer matters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from workbench.actions import held
from workbench.cli import main

PROJECT = Path(__file__).resolve().parents[3]
Call = Callable[..., subprocess.CompletedProcess[str]]


def settings_of(store: Path, lang: str, environment: dict[str, str]) -> dict[str, str]:
    """The variables that a call is given; no other setting of the project reaches it."""
    return {"WORKBENCH_STORE": str(store), "WORKBENCH_LANG": lang, **environment}


@pytest.fixture
def spawn(tmp_path: Path) -> Call:
    """Run `python -m workbench …`, a process of its own: what starts, loads, prints and exits is the product alone."""

    def run(*arguments: str | Path, lang: str = "en", **environment: str) -> subprocess.CompletedProcess[str]:
        outer = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        return subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=PROJECT,
            env={**outer, **settings_of(tmp_path / "store", lang, environment)},
            check=False,
        )

    return run


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Iterator[Call]:
    """Run the command line in this process: same arguments, same settings, both outputs caught below Python, nothing kept.

    It saves the start of an interpreter and its libraries; every verb also has tests that `spawn`. What a process would
    print as a traceback fails the test here.
    """

    def run(*arguments: str | Path, lang: str = "en", **environment: str) -> subprocess.CompletedProcess[str]:
        given = settings_of(tmp_path / "store", lang, environment)
        with monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith("WORKBENCH_")]:
                patch.delenv(name)
            for name, value in given.items():
                patch.setenv(name, value)
            patch.chdir(PROJECT)
            held.clear()
            capfd.readouterr()
            try:
                code = main([str(one) for one in arguments])
            except SystemExit as left:
                code = int(left.code or 0)
            said = capfd.readouterr()
        return subprocess.CompletedProcess([*map(str, arguments)], code, said.out, said.err)

    yield run
    held.clear()
