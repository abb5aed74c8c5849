"""Calls that do not fit, places that cannot be written to, pipes that nobody reads: one line, exit 2, nothing half-written."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from workbench.actions.local_bundles import local_bundle
from workbench.errors import BundleError

PROJECT = Path(__file__).resolve().parents[3]
Call = Callable[..., subprocess.CompletedProcess[str]]
ADS = "sample:advertising"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A small file."""
    path = tmp_path / "table.csv"
    pl.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}).write_csv(path)
    return path


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("prfile", ADS), "profile"),
        (("profile",), "DATA"),
        (("profile", ADS, "--encodng", "cp932"), "--encoding"),
        (("profile", ADS, "too", "much"), "too much"),
        (("profile", ADS, "--encoding"), "--encoding"),
        (("profile", ADS, "--header", "one"), "one"),
        (("profile", ADS, "--header", "-1"), "-1"),
        (("profile", ADS, "--html=a.html", "--lang", "fr"), "fr"),
        (("compare", ADS, "--target", "revenue", "--preprocessing", "pycart"), "pycaret"),
        (("compare", ADS, "--t", "revenue"), "--target"),
        (("check", ADS, "--target", "revenue", "--fast=yes"), "yes"),
        (("explain", "ad-revenue", ADS, "--rows", "-3"), "-3"),
        (("predict", "ad-revenue", ADS), "-o"),
        (("models", "lst"), "list"),
    ],
)
def test_a_call_that_does_not_fit_is_one_line_in_both_languages(call: Call, words: tuple[str, ...], said: str) -> None:
    for lang in ("en", "ja"):
        done = call(*words, lang=lang)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert said in done.stderr
        assert "python -m workbench" in done.stderr
    assert not re.search(r"invalid|expected|required|unrecognized|choose|argument", done.stderr), done.stderr


def test_the_help_speaks_japanese_throughout(call: Call) -> None:
    for words in ((), ("compare",), ("models",)):
        done = call(*words, "--help", "--lang", "ja")
        assert done.returncode == 0
        assert done.stdout.startswith("使い方: python -m workbench")
        assert not re.search(r"usage|positional|optional|options:|show this", done.stdout), done.stdout


