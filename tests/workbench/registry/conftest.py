"""Real, small bundles for the registry to keep."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression

from workbench.bundle import Fitted, prepare, write
from workbench.data.signature import Signature
from workbench.registry import Registry
from workbench.store import ObjectStore
from workbench.task import Task

START = datetime(2026, 9, 1, 10, 0, tzinfo=UTC)
MakeBundle = Callable[..., Path]


@pytest.fixture
def make_bundle(tmp_path: Path, make_table: Callable[..., pl.DataFrame]) -> MakeBundle:
    """Write a bundle of a name; each later than the one before."""
    made: list[Path] = []

    def make(name: str = "解約", *, into: Path | None = None, seed: int = 1) -> Path:
        frame = make_table(40, seed).select("収入", "解約")
        columns = [{"kind": "number", "source": "収入", "missing": 0.0, "shift": 600.0, "scale": 300.0}]
        program = {"dtype": "float64", "columns": columns}
        y = (frame.get_column("解約") == "はい").to_numpy().astype(int)
        model = LogisticRegression().fit(prepare(program, frame), y)
        folder = into or tmp_path / "made" / str(len(made))
        write(
            folder,
            fitted=Fitted(
                "lr", "Logistic Regression", "linear", program, model, Task.BINARY, ["いいえ", "はい"], "はい", {"AUC": 0.7}
            ),
            frame=frame,
            signature=Signature.of(frame, ["収入"]),
            name=name,
            plan={"target": "解約", "sort": "AUC"},
            fingerprint="0" * 64,
            now=START + timedelta(seconds=len(made)),
            roles={},
            sample="demo" if into else None,
        )
        made.append(folder)
        return folder

    return make


@pytest.fixture
def registry(tmp_path: Path, tmp_store: ObjectStore) -> Registry:
    """A registry over an empty store, with no model that ships yet."""
    (tmp_path / "shipped").mkdir()
    return Registry(tmp_store, shipped=tmp_path / "shipped", cache=tmp_path / "cache")


@pytest.fixture
def shipped(tmp_path: Path, registry: Registry, make_bundle: MakeBundle) -> Path:
    """A model that ships, named ``demo-credit``."""
    return make_bundle("demo-credit", into=tmp_path / "shipped" / "credit")
