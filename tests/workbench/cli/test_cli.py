"""The command line as its users meet it: exit codes, one line for bad input, JSON alone on standard output."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def customers(tmp_path: Path, make_table: Callable[..., pl.DataFrame]) -> Path:
    """A cp932 file as Excel in Japan writes it."""
    path = tmp_path / "顧客.csv"
    path.write_bytes(make_table(500).drop("ランク", "売上").write_csv().encode("cp932"))
    return path


def assert_one_line(done: subprocess.CompletedProcess[str], *said: str) -> None:
    """Exit 2, one line on standard error that says what is wrong, no traceback, nothing on standard output."""
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    for words in said:
        assert words in done.stderr


@pytest.mark.slow
def test_from_a_japanese_file_to_predictions(spawn: Call, call: Call, customers: Path, tmp_path: Path) -> None:
    compared = spawn(
        "compare", customers, "--target", "解約", "--models", "lr,dt", "--folds", "3", "--name", "解約予測", "--json", "-"
    )
    assert compared.returncode == 0, compared.stderr
    answer = json.loads(compared.stdout)
    assert {row["model"] for row in answer["leaderboard"]} == {"lr", "dt"}
    assert answer["registered"].startswith("解約予測@")
    assert answer["leaderboard"][0]["metrics"]["AUC"] > 0.6

    out = tmp_path / "結果.csv"
    scored = spawn("predict", "解約予測", customers, "-o", out, "--json", "-", lang="ja")
    assert scored.returncode == 0, scored.stderr
    report = json.loads(scored.stdout)
    assert report["rows_in"] == report["rows_out"] == 500
    assert out.read_bytes().startswith(b"\xef\xbb\xbf")
    result = pl.read_csv(out)
    assert result.height == 500
    assert {"予測", "確率_はい", "信頼フラグ"} <= set(result.columns)
    assert result["顧客番号"].to_list()[:2] == ["C00-000000", "C00-000001"]

    explained = json.loads(spawn("explain", "解約予測", customers, "--rows", "2", "--json", "-").stdout)
    for row in explained["rows"]:
        assert row["base"] + sum(r["effect"] for r in row["reasons"]) == pytest.approx(row["output"], abs=1e-6)

    listed = json.loads(spawn("models", "list", "--json", "-").stdout)["models"]
    assert listed[-1]["name"] == "解約予測"
    assert listed[-1]["aliases"] == ["champion"]
    verified = call("models", "verify", "解約予測")
    assert verified.returncode == 0, verified.stderr

    zipped = tmp_path / "model.zip"
    assert call("models", "export", "解約予測", "-o", zipped).returncode == 0
    again = call("predict", zipped, customers, "-o", tmp_path / "again.parquet")
    assert again.returncode == 0, again.stderr
    assert pl.read_parquet(tmp_path / "again.parquet")["probability_はい"].to_list() == pytest.approx(
        result["確率_はい"].to_list(), abs=1e-9
    )


def test_profile_says_how_a_file_was_read(spawn: Call, customers: Path) -> None:
    done = spawn("profile", customers, "--json", "-")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["rows"] == 500
    assert answer["reading"]["encoding"] == "cp932"
    assert answer["reading"]["delimiter"] == ","
    assert {"name", "kind", "missing", "missing_rate", "distinct"} <= set(answer["columns"][0])


def test_profile_writes_a_page_and_a_workbook_with_the_target_of_the_call(call: Call, customers: Path, tmp_path: Path) -> None:
    page, book = tmp_path / "要約.html", tmp_path / "要約.xlsx"
    done = call(
        "profile", customers, "--target", "解約", "--event", "いいえ", "--html", page, "--xlsx", book, "--json", "-", lang="ja"
    )
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert (answer["target"]["name"], answer["target"]["labels"]) == ("解約", ["いいえ"])
    assert all(isinstance(alert["text"], str) for alert in answer["alerts"])
    assert page.read_text(encoding="utf-8").startswith('<!doctype html>\n<html lang="ja">')
    names = [cell.value for cell in openpyxl.load_workbook(book)["列"]["B"]]
    assert names == ["列", *(column["name"] for column in answer["columns"])]


def test_profile_refuses_a_target_that_is_not_there(call: Call, customers: Path, tmp_path: Path) -> None:
    assert_one_line(call("profile", customers, "--target", "解役"), "解役", "解約")
    assert_one_line(call("profile", customers, "--time", "登録"), "登録", "登録日")
    assert_one_line(call("profile", customers, "--xlsx", tmp_path / "no" / "x.xlsx"), "x.xlsx")


def test_a_leak_is_an_error_and_exit_one(spawn: Call, tmp_path: Path, make_table: Callable[..., pl.DataFrame]) -> None:
    leaking = make_table(400).with_columns(pl.col("解約").replace({"はい": "済", "いいえ": "未"}).alias("手続き"))
    leaking.drop("ランク", "売上").write_csv(tmp_path / "leak.csv")
    done = spawn("check", tmp_path / "leak.csv", "--target", "解約", "--json", "-")
    assert done.returncode == 1, done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert any(f["severity"] == "error" and "手続き" in f["columns"] for f in findings)


def test_new_data_get_a_verdict_with_its_reasons(call: Call, customers: Path, tmp_path: Path) -> None:
    new = tmp_path / "new.csv"
    pl.read_csv(customers, encoding="cp932").drop("年齢").write_csv(new)
    done = call("check", customers, "--target", "解約", "--fast", "--new", new)
    assert done.returncode == 1, done.stderr
    assert "New data: Stop" in done.stdout
    assert "1 column that the model needs is missing: 年齢." in done.stdout
    told = call("check", customers, "--target", "解約", "--fast", "--new", new, "--json", "-")
    arrival = json.loads(told.stdout)["arrival"]
    assert (arrival["verdict"], arrival["rows"]) == ("stop", 500)


def test_a_clean_table_is_exit_zero(call: Call, customers: Path) -> None:
    done = call("check", customers, "--target", "解約", "--fast", "--json", "-")
    assert done.returncode == 0, done.stdout
    assert {"folds", "group", "time", "exclude"} <= set(json.loads(done.stdout)["advice"])


def test_bad_input_is_one_line_and_exit_two(spawn: Call, call: Call, customers: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8)
    assert_one_line(spawn("profile", tmp_path / "empty.csv"), "empty")
    assert_one_line(call("profile", tmp_path / "picture.csv"))
    assert_one_line(call("profile", tmp_path / "custmers.csv"), "custmers.csv")
    assert_one_line(call("compare", customers, "--target", "解役"), "解役", "解約")
    assert_one_line(call("compare", customers, "--target", "解約", "--preprocessing", "neighbours"), "suited")
    assert_one_line(call("compare", customers, "--target", "解約", "--models", "lr,lgbm"), "lgbm")
    assert_one_line(call("predict", "no-such-model", customers, "-o", tmp_path / "x.csv"), "no-such-model")
    assert_one_line(call("predict", "credit-default", customers, "-o", tmp_path / "x.docx"), ".docx")
    assert_one_line(spawn("frobnicate"))
    assert_one_line(call())
    assert not (tmp_path / "x.csv").exists()


def test_a_port_that_is_taken_is_one_line(spawn: Call) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        assert_one_line(spawn("serve", "--port", port), port, "--port")


def test_bad_input_is_said_in_japanese(call: Call, tmp_path: Path) -> None:
    (tmp_path / "empty.csv").write_bytes(b"")
    assert_one_line(call("profile", tmp_path / "empty.csv", lang="ja"), "空")


def test_an_unreachable_store_is_one_line(call: Call, customers: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    done = call("models", "promote", "x@y", WORKBENCH_STORE=str(tmp_path / "file" / "store"))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_file_without_the_models_columns_is_stopped_with_a_report(call: Call, tmp_path: Path) -> None:
    pl.DataFrame({"a": [1, 2]}).write_csv(tmp_path / "other.csv")
    done = call(
        "predict", "spam-filter", tmp_path / "other.csv", "-o", tmp_path / "out.csv", "--json", tmp_path / "report.json"
    )
    assert done.returncode == 1, done.stderr
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert report["rows_in"] == 2
    assert report["warnings"]
    assert not (tmp_path / "out.csv").exists()
