"""Comparisons that cannot be, asked for on the command line and over HTTP-like doors: one line, both languages, exit 2."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from workbench.cli import main

ROWS = 120


@pytest.fixture(autouse=True)
def always(own_store: None) -> None:
    """Nothing here touches a store of somebody's."""


def write(path: Path, head: str, line: str, rows: int = ROWS) -> Path:
    """Write a CSV file whose lines may count (`i`), and count in twos and sevens."""
    lines = [line.format(i=i, two=i % 2, seven=i % 7, label="はい" if i % 2 else "いいえ") for i in range(rows)]
    path.write_text("\n".join([head, *lines]) + "\n", encoding="utf-8")
    return path


REFUSED = {
    "one class": ("x,y", "{seven},はい", "only one value", "1 種類だけ"),
    "no target anywhere": ("x,y", "{seven},", "blank in every row", "すべての行が空"),
    "an id as the target": ("x,y", "{seven},C{i:05d}", "120 different labels", "120 種類"),
    "a date as the target": ("x,y", "{seven},2026-01-1{seven}", "is a date", "日付"),
    "a target that is not there": ("x,z", "{seven},{two}", "Column 'y' is not in the table", "「y」"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_cannot_be_compared_is_one_line_and_exit_two(
    name: str, lang: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head, line, english, japanese = REFUSED[name]
    path = write(tmp_path / "表.csv", head, line)
    assert main(["compare", str(path), "--target", "y", "--json", str(tmp_path / "out.json"), "--lang", lang]) == 2
    told = capsys.readouterr().err
    assert len(told.strip().splitlines()) == 1, told
    assert "Traceback" not in told
    assert (english if lang == "en" else japanese) in told
    assert lang == "en" or re.search("[ぁ-ん]", told)
    assert not (tmp_path / "out.json").exists()


def test_two_rows_are_too_few(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "two.csv", "x,y", "{i},{two}", rows=2)
    assert main(["compare", str(path), "--target", "y", "--lang", "en"]) == 2
    assert "2 rows have a target; 10 folds need at least" in capsys.readouterr().err


@pytest.mark.slow
def test_a_file_with_names_twice_infinite_numbers_and_japanese_labels_is_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = '年齢,年齢,"収入 [万円], {{x}}",空,😀,解約'.replace("{{", "{").replace("}}", "}")
    path = write(tmp_path / "顧客.csv", head, '{seven},{i},inf,,"a, [{seven}]",{label}')
    code = main(["compare", str(path), "--target", "解約", "--models", "lr,dt", "--folds", "2", "--json", "-", "--lang", "ja"])
    assert code == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["status"] for row in answer["leaderboard"]} == {"finished"}
    assert answer["leaderboard"][0]["metrics"]["AUC"] is not None
    assert {"年齢"} < {*answer["features"]}
    assert [one["column"] for one in answer["excluded"] if one["column"] == "空"]


def test_a_table_with_nothing_to_learn_from_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = write(tmp_path / "t.csv", "a,b,y", "7,,{label}")
    assert main(["compare", str(path), "--target", "y", "--lang", "ja"]) == 2
    told = capsys.readouterr().err
    assert "学習に使える列が残っていません。除外された列: a(すべての行が同じ値)、b(すべての行が空)。" in told
    assert len(told.strip().splitlines()) == 1
