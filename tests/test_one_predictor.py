"""One predictor: the same rows give the same numbers from page, batch file, REST, Gradio and command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import numpy as np
import polars as pl
import pytest

from tests.served import running_server
from workbench import actions
from workbench.actions import held, sources
from workbench.cli import main
from workbench.principal import LOCAL

if TYPE_CHECKING:
    from gradio_client import Client

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


@pytest.fixture(scope="module")
def client(address: str) -> Client:
    """Gradio's own client, which asks the server once what it offers."""
    from gradio_client import Client

    return Client(f"{address}/gradio/", verbose=False, httpx_kwargs={"timeout": 60})


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
def test_every_door_gives_the_same_numbers(model: str, address: str, client: Client, tmp_path: Path, store: Path) -> None:
    frame = rows_of(DEMOS[model])
    given = as_json(frame)
    expected = numbers(actions.predict.rows(model, given, by=LOCAL))  # the page's path
    assert len(expected) == frame.height

    rest = httpx.post(f"{address}/api/v1/models/{model}/predict", json={"rows": given}, timeout=60)
    assert rest.status_code == 200, rest.text
    gradio = client.predict(model, json.dumps(given), api_name="/predict")
    gradio = json.loads(gradio) if isinstance(gradio, str) else gradio

    frame.write_parquet(tmp_path / "rows.parquet")
    scoring = ("predict", model, tmp_path / "rows.parquet", "--reasons", 0)
    call(*scoring, "-o", tmp_path / "out.csv", store=store)
    run_here(*scoring, "-o", tmp_path / "out.parquet")
    run_here(*scoring, "-o", tmp_path / "out.xlsx")

    for other in (
        numbers(rest.json()),
        numbers(gradio),
        of_file(tmp_path / "out.csv", pl.read_csv),
        of_file(tmp_path / "out.parquet", pl.read_parquet),
        of_file(tmp_path / "out.xlsx", lambda path: sources.open_source(str(path)).reading.frame),
    ):
        assert other == expected, "to the last digit"


@pytest.mark.slow
@pytest.mark.parametrize("model", DEMOS)
def test_reasons_add_up_to_the_prediction(model: str) -> None:
    given = as_json(rows_of(DEMOS[model]))
    for row in given[:5]:
        explained = actions.explain.row(model, row, by=LOCAL)
        effects = sum(r["effect"] for r in explained["reasons"])
        assert explained["base"] + effects == pytest.approx(explained["output"], rel=1e-6, abs=1e-6)


def raw_customers(rows: int, seed: int) -> pl.DataFrame:
    """A table as Japanese offices keep it: separators, yen, triangles, eras, full-width digits, and marks for nothing."""
    random = np.random.default_rng(seed)
    amount, change, people = (
        random.integers(500, 900_000, rows),
        random.normal(0, 40, rows).round(1),
        random.integers(1, 60, rows),
    )
    balance, month, kind = random.integers(10, 5_000, rows), random.integers(1, 13, rows), random.integers(0, 3, rows)
    nothing, unknown = random.random(rows) < 0.15, random.random(rows) < 0.2
    pull = amount / 300_000 - change / 40 + people / 30 + 0.8 * (kind == 1) + nothing + random.normal(0, 0.6, rows)
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return pl.DataFrame(
        {
            "金額": [f"￥{value:,}" for value in amount],
            "増減": [f"▲{-value}" if value < 0 else str(value) for value in change],
            "人数": [str(value).translate(wide) for value in people],
            "残高": ["？" if no else str(value) for value, no in zip(balance, nothing, strict=True)],
            "勤続日数": [365_243 if no else int(value) * 3 for value, no in zip(balance, unknown, strict=True)],
            "登録日": [f"令和{value % 5 + 2}年{value}月{value + 3}日" for value in month],
            "区分": [("Ａ社", "B社", " C社")[value] for value in kind],
            "解約": np.where(pull > np.median(pull), "はい", "いいえ"),
        }
    )


