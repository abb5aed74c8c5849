"""`--repairs` as its users meet it: nothing unless asked, what was done on standard error, and the model does it again."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]
ROWS = [
    "金額,登録日,解約",
    *(f'"{n * 1234:,}円",令和{n % 5 + 2}年4月{n % 28 + 1}日,{"はい" if n % 3 else "いいえ"}' for n in range(60)),
]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    """A file with separators, units and eras, as cp932."""
    path = tmp_path / "顧客.csv"
    path.write_bytes("\r\n".join(ROWS).encode("cp932"))
    return path


def profiled(call: Call, raw: Path, *more: str | Path) -> dict[str, dict[str, object]]:
    done = call("profile", raw, "--json", "-", *more)
    assert done.returncode == 0, done.stderr
    return {column["name"]: column for column in json.loads(done.stdout)["columns"]}


def test_nothing_is_repaired_unless_it_is_asked_for_but_it_is_proposed(spawn: Call, raw: Path) -> None:
    done = spawn("profile", raw, "--json", "-")
    answer = json.loads(done.stdout)
    assert {column["kind"] for column in answer["columns"]} == {"category", "text"} or answer["columns"][0]["kind"] != "number"
    proposed = {(repair["column"], repair["rule"]): repair for repair in answer["repairs"]}
    assert proposed["金額", "thousands"]["cells"] > 50
    assert proposed["登録日", "date"]["recommended"] is True
    assert {"column", "rule", "cells", "examples", "recommended"} <= proposed["金額", "unit"].keys()
    assert done.stderr == ""


def test_all_repairs_what_is_recommended_and_says_so(call: Call, raw: Path) -> None:
    columns = profiled(call, raw, "--repairs", "all")
    assert (columns["金額"]["kind"], columns["登録日"]["kind"]) == ("number", "date")
    done = call("profile", raw, "--repairs", "all", lang="ja")
    assert any("金額" in line and "60" in line for line in done.stderr.splitlines())
    assert any("登録日" in line for line in done.stderr.splitlines())


def test_a_file_of_steps_does_what_it_says_and_no_more(call: Call, raw: Path, tmp_path: Path) -> None:
    steps = [step["step"] for step in json.loads(call("profile", raw, "--json", "-").stdout)["repairs"]]
    chosen = tmp_path / "steps.json"
    chosen.write_text(json.dumps([step for step in steps if step["column"] == "金額"], ensure_ascii=False), encoding="utf-8")
    columns = profiled(call, raw, "--repairs", chosen)
    assert columns["金額"]["kind"] == "number"
    assert columns["登録日"]["kind"] != "date"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"column": "金額", "rule": "thousand", "options": {}}]', ("thousand", "thousands")),
        ('[{"column": "金学", "rule": "thousands", "options": {}}]', ("金学", "金額")),
        ('{"column": "金額"}', ("steps.json",)),
        ('["thousands"]', ("steps.json",)),
        ("not json", ("steps.json",)),
        ('[{"column": "金額", "rule": "date", "options": {"form": 7}}]', ()),
    ],
)
def test_a_file_that_cannot_be_followed_is_one_line(
    content: str, said: tuple[str, ...], call: Call, raw: Path, tmp_path: Path
) -> None:
    (tmp_path / "steps.json").write_text(content, encoding="utf-8")
    done = call("profile", raw, "--repairs", tmp_path / "steps.json")
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert done.stdout == ""
    for words in said:
        assert words in done.stderr


def test_a_file_that_is_not_there_is_one_line(call: Call, raw: Path) -> None:
    done = call("profile", raw, "--repairs", "most")
    assert done.returncode == 2
    assert "most" in done.stderr


def test_the_delimiter_can_be_given(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text("a|b;c\n1|2;3\n4|5;6\n", encoding="utf-8")
    assert list(profiled(call, path, "--delimiter", ";")) == ["a|b", "c"]
    assert list(profiled(call, path, "--delimiter", "pipe")) == ["a", "b;c"]


def test_roles_may_be_a_csv_file(call: Call, raw: Path, tmp_path: Path) -> None:
    (tmp_path / "roles.csv").write_text("column,role\n解約,target\n登録日,exclude\n", encoding="utf-8")
    done = call("profile", raw, "--roles", tmp_path / "roles.csv", "--json", "-")
    assert done.returncode == 0, done.stderr
    assert any("by_target" in column for column in json.loads(done.stdout)["columns"])


def test_what_was_noticed_while_reading_is_said_on_standard_error(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "表.csv"
    path.write_text("月次の売上\n\n店,額\n東京,1\n大阪,2\n", encoding="utf-8")
    done = call("profile", path, "--sheet", "四月", "--json", "-", "--lang", "ja")
    assert json.loads(done.stdout)["rows"] == 2
    assert "月次の売上" in done.stderr
    assert "次の指定は使いませんでした: シート" in done.stderr
