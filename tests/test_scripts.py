"""The scripts say what is wrong and never call a failed installation done."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A checkout with nothing but the scripts and a lock that cannot be installed."""
    shutil.copytree(PROJECT / "scripts", tmp_path / "scripts")
    (tmp_path / "requirements.lock").write_text(f"./missing-1.0-py3-none-any.whl --hash=sha256:{0:064d}\n")
    return tmp_path


def install(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `scripts/install` in a folder."""
    bash = shutil.which("bash")
    assert bash
    given = {**os.environ, **environment}
    return subprocess.run([bash, "scripts/install"], cwd=folder, env=given, capture_output=True, text=True, check=False)


def test_without_python_311_the_message_says_what_to_install(elsewhere: Path) -> None:
    bare = elsewhere / "bin"
    bare.mkdir()
    for tool in ("bash", "env", "dirname", "cat", "cmp", "cp"):
        (bare / tool).symlink_to(str(shutil.which(tool)))
    done = install(elsewhere, PATH=str(bare), PYTHON="")
    assert done.returncode == 1
    assert "Python 3.11 was not found" in done.stderr
    assert done.stderr.strip().endswith("scripts/install"), "the advice is the last thing said"


@pytest.mark.slow
def test_a_failed_installation_fails_and_is_tried_again(elsewhere: Path) -> None:
    for _ in range(2):
        done = install(elsewhere)
        assert done.returncode != 0
        assert "requirements.lock" in done.stderr
        assert not list((elsewhere / ".venv").glob("*.installed"))