def call(*arguments: object, store: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line on a store."""
    environment = {**os.environ, "WORKBENCH_STORE": str(store), "WORKBENCH_LANG": "en"}
    command = [sys.executable, "-m", "workbench", *map(str, arguments)]
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done


def run_here(*arguments: object) -> None:
    """Run the command line in this process, on the store of the test: where another file of the same door is wanted."""
    assert main([*map(str, arguments), "--lang", "en"]) == 0


def as_text(path: Path) -> pl.DataFrame:
    """A CSV file, nothing guessed."""
    return pl.read_csv(path, infer_schema=False)


@pytest.fixture(scope="module")
def repairing_model(store: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A model trained from the command line on such a table, repaired."""
    path = tmp_path_factory.mktemp("training") / "raw.csv"
    path.write_bytes(raw_customers(400, 1).write_csv().encode("cp932"))
    given = ("--target", "解約", "--models", "lr,dt", "--folds", 3, "--name", "repaired", "--json", "-")
    return str(json.loads(call("compare", path, *given, "--repairs", "all", store=store).stdout)["registered"])


@pytest.mark.slow
def test_raw_rows_are_repaired_alike_at_every_door(
    repairing_model: str, address: str, client: Client, tmp_path: Path, store: Path
) -> None:
    import xlsxwriter

    raw = raw_customers(ROWS, 2).drop("解約")
    (tmp_path / "raw.csv").write_bytes(raw.write_csv().encode("cp932"))
    with xlsxwriter.Workbook(str(tmp_path / "raw.xlsx")) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([raw.columns, *raw.rows()]):
            for column, value in enumerate(row):
                sheet.write(number, column, value)
    clean, _ = actions.predict.predictor(repairing_model, by=LOCAL).bundle.repairs.apply(raw)
    clean.write_csv(tmp_path / "clean.csv")
    typed = json.loads(json.dumps(sources.open_source(str(tmp_path / "clean.csv")).reading.frame.to_dicts(), default=str))
    assert {type(typed[0][name]) for name in ("金額", "増減", "人数")} <= {int, float}

    expected = numbers(actions.predict.rows(repairing_model, typed, by=LOCAL))
    strings = raw.to_dicts()
    found = {}
    for name, given in (("strings", strings), ("numbers", typed)):
        rest = httpx.post(f"{address}/api/v1/models/{repairing_model}/predict", json={"rows": given}, timeout=60)
        assert rest.status_code == 200, rest.text
        found[f"REST, {name}"] = numbers(rest.json())
        gradio = client.predict(repairing_model, json.dumps(given), api_name="/predict")
        found[f"Gradio, {name}"] = numbers(json.loads(gradio) if isinstance(gradio, str) else gradio)
        alone = [httpx.post(f"{address}/api/v1/models/{repairing_model}/predict", json={"rows": [row]}).json() for row in given]
        found[f"REST, {name}, row by row"] = [numbers(answer)[0] for answer in alone]
    for file, out in (("raw.csv", "csv.csv"), ("raw.xlsx", "xlsx.parquet"), ("clean.csv", "clean.parquet")):
        scoring = ("predict", repairing_model, tmp_path / file, "-o", tmp_path / out, "--reasons", 0)
        if file == "raw.csv":
            call(*scoring, store=store)
        else:
            run_here(*scoring)
        found[file] = of_file(tmp_path / out, as_text if out.endswith("csv") else pl.read_parquet)
    for door, figures in found.items():
        for mine, theirs in zip(expected, figures, strict=True):
            assert theirs == pytest.approx(mine, rel=0, abs=1e-12), door


@pytest.mark.slow
def test_the_scored_file_lists_what_was_repaired_and_clean_rows_have_nothing(
    repairing_model: str, tmp_path: Path, store: Path
) -> None:
    raw = raw_customers(ROWS, 2).drop("解約")
    (tmp_path / "raw.csv").write_bytes(raw.write_csv().encode("cp932"))
    call("predict", repairing_model, tmp_path / "raw.csv", "-o", tmp_path / "out.parquet", "--reasons", 0, store=store)
    result = pl.read_parquet(tmp_path / "out.parquet")
    assert result.select(raw.columns).equals(raw)
    for row in result.iter_rows(named=True):
        amount = row["金額"]
        assert f"金額: {amount} → {amount.strip('￥').replace(',', '')}" in row["repaired"]
        assert ("残高: ？ → (blank)" in row["repaired"]) == (row["残高"] == "？")
        assert ("勤続日数: 365243 → (blank)" in row["repaired"]) == (row["勤続日数"] == 365243)
        assert ("増減: ▲" in row["repaired"]) == row["増減"].startswith("▲")
    clean, _ = actions.predict.predictor(repairing_model, by=LOCAL).bundle.repairs.apply(raw)
    clean.write_csv(tmp_path / "clean.csv")
    run_here("predict", repairing_model, tmp_path / "clean.csv", "-o", tmp_path / "again.parquet", "--reasons", 0)
    assert pl.read_parquet(tmp_path / "again.parquet")["repaired"].null_count() == ROWS
    assert not [flag for flag in pl.read_parquet(tmp_path / "again.parquet")["trust"].drop_nulls() if "repaired" in flag]


@pytest.mark.slow
def test_reasons_of_raw_rows_are_those_of_repaired_ones(repairing_model: str) -> None:
    raw = raw_customers(5, 2).drop("解約")
    clean, _ = actions.predict.predictor(repairing_model, by=LOCAL).bundle.repairs.apply(raw)
    for dirty, tidy in zip(raw.to_dicts(), clean.to_dicts(), strict=True):
        assert actions.explain.row(repairing_model, dirty, by=LOCAL) == actions.explain.row(repairing_model, tidy, by=LOCAL)
    model = actions.predict.predictor(repairing_model, by=LOCAL).bundle
    assert actions.explain.file(model, raw, most=5) == actions.explain.file(model, clean, most=5)
    shown = actions.models.show(repairing_model, by=LOCAL)
    assert "`金額`" in shown["card"]