def test_the_terminals_language_needs_no_data_of_it_on_this_machine(tmp_path: Path) -> None:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("WORKBENCH_", "LC_", "LANG"))}
    for asked, said in (({"LANG": "ja_JP.UTF-8"}, "エラー"), ({"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "error")):
        done = subprocess.run(
            [sys.executable, "-m", "workbench", "profile", "nothing.csv"],
            capture_output=True,
            encoding="utf-8",
            cwd=PROJECT,
            env={**kept, **asked, "PYTHONUTF8": "1", "WORKBENCH_STORE": str(tmp_path / "store")},
            check=False,
        )
        assert done.stderr.startswith(said), done.stderr


@pytest.mark.parametrize("flag", ["--json", "--html", "--xlsx"])
def test_a_place_that_cannot_be_written_to_is_refused_before_the_work(
    call: Call, table: Path, flag: str, tmp_path: Path
) -> None:
    for place, said in ((tmp_path / "no" / "x.out", "no"), (tmp_path, tmp_path.name), (table, "table.csv")):
        done = call("profile", table, flag, place)
        assert (done.returncode, done.stdout) == (2, "")
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert said in done.stderr
    assert pl.read_csv(table).height == 3


def test_no_model_is_trained_for_a_report_that_cannot_be_written(call: Call, tmp_path: Path) -> None:
    done = call("compare", ADS, "--target", "revenue", "--models", "lr", "--json", tmp_path / "no" / "x.json")
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert not list(tmp_path.glob("store/models/*"))


def test_a_prediction_never_overwrites_the_table_it_reads(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "ads.csv"
    path.write_bytes((PROJECT / "workbench/data/samples/advertising.csv").read_bytes())
    before = path.read_bytes()
    done = call("predict", "ad-revenue", path, "-o", tmp_path / "." / "ads.csv")
    assert (done.returncode, path.read_bytes()) == (2, before)
    assert "ads.csv" in done.stderr


def test_a_pipe_is_written_to_as_it_is_and_a_link_is_followed(call: Call, table: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    heard: list[bytes] = []
    reader = threading.Thread(target=lambda: heard.append((tmp_path / "pipe").read_bytes()))
    reader.start()
    assert call("profile", table, "--json", tmp_path / "pipe").returncode == 0
    reader.join(10)
    assert json.loads(heard[0])["rows"] == 3
    assert (tmp_path / "pipe").is_fifo()
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    assert call("profile", table, "--json", tmp_path / "link.json").returncode == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_text(encoding="utf-8"))["rows"] == 3


@pytest.mark.parametrize("words", ["--help", "compare --help", f"profile {ADS}", f"profile {ADS} --json -", "models list"])
def test_a_pipe_that_is_closed_ends_without_a_word(words: str, tmp_path: Path) -> None:
    """The reader goes away before a word is written; Python would complain of it when it ends."""
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-m", "workbench", *words.split()],
        stdout=writing,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=PROJECT,
        env={**os.environ, "WORKBENCH_STORE": str(tmp_path / "store"), "WORKBENCH_LANG": "en"},
        check=False,
    )
    os.close(writing)
    assert done.returncode in (0, 141)
    assert done.stderr == ""


def test_a_name_that_is_too_long_or_may_not_be_is_one_line(call: Call, table: Path, tmp_path: Path) -> None:
    long = "x" * 300
    for words in (
        ("profile", tmp_path / f"{long}.csv"),
        ("profile", table, "--json", tmp_path / long),
        ("predict", "ad-revenue", ADS, "-o", tmp_path / f"{long}.csv"),
        ("predict", long, table, "-o", tmp_path / "x.csv"),
        ("models", "show", long),
        ("compare", table, "--target", "b", "--roles", long),
        ("run", long),
    ):
        for lang in ("en", "ja"):
            done = call(*words, lang=lang)
            assert (done.returncode, done.stdout) == (2, ""), words
            assert len(done.stderr.strip().splitlines()) == 1, done.stderr


def test_an_empty_flag_is_a_slip_and_not_a_wish(call: Call) -> None:
    for words in (("--models", ""), ("--models", " , "), ("--group", ""), ("--event", "")):
        done = call("compare", ADS, "--target", "revenue", *words)
        assert (done.returncode, done.stdout) == (2, "")
        assert words[0] in done.stderr


def test_models_names_what_is_missing_or_cannot_be(call: Call, tmp_path: Path) -> None:
    for words, said in (
        (("promote", "ad-revenue"), "ad-revenue@"),
        (("export", "ad-revenue", "-o", tmp_path / "no" / "x.zip"), "x.zip"),
        (("template", "ad-revenue", "-o", tmp_path / "no" / "x.xlsx"), "x.xlsx"),
        (("template", "ad-revenu"), "ad-revenue"),
        (("import", tmp_path / "nothing.zip"), "nothing.zip"),
        (("import", tmp_path), tmp_path.name),
        (("show", tmp_path), tmp_path.name),
        (("show", tmp_path / "nothing"), "nothing"),
    ):
        done = call("models", *words)
        assert (done.returncode, done.stdout) == (2, ""), words
        assert len(done.stderr.strip().splitlines()) == 1, done.stderr
        assert said in done.stderr
    assert [path.name for path in tmp_path.iterdir() if path.name != "store"] == []


def test_a_bundle_of_this_machine_is_shown_verified_and_scored_like_a_registered_model(call: Call, tmp_path: Path) -> None:
    zipped = tmp_path / "ads.zip"
    assert call("models", "export", "ad-revenue", "-o", zipped).returncode == 0
    for place in (zipped, PROJECT / "models" / "ad-revenue"):
        shown = json.loads(call("models", "show", place, "--json", "-").stdout)
        listed = json.loads(call("models", "show", "ad-revenue", "--json", "-").stdout)
        assert shown | {"aliases": listed["aliases"]} == listed
        assert "examples" in call("models", "verify", place).stdout
        assert call("models", "template", place, "-o", tmp_path / "t.xlsx").returncode == 0


def test_a_folder_that_happens_to_be_called_like_a_model_is_not_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "ad-revenue").mkdir()
    monkeypatch.chdir(tmp_path)
    assert local_bundle("ad-revenue") is None
    (tmp_path / "somewhere" / "ad-revenue").mkdir(parents=True)
    with pytest.raises(BundleError, match="ad-revenue"):
        local_bundle("somewhere/ad-revenue")
