"""All checks together: an outcome for every table, in both languages, as JSON."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable

import numpy as np
import polars as pl
import pytest

from workbench import checks
from workbench.checks.catalogue import CHECKS
from workbench.checks.check import Outcome
from workbench.checks.context import Context
from workbench.data import Roles
from workbench.errors import ColumnNotFound

running = importlib.import_module("workbench.checks.run")  # the package's `run` is its function
WHERE_IT_RUNS = running.broken
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
    ran = len(report.passed) + len(report.not_applicable) + len({f.code for f in report.findings})
    assert ran + len(report.skipped) == len(CHECKS)
    assert {check.cost for check in report.skipped} <= {"on_demand"}


def test_a_report_has_the_keys_others_rely_on(make_table: Callable[..., pl.DataFrame]) -> None:
    said = checks.run(make_table(), target="解約").to_dict("ja")

    assert {"findings", "not_applicable", "advice", "passed", "skipped", "failed"} <= said.keys()
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

    assert {"WB120", "WB301", "WB401", "WB702"} <= {check.code for check in report.skipped}
    assert not [check.code for check in report.skipped if check.cost == "cheap"]
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


def test_every_check_is_told_as_it_begins_and_ends_and_the_cheap_ones_come_first(
    make_table: Callable[..., pl.DataFrame],
) -> None:
    told: list[checks.Step] = []

    report = checks.run(make_table(100), target="解約", told=told.append)

    ran = [check for check in CHECKS if check not in report.skipped]
    assert [step.outcome is None for step in told] == [True, False] * len(ran)
    assert [step.number for step in told[::2]] == [step.number for step in told[1::2]] == list(range(1, len(ran) + 1))
    assert {step.total for step in told} == {len(ran)}
    costs = [step.check.cost for step in told[::2]]
    assert costs == sorted(costs, key=["cheap", "expensive", "on_demand"].index)
    assert {step.check.code for step in told} == {check.code for check in ran}
    assert told[-1].advice == report.advice


def test_findings_stand_in_the_order_of_the_catalogue_whichever_ran_first(make_table: Callable[..., pl.DataFrame]) -> None:
    table = make_table().with_columns(結果=pl.col("解約").replace({"はい": "退会", "いいえ": "継続"}))

    found = checks.run(table, target="解約").findings

    places = [check.code for check in CHECKS]
    for severity in ("error", "warning", "info"):
        codes = [places.index(one.code) for one in found if one.severity == severity]
        assert codes == sorted(codes)


class Broken(checks.Check):
    """A check with a mistake of ours."""

    code, severity = "WB101", "info"

    def run(self, context: Context) -> Outcome:
        raise self.problem

    problem: BaseException = ZeroDivisionError("division by zero")


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        (ZeroDivisionError("secret"), "This check broke on this table"),
        (pl.exceptions.PanicException("secret"), "This check broke on this table"),
        (ColumnNotFound("年令", ["年齢"]), "年令"),
    ],
)
def test_a_check_that_breaks_is_named_and_leaves_the_others_alone(
    make_table: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch, problem: BaseException, said: str
) -> None:
    broken, logged = Broken(), list[str]()
    broken.problem = problem
    monkeypatch.setattr(running, "CHECKS", (broken, *CHECKS[1:]))
    monkeypatch.setattr(running, "broken", WHERE_IT_RUNS)
    for name in ("problem", "event"):
        monkeypatch.setattr(running.telemetry, name, lambda what, **fields: logged.append(f"{what} {fields['check']}"))

    report = checks.run(make_table(200), target="解約", fast=True)

    assert [(check.code, said in reason.say("en")) for check, reason in report.failed] == [("WB101", True)]
    assert "secret" not in str(report.to_dict("en"))
    assert report.to_dict("ja")["failed"][0]["code"] == "WB101"
    assert "WB103" in {found.code for found in report.findings}
    assert "WB101" not in {check.code for check in (*report.passed, *report.skipped)}
    assert logged in (["check_broke WB101"], ["check_failed WB101"])


def test_an_advice_or_a_judgement_that_breaks_costs_no_finding_and_is_never_a_go(
    make_table: Callable[..., pl.DataFrame], monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object, **__: object) -> None:
        raise ZeroDivisionError("secret")

    logged: list[str] = []
    monkeypatch.setattr(running, "advice", breaks)
    monkeypatch.setattr(running, "verdict", breaks)
    monkeypatch.setattr(running.telemetry, "problem", lambda what, **fields: logged.append(what))
    table = make_table(200)

    report = checks.run(table, target="解約", fast=True, new=table, only=["WB103"])

    assert report.findings
    assert set(logged) == {"advice_broke", "verdict_broke"}
    for lang, word in (("en", "advice"), ("ja", "助言")):
        said = report.to_dict(lang)
        assert any(word in reason for reason in said["advice"]["reasons"])
        assert said["advice"]["exclude"] == []
        assert said["arrival"]["verdict"] == "look"
        assert "secret" not in str(said)


@pytest.mark.parametrize("problem", [KeyboardInterrupt, SystemExit])
def test_an_interruption_is_no_outcome(problem: type[BaseException]) -> None:
    broken = Broken()
    broken.problem = problem()
    context = Context(pl.DataFrame({"y": [0, 1]}), "y")

    with pytest.raises(problem):
        running.outcome_of(broken, context)


def test_what_runs_on_demand_is_skipped_until_what_it_needs_is_handed_in() -> None:
    frame = pl.DataFrame({"y": [0, 1]})
    wanting = Broken()
    wanting.cost, wanting.needs = "on_demand", "new"  # type: ignore[misc]

    assert not running.is_wanted(wanting, Context(frame, "y"), fast=False)
    assert running.is_wanted(wanting, Context(frame, "y", new=frame), fast=True)


def test_codes_are_unique_and_every_check_has_a_title() -> None:
    codes = [check.code for check in CHECKS]

    assert len(set(codes)) == len(codes)
    assert all(check.title.say(lang) for check in CHECKS for lang in ("ja", "en"))
