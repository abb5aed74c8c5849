"""One bundle of each format that was ever written stays readable and says the same for ever."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from workbench.bundle import read
from workbench.bundle.archive import unpack
from workbench.bundle.manifest import FORMATS

KEPT = Path(__file__).parent / "kept"


def test_every_format_has_a_bundle_that_was_kept() -> None:
    assert sorted(path.name for path in KEPT.iterdir()) == [f"format-{number}.zip" for number in FORMATS]


@pytest.mark.parametrize("number", FORMATS)
def test_a_bundle_of_each_format_still_says_what_it_said(number: int, tmp_path: Path) -> None:
    unpack(KEPT / f"format-{number}.zip", tmp_path / "bundle")
    found = read(tmp_path / "bundle")
    assert found.manifest.format == number
    assert bool(found.repairs) == (number > 1)
    assert bool(found.program.get("ops")) == (number > 2)

    with zipfile.ZipFile(KEPT / f"format-{number}.zip") as archive, archive.open("golden.parquet") as stored:
        golden = pl.read_parquet(stored.read())
    said = found.replay.outputs(golden.select(found.signature.names)).probabilities
    assert said is not None
    written = golden.select("output_1", "output_2").to_numpy()
    np.testing.assert_allclose(said, written, atol=1e-9)
