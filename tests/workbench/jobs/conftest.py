"""Real children for the tests of jobs."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.workbench.jobs.real_children import Children


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    """Start children; none is left when the test ends."""
    found = Children(str(tmp_path / "store"), tmp_path)
    yield found
    found.leave()
