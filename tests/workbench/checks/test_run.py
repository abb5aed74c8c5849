"""All checks together: an outcome for every table, in both languages, as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench import checks
from workbench.checks.catalogue import CHECKS
from workbench.data import Roles
from workbench.errors import ColumnNotFound

RANDOM = np.random.default_rng(0)
ODD = {
    "no rows": pl.DataFrame({"a": [], "y": []}, schema={"a": pl.Float64, "y": pl.String}),
    "one row": pl.DataFrame({"a": [1], "y": ["x"]}),
    "target alone": pl.DataFrame({"y": [0, 1] * 50}),
    "one class": pl.DataFrame({"a": range(100), "y": ["x"] * 100}),
    "all rows equal": pl.DataFrame({"a": [1] * 100, "b": ["x"] * 100, "y": [1] * 100}),
    "all missing": pl.DataFrame({"a": [None] * 100, "y": [None] * 100}),
    "wide": pl.DataFrame({f"c{i}": RANDOM.normal(size=63) for i in range(300)} | {"y": RANDOM.integers(0, 2, 63)}),
    "infinities": pl.DataFrame(
        {"a": [float("inf"), float("nan"), 1.0, -float("inf")] * 30, "y": [1.5, float("inf"), 2, 3] * 30}
    ),
    "text target": pl.DataFrame({"a": range(200), "y": [f"label {i}" for i in range(200)]}),
    "date target": pl.DataFrame({"a": range(100), "y": pl.date_range(pl.date(2020, 1, 1), pl.date(2020, 4, 9), eager=True)}),
    "boolean target": pl.DataFrame({"a": range(100), "b": [True, None] * 50, "y": [True, False] * 50}),
    "braces": pl.DataFrame({"{a}": ["{x}"] * 100, "y": [0, 1] * 50}),
    "empty texts": pl.DataFrame({"a": ["", " "] * 50, "y": [0, 1] * 50}),
}


@pytest.mark.parametrize("name", ODD)
def test_every_table_has_a_report_that_is_json(name: str) -> None:
    report = checks.run(ODD[name], target="y", new=ODD[name].head(3))

    for lang in ("ja", "en"):
        json.dumps(report.to_dict(lang), allow_nan=False)
    assert len(report.passed) + len(report.not_applicable) + len({f.code for f in report.findings}) == len(CHECKS)


def test_a_report_has_the_keys_others_rely_on(make_table: Callable[..., pl.DataFrame]) -> None:
    said = checks.run(make_table(), target="解約").to_dict("ja")

    assert {"findings", "not_applicable", "advice"} <= said.keys()
    assert all({"code", "severity", "columns", "title", "evidence", "action"} <= f.keys() for f in said["findings"])
    assert {"folds", "group", "time", "exclude"} <= said["advice"].keys()


def test_errors_come_first_and_decide(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table().with_columns(結果=pl.col("解約").replace({"はい": "退会", "いいえ": "継続"}))

    report = checks.run(table, target="解約")

    assert report.worst == "error"
    assert (report.findings[0].code, report.findings[0].columns) == ("WB303", ("結果",))


def test_a_clean_table_has_no_errors(make_table: Callable[..., pl.DataFrame]) -> None:
    report = checks.run(make_table().drop("ランク", "顧客番号"), target="解約")

    assert report.worst in (None, "info")


def test_fast_runs_only_cheap_checks_and_names_the_others(make_table: Callable[..., pl.DataFrame]) -> None:
    report = checks.run(make_table(), target="解約", fast=True)

    assert [check.code for check in report.skipped] == ["WB120", "WB301", "WB401", "WB702"]
    assert not {"WB301", "WB401"} & {f.code for f in report.findings}


def test_shuffling_rows_changes_no_finding_about_columns(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table(300)
    codes = [
        [(f.code, f.severity, f.columns) for f in checks.run(t, target="ランク", fast=True).findings]
        for t in (table, table.sample(fraction=1.0, shuffle=True, seed=3))
    ]

    assert codes[0] == codes[1]


def test_roles_take_columns_out_of_the_features(make_table: Callable[..., pl.DataFrame]) -> None:
    roles = Roles(target="解約", exclude=("顧客番号",), unknown_at_prediction=("ランク",))

    report = checks.run(make_table(), target="解約", roles=roles)

    assert not [f for f in report.findings if "顧客番号" in f.columns]
    assert [f.code for f in report.findings if "ランク" in f.columns] == ["WB304"]
    assert report.advice["exclude"] == ["ランク"]


@pytest.mark.parametrize("role", ["target", "group", "time"])
def test_an_unknown_column_names_the_closest(make_table: Callable[..., pl.DataFrame], role: str) -> None:
    with pytest.raises(ColumnNotFound, match="解約"):
        checks.run(make_table(50), **{"target": "解約", role: "解約日"})


def test_progress_names_each_check(make_table: Callable[..., pl.DataFrame]) -> None:
    told: list[tuple[float, str]] = []

    checks.run(make_table(100), target="解約", progress=lambda share, title: told.append((share, title.say("en"))))

    assert [share for share, _ in told] == sorted(share for share, _ in told)
    assert told[0] == (0.0, "Constant column")
    assert len(told) == len(CHECKS)


def test_codes_are_unique_and_every_check_has_a_title() -> None:
    codes = [check.code for check in CHECKS]

    assert len(set(codes)) == len(codes)
    assert all(check.title.say(lang) for check in CHECKS for lang in ("ja", "en"))
