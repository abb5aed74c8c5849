"""The leaderboard as CSV and Excel has every number it shows, and no formula."""

from __future__ import annotations

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from workbench.evaluation.metrics import nothing
from workbench.experiment import leaderboard
from workbench.experiment.leaderboard import files as leaderboard_files
from workbench.experiment.leaderboard import standing
from workbench.task import Task
from workbench.words import Text

TASK = Task.MULTICLASS


@pytest.fixture
def found() -> standing.Standing:
    def row(model: str, values: list[float], **metrics: float | None) -> dict:
        folds = [nothing(TASK) | {"Accuracy": value, "AUC": value, **metrics} for value in values]
        return leaderboard.finished(model, TASK, folds, 1.0, fit_seconds=0.5, size=1234)

    rows = [
        row("lr", [0.8, 0.7, 0.9]) | {"holdout": {"AUC": 0.75}},
        row("ridge", [0.7, 0.6, 0.8], AUC=None),
        leaderboard.unfinished("dt", TASK, "failed", Text("experiment.failed", problem="=1+1"), 0.1),
    ]
    return standing.standing(rows, row("dummy", [0.5, 0.5, 0.5]), "Accuracy", task=TASK, test_share=0.5)


def test_the_csv_has_a_row_a_model_and_the_baseline(found: standing.Standing) -> None:
    data = leaderboard_files.csv(found, TASK, "en")
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [(row["Id"], row["Rank"]) for row in rows] == [("lr", "1"), ("ridge", "2"), ("dt", ""), ("dummy", "")]
    best, ridge, failed, _ = rows
    assert float(best["Accuracy"]) == found.rows[0]["metrics"]["Accuracy"]
    assert float(best["AUC: hold-out"]) == 0.75
    assert float(ridge["Difference from the best"]) == found.rows[1]["difference"]["mean"]
    assert float(ridge["Its interval: low"]) == found.rows[1]["difference"]["low"]
    assert ridge["AUC"] == ""
    assert "gives no probabilities" in ridge["Note"]
    assert failed["State"] == "Failed"
    assert failed["Size in bytes"] == ""
    assert best["Size in bytes"] == "1234"


def test_no_cell_begins_as_a_formula(found: standing.Standing) -> None:
    assert leaderboard_files.harmless("=1+1") == "'=1+1"
    assert leaderboard_files.harmless(-0.5) == -0.5
    assert leaderboard_files.harmless("ok") == "ok"


def test_the_excel_file_has_rows_folds_and_what_it_comes_down_to(found: standing.Standing) -> None:
    plan = {"target": "ランク", "folds": 3, "preprocessing": "suited", "group": None}
    data = leaderboard_files.xlsx(found, TASK, "ja", title="表: ランク", plan=plan)
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["順位表", "分割ごと", "概要"]
    assert len(book.get_sheet_by_name("順位表").to_python()) == 5
    folds = book.get_sheet_by_name("分割ごと").to_python()
    assert len(folds) == 1 + 3 * 3
    about = dict(row[:2] for row in book.get_sheet_by_name("概要").to_python()[1:])
    assert about["表と目的変数"] == "表: ランク"
    assert about["前処理"] == "モデルに適したもの"
