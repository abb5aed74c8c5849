"""The contract on the command line: of a file and of a model, in three forms, alone on standard output."""

from __future__ import annotations

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
