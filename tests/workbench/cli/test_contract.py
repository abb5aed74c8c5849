"""The contract on the command line: of a file and of a model, in three forms, alone on standard output."""

from __future__ import annotations

import datetime as dt
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
import yaml

Call = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def customers(tmp_path: Path, make_table: Callable[..., pl.DataFrame]) -> Path:
    """A cp932 file as Excel in Japan writes it."""
    path = tmp_path / "顧客.csv"
    path.write_bytes(make_table(200).drop("ランク", "売上").write_csv().encode("cp932"))
    return path


def test_the_contract_of_a_file_is_yaml_alone_on_standard_output(spawn: Call, customers: Path, tmp_path: Path) -> None:
    (tmp_path / "roles.json").write_text(json.dumps({"exclude": ["顧客番号"]}), encoding="utf-8")
    done = spawn("contract", customers, "--target", "解約", "--roles", tmp_path / "roles.json", lang="ja")
    assert done.returncode == 0, done.stderr
    found = yaml.safe_load(done.stdout)
    assert found["target"]["column"] == "解約"
    assert [one["name"] for one in found["columns"]] == ["年齢", "収入", "職業", "都道府県", "登録日", "会員"]
    assert found["left_out"] == [{"name": "顧客番号", "why": "excluded"}]


def test_the_form_follows_the_flag_or_the_files_ending(call: Call, customers: Path, tmp_path: Path) -> None:
    done = call("contract", customers, "--target", "解約", "-o", tmp_path / "c.json")
    assert done.returncode == 0, done.stderr
    assert json.loads((tmp_path / "c.json").read_text(encoding="utf-8"))["contract"] == 1
    done = call("contract", customers, "--target", "解約", "-o", tmp_path / "p.yaml", "--format", "pandera")
    assert yaml.safe_load((tmp_path / "p.yaml").read_text(encoding="utf-8"))["schema_type"] == "dataframe"


def test_the_contract_of_a_model(spawn: Call, call: Call, tmp_path: Path) -> None:
    done = spawn("models", "contract", "credit-default", "--format", "pandera")
    assert done.returncode == 0, done.stderr
    assert yaml.safe_load(done.stdout)["columns"]["LIMIT_BAL"]["dtype"] == "float64"
    done = call("models", "contract", "credit-default", "--json", "-")
    assert json.loads(done.stdout)["target"]["column"] == "default payment next month"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("contract", "DATA", "--target", "解役"), "解約"),
        (("contract", "DATA"), "--target"),
        (("contract", "DATA", "--target", "解約", "--format", "xml"), "xml"),
        (("contract", "nothing.csv", "--target", "解約"), "nothing.csv"),
        (("contract", "DATA", "--target", "解約", "-o", "/no/such/folder/c.yaml"), "c.yaml"),
        (("models", "contract"), "contract"),
        (("models", "contract", "none-such"), "none-such"),
    ],
)
def test_bad_input_is_one_line_and_exit_two(call: Call, customers: Path, arguments: tuple[str, ...], said: str) -> None:
    done = call(*(customers if one == "DATA" else one for one in arguments))
    assert done.returncode == 2, done.stdout
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def edited(call: Call, customers: Path, path: Path, **columns: object) -> Path:
    """The contract of a file with bounds that a person wrote into it."""
    done = call("contract", customers, "--target", "解約", "-o", path)
    assert done.returncode == 0, done.stderr
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["columns"] = [
        one | ({"bounds": columns[one["name"]]} if one["name"] in columns else {}) for one in document["columns"]
    ]
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    return path


@pytest.mark.slow
def test_a_comparison_obeys_a_contracts_file_and_so_does_its_model(
    call: Call, spawn: Call, customers: Path, tmp_path: Path, make_table: Callable[..., pl.DataFrame]
) -> None:
    held = {"minimum": 0, "maximum": 100, "on_break": "hold"}
    path = edited(call, customers, tmp_path / "c.yaml", 年齢=held, 登録日={"minimum": dt.date(1990, 1, 1)})
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    document["columns"] = [one for one in document["columns"] if one["name"] != "会員"]
    by_whom = {"code": "WB301", "reason": "後で分かる", "who": "ana@example.com", "when": "2026-04-01T10:00:00+09:00"}
    document["left_out"].append({"name": "会員", "why": "excluded", **by_whom})
    path.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    named = ("--models", "lr", "--folds", "3", "--name", "守る", "--contract", path, "--json", "-")
    made = spawn("compare", customers, "--target", "解約", *named)
    assert made.returncode == 0, made.stderr
    assert "会員" in json.loads(made.stdout)["plan"]["ignore"]

    agreed = json.loads(call("models", "contract", "守る", "--json", "-").stdout)
    bounds = {one["name"]: (one["bounds"], one["who"]) for one in agreed["columns"]}
    assert bounds["年齢"] == ({"minimum": 0.0, "maximum": 100.0, "blank": True, "on_break": "hold"}, "you@localhost")
    assert bounds["登録日"][0]["minimum"] == "1990-01-01"
    assert next(one for one in agreed["left_out"] if one["name"] == "会員") == {"name": "会員", "why": "excluded", **by_whom}

    rows = make_table(20).drop("ランク", "売上", "会員").with_columns(pl.Series("年齢", [250.0] * 3 + [40.0] * 17))
    rows.write_csv(tmp_path / "new.csv")
    report = json.loads(call("predict", "守る", tmp_path / "new.csv", "-o", tmp_path / "out.csv", "--json", "-").stdout)
    assert (report["rows_out"], report["held"]) == (20, 3)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ({"maximun": 3}, "maximum"),
        ({"minimum": "many"}, "many"),
        ({"minimum": 9, "maximum": 1}, "above"),
        ({"on_break": "stop"}, "hold"),
        ({"blank": "no"}, "blank"),
        ([1], "bounds"),
    ],
)
def test_bounds_that_cannot_be_are_named_before_anything_is_trained(
    call: Call, customers: Path, tmp_path: Path, bounds: object, said: str
) -> None:
    path = edited(call, customers, tmp_path / "c.yaml", 年齢=bounds)
    done = call("compare", customers, "--target", "解約", "--models", "lr", "--contract", path)
    assert (done.returncode, done.stdout) == (2, "")
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert "年齢" in done.stderr
    assert said in done.stderr


def test_what_is_no_contract_of_this_table_is_one_line(call: Call, customers: Path, tmp_path: Path) -> None:
    call("contract", customers, "--target", "解約", "--format", "pandera", "-o", tmp_path / "p.yaml")
    (tmp_path / "list.yaml").write_text("- 1\n")
    (tmp_path / "broken.yaml").write_text("a: [")
    (tmp_path / "bytes.yaml").write_bytes(b"\x89PNG\xff\xfe")
    other = edited(call, customers, tmp_path / "other.yaml", 年齢={"minimum": 0})
    other.write_text(other.read_text(encoding="utf-8").replace("年齢", "年令"), encoding="utf-8")
    places = {
        "p.yaml": "pandera",
        "list.yaml": "contract",
        "broken.yaml": "contract",
        "bytes.yaml": "contract",
        "none.yaml": "none.yaml",
    }
    for name, said in {**places, "other.yaml": "年齢"}.items():
        for lang in ("en", "ja"):
            done = call("compare", customers, "--target", "解約", "--contract", tmp_path / name, lang=lang)
            assert (done.returncode, done.stdout) == (2, ""), name
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert name == "other.yaml" or name in done.stderr
        assert said in done.stderr or said == "contract"
    path = edited(call, customers, tmp_path / "c.yaml")
    assert "解約" in call("compare", customers, "--target", "会員", "--contract", path).stderr
