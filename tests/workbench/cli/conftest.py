"""The command line called as its users call it, with a store of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[3]
Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def call(tmp_path: Path) -> Call:
    """Run `python -m workbench …` with a store of its own."""

    def run(*arguments: str | Path, lang: str = "en", **environment: str) -> subprocess.CompletedProcess[str]:
        outer = {k: v for k, v in os.environ.items() if not k.startswith("WORKBENCH_")}
        return subprocess.run(
            [sys.executable, "-m", "workbench", *map(str, arguments)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            cwd=PROJECT,
            env={**outer, "WORKBENCH_STORE": str(tmp_path / "store"), "WORKBENCH_LANG": lang, **environment},
            check=False,
        )

    return run
