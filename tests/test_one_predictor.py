"""One predictor: the same rows give the same numbers from page, batch file, REST, Gradio and command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import polars as pl
import pytest

from tests.served import running_server
from workbench import actions
from workbench.actions import held
from workbench.principal import LOCAL

PROJECT = Path(__file__).resolve().parent.parent
DEMOS = {"credit-default": "credit", "ad-revenue": "advertising", "spam-filter": "spam"}
ROWS = 40


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder that every door uses."""
    return tmp_path_factory.mktemp("store")


@pytest.fixture(scope="module")
def address(store: Path) -> Iterator[str]:
    """A real server."""
    with running_server(WORKBENCH_STORE=str(store)) as url:
        yield url


@pytest.fixture(autouse=True)
def same_store(store: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Actions in this process use the same folder."""
    monkeypatch.setenv("WORKBENCH_STORE", str(store))
    held.clear()
    yield
    held.clear()


def rows_of(sample: str) -> pl.DataFrame:
    """Some rows of a sample, spread over the table."""
    frame = actions.datasets.get(f"sample-{sample}", by=LOCAL).frame
    return frame.gather_every(max(1, frame.height // ROWS)).head(ROWS)


def as_json(frame: pl.DataFrame) -> list[dict[str, Any]]:
    """Rows as a program would send them."""
    return json.loads(json.dumps(frame.to_dicts(), default=str))


def numbers(answer: dict[str, Any]) -> list[list[float]]:
    """The figures of an answer: the probabilities, or the predicted value."""
    return [[*p["probability"].values()] if p.get("probability") else [p["prediction"]] for p in answer["predictions"]]


def of_file(path: Path, reader: Any) -> list[list[float]]:
    """The figures of a scored file."""
    result = reader(path)
    shares = [c for c in result.columns if c.startswith("probability_")]
    return [list(map(float, row)) for row in result.select(shares or ["prediction"]).rows()]


@pytest.mark.slow
@pytest.mark.parametrize("model", DEMOS)
def test_every_door_gives_the_same_numbers(model: str, address: str, tmp_path: Path, store: Path) -> None:
    from gradio_client import Client

    frame = rows_of(DEMOS[model])
    given = as_json(frame)
    expected = numbers(actions.predict.rows(model, given, by=LOCAL))  # the page's path
    assert len(expected) == frame.height

    rest = httpx.post(f"{address}/api/v1/models/{model}/predict", json={"rows": given}, timeout=60)
    assert rest.status_code == 200, rest.text
    client = Client(f"{address}/gradio/", verbose=False, httpx_kwargs={"timeout": 60})
    gradio = client.predict(model, json.dumps(given), api_name="/predict")
    gradio = json.loads(gradio) if isinstance(gradio, str) else gradio

    frame.write_parquet(tmp_path / "rows.parquet")
    environment = {**os.environ, "WORKBENCH_STORE": str(store), "WORKBENCH_LANG": "en"}
    for out in ("out.csv", "out.parquet"):
        done = subprocess.run(
            [
                sys.executable,
                "-m",
                "workbench",
                "predict",
                model,
                tmp_path / "rows.parquet",
                "-o",
                tmp_path / out,
                "--reasons",
                "0",
            ],
            cwd=PROJECT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    for other in (
        numbers(rest.json()),
        numbers(gradio),
        of_file(tmp_path / "out.csv", pl.read_csv),
        of_file(tmp_path / "out.parquet", pl.read_parquet),
    ):
        for mine, theirs in zip(expected, other, strict=True):
            assert theirs == pytest.approx(mine, rel=1e-9, abs=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("model", DEMOS)
def test_reasons_add_up_to_the_prediction(model: str) -> None:
    given = as_json(rows_of(DEMOS[model]))
    for row in given[:5]:
        explained = actions.explain.row(model, row, by=LOCAL)
        effects = sum(r["effect"] for r in explained["reasons"])
        assert explained["base"] + effects == pytest.approx(explained["output"], rel=1e-6, abs=1e-6)
